"""Watching tension for a whole day."""
