"""The trace of a session, drawn from its samples down to its phases and tags."""
