"""One file a carrier. CARRIERS, in the shell, names them."""
