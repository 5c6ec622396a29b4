"""The board's program, without the wire: acquisition, settings, light, main loop."""

VERSION = (0, 1, 0)  # sent in HELLO; raise it when boards should be updated
