"""bin/demo: the whole product on this machine, and the main job played without a person."""
