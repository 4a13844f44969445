"""The tenant: a shop that installed the app, its keys, and the links its people carry."""
