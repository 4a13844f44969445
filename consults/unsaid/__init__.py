"""What is better left unsaid to a client, in seven languages, and what to say instead."""
