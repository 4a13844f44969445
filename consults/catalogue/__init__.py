"""The merchant's own catalogue: what may be done for a client beyond money, and how much of it a week holds."""
