"""A stand-in for EasyPost: addresses, shipments, insurance, labels, and a tracker moved on by hand."""
