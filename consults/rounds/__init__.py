"""Offers in rounds: two may be refused, and a third is made only when the client asks for it."""
