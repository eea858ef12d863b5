"""How fast Overtake is beside others: `make bench`."""
