"""`python -m treadcoach`."""

from treadcoach.cli import main

main()
