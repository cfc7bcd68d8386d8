"""`python -m casework.cli`: the same as the console script."""

from casework.cli import main

main()
