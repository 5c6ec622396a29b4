"""The kinds of steps, one a module: all of them are read, so a new one needs no list."""
