"""Training programs: what they hold, how a file of one is read, and their words."""
