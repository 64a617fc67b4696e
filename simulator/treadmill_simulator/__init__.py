"""A treadmill that does not exist: the machine's side of the Fitness Machine Service. Knows the wire, not the coach."""
