"""Looking after a board: install its firmware, check it, calibrate it, change its settings."""
