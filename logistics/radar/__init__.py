"""Finds our own failures before the client writes: one card each, with two ways out that hold."""
