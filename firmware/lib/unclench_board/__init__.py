"""What runs on the board besides the wire: acquisition, settings, the light, the main loop."""

VERSION = (0, 1, 0)  # said in HELLO; its own number: raise it when a board should be updated
