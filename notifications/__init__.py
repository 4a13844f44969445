"""What people are told: rendered once, kept, sent once, and what became of it."""
