"""A mail server that delivers nothing: it takes what the app sends and shows it on the outbox page."""
