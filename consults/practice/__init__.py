"""Practice: an eight-minute written scene with somebody who has a reason they do not say at once."""
