"""Breaking a running site at random, and counting afterwards."""
