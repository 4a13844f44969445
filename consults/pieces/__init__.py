"""Pieces to show instead: the shop's variants as kept here, which of them answer what was said, and holds on them."""
