"""People talking: cases, advisors and their hours, conversations, the room."""
