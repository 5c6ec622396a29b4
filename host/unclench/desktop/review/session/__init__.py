"""The page of one session: its trace, figures, tags and notes."""
