"""The application: everything is put together here, and nothing imports it."""
