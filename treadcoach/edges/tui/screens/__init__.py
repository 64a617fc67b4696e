"""What fills the terminal, one a file, in the order in which a runner meets them: see `front.py`."""
