"""The errors a person can meet, each one a sentence: what, which value, expected what, do what."""


class UnclenchError(Exception):
    """Root of every error that ends in one sentence and exit status 2."""


class InputError(UnclenchError):
    """A file, column, rate or option that cannot be used as given."""


class SourceError(UnclenchError):
    """A port, board or other source that cannot be opened or understood."""


class StoreError(UnclenchError):
    """A session folder that cannot be written or read."""


class DisplayError(UnclenchError):
    """No screen to draw on, or a system library that Qt needs is missing."""
