"""Goods coming back: authorised, covered, labelled, tracked, inspected, settled."""
