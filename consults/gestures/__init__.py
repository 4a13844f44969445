"""Gestures: what an advisor may give without asking, and what is asked of a manager in silence."""
