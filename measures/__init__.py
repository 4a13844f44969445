"""Counts and lists across cases and returns, for the merchant's pages. Reads only."""
