"""How each command is called: its options, its help; what it does stands in `commands`."""
