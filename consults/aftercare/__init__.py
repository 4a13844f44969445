"""After a return: who stays in touch with the client, when, and what was learned of them for the next time."""
