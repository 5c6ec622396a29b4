"""One module for each command of `unclench`."""
