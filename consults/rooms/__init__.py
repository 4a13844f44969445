"""Where a conversation takes place: a file a provider. `rooms.py` is what pages call."""
