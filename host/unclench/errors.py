"""The errors a person can meet, each one a sentence: what, which value, expected what, do what."""

from enum import Enum, auto


class UnclenchError(Exception):
    """Root of every error that ends in one sentence and exit status 2."""


class InputError(UnclenchError):
    """A file, column, rate or option that cannot be used as given."""


class Trouble(Enum):
    """Why a source cannot be used, for code; the sentence beside it is for people."""

    NO_PORT = auto()
    NO_PERMISSION = auto()
    BUSY = auto()
    NOT_A_PORT = auto()
    NOTHING_ANSWERS = auto()
    SILENT = auto()  # open, and no board is heard
    FOREIGN = auto()  # heard, and no board of ours
    CLOSED = auto()
    REPORTED = auto()  # the board says so itself
    REFUSED = auto()  # a command
    NEWER = auto()  # than this program
    OLDER = auto()
    OTHER = auto()


class SourceError(UnclenchError):
    """A port, board or other source that cannot be opened or understood.

    Attributes
    ----------
    fact : str
        What is wrong, fit for the middle of a sentence.
    reason : Trouble
        The same for code.
    """

    def __init__(
        self, fact: str, advice: str = "", reason: Trouble = Trouble.OTHER, joint: str = ":"
    ) -> None:
        super().__init__(f"{fact}{joint} {advice}." if advice else fact)
        self.fact = fact.rstrip(".")
        self.reason = reason


class StoreError(UnclenchError):
    """A session folder that cannot be written or read."""


class DisplayError(UnclenchError):
    """No screen to draw on, or a system library that Qt needs is missing."""
