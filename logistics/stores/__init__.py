"""Where pictures are kept: privately, one file a kind of place."""
