"""The brief: what is known of a client and their piece before a conversation, each fact with where it stands."""
