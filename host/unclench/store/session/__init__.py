"""Session folders: their files, written crash-safe and read back."""
