"""The review screen: the list of sessions, a session's trace with its figures, two compared."""
