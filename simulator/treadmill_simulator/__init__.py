"""A treadmill that does not exist: the machine's side of FTMS. Knows the wire, not the coach."""
