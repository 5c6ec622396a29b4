"""The errors that a person can cause; each says what is wrong, the value, what to do."""

from enum import Enum, auto


class UnclenchError(Exception):
    """Root of all errors that end a command with a sentence and exit status 2."""


class InputError(UnclenchError):
    """A file, column, rate or option that cannot be used as given."""


class Trouble(Enum):
    """Why a source cannot be used, for code; the message is for people."""

    NO_PORT = auto()
    NO_PERMISSION = auto()
    BUSY = auto()
    NOT_A_PORT = auto()
    NOTHING_ANSWERS = auto()
    SILENT = auto()  # the port is open, but no board answers
    FOREIGN = auto()  # something answers that is not our board
    CLOSED = auto()
    REPORTED = auto()  # the board reports an error
    REFUSED = auto()  # the board refuses a command
    NEWER = auto()  # than this program
    OLDER = auto()
    OTHER = auto()


class SourceError(UnclenchError):
    """A port, board or other source that cannot be opened or understood.

    Attributes
    ----------
    reason : Trouble
        What is wrong, for code.
    """

    def __init__(self, message: str, reason: Trouble = Trouble.OTHER) -> None:
        super().__init__(message)
        self.reason = reason


class StoreError(UnclenchError):
    """A session folder that cannot be written or read."""


class DisplayError(UnclenchError):
    """There is no screen, or a system library that Qt needs is missing."""
