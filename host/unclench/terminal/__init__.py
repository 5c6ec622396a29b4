"""Live tension in the terminal: a page that is drawn again, or a plain line a second. No Qt."""
