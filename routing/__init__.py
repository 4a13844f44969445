"""Decides who or what a return goes to. Here "routing" never means URLs."""
