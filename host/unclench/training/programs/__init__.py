"""Training programs: what they contain, how their files are read, and their words."""
