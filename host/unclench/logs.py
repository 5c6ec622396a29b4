"""The log: a small file that a bug report can draw on, with nothing private in it.

All loggers are children of `unclench`, named after their modules. What is logged is rare (a source
opened, a connection lost, an error), so that no sample waits for a file. Text in quotes, and
every path but a device's, is left out of messages: it may be a title, a note, a tag or a name.
"""

from __future__ import annotations

import logging
import logging.handlers
import os
import re
import sys
import threading
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import TypeAlias

import platformdirs

from unclench.errors import InputError
from unclench.translation import tr

NAME = "unclench"
LEVEL_VARIABLE = "UNCLENCH_LOG"
LEVELS = ("debug", "info", "warning", "error")
ERROR_MARK = " ERROR "  # in the first line of an entry
_MOST_BYTES, _OLDER_FILES = 500_000, 2
_LINE = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_OURS = ("unclench", "unclench_dsp", "unclench_wire", "unclench_board")
_QUOTED = re.compile(r"(?<!\w)(['\"‘“]).*['\"’”]")  # from a line's first quote to its last
_PATH = re.compile(r"(?<![\w.])(?:~|[A-Za-z]:)?[\\/](?!dev/)\S.*")  # names may have spaces in them

_ExcInfo: TypeAlias = (
    tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
)


def log_path() -> Path:
    """Where the log lies on this system."""
    return Path(platformdirs.user_log_dir(NAME, appauthor=False)) / "unclench.log"


def without_private(text: str) -> str:
    """Leave out text in quotes, and paths, to the end of each line."""
    return _PATH.sub("(path)", _QUOTED.sub("'…'", text))


def _frames(error: BaseException) -> Iterator[str]:
    for frame in traceback.extract_tb(error.__traceback__):
        parts = Path(frame.filename).parts
        begins = [k for k, part in enumerate(parts) if part in _OURS]
        name = "/".join(parts[begins[-1] :]) if begins else parts[-1]
        yield f"{name}:{frame.lineno} {frame.name}"


def _described(error: BaseException) -> Iterator[str]:
    """Say an error in lines: its kind, its words without what is private, where it comes from."""
    said = " ".join(without_private(line).strip() for line in str(error).splitlines()[:5])
    yield f"{type(error).__name__}: {said}".rstrip(": ")
    for frame in _frames(error):
        yield f"  {frame}"
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        yield "  from"
        yield from _described(cause)


class _Formatter(logging.Formatter):
    """One line an entry, and a short traceback below an error."""

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        record.message = without_private(record.message).replace("\n", " ")
        return super().formatMessage(record)

    def formatException(self, ei: _ExcInfo) -> str:  # noqa: N802 - logging's name
        return "" if ei[1] is None else "\n".join(f"  {line}" for line in _described(ei[1]))


class _File(logging.handlers.RotatingFileHandler):
    """The file; if it cannot be written, the program continues without it."""

    refused = False

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        self.refused = True


class _Running:
    """What `start` has set up, for `stop` to take down."""

    def __init__(self, verbose: bool) -> None:
        self.logger = logging.getLogger(NAME)
        self.file = _File(
            log_path(), maxBytes=_MOST_BYTES, backupCount=_OLDER_FILES, encoding="utf-8", delay=True
        )
        with suppress(OSError):
            log_path().parent.mkdir(parents=True, exist_ok=True)
        self.file.setFormatter(_Formatter(_LINE))
        self.handlers: list[logging.Handler] = [self.file]
        if verbose:
            self.handlers.append(logging.StreamHandler(sys.stderr))
            self.handlers[-1].setFormatter(logging.Formatter(_LINE))
        self.file.setLevel(_wanted_level())
        for handler in self.handlers:
            self.logger.addHandler(handler)
        self.logger.setLevel(logging.DEBUG if verbose else self.file.level)
        self.excepthook = threading.excepthook
        threading.excepthook = _thread_failed

    def end(self) -> None:
        threading.excepthook = self.excepthook
        self.logger.setLevel(logging.NOTSET)
        for handler in self.handlers:
            self.logger.removeHandler(handler)
            handler.close()


_running: _Running | None = None


def start(verbose: bool = False) -> None:
    """Begin to log: into the file and, if `verbose`, all of it on stderr too.

    The file holds messages from the level in UNCLENCH_LOG on, "info" unless given. Raises
    InputError for a level that is not known.
    """
    global _running  # noqa: PLW0603 - the one log of the process, as logging's own is
    stop()
    _running = _Running(verbose)


def stop() -> None:
    """End it; harmless when it has not begun."""
    global _running  # noqa: PLW0603
    if _running is not None:
        _running.end()
        _running = None


def log_refusal(error: Exception) -> None:
    """Log which kind of error ended a command, and where; its sentence may name private things."""
    *_, place = ("nowhere", *_frames(error))
    logging.getLogger(NAME).info("ended with %s at %s", type(error).__name__, place)


def internal_error(error: BaseException) -> str:
    """Log an error that nobody expected; return a sentence for the person.

    Where the log cannot be written the traceback goes to stderr.
    """
    if _running is None:
        with suppress(InputError):
            start()
    logging.getLogger(NAME).error("internal error", exc_info=error)
    what = f"{type(error).__name__}: {error}".rstrip(": ").splitlines()[0]
    if _running is None or _running.file.refused:
        traceback.print_exception(error)
        return tr("An internal error ({what}). The log cannot be written.", what=what)
    return tr(
        "An internal error ({what}). The details are in {path}; please report it, with what "
        "`unclench doctor` prints.",
        what=what,
        path=log_path(),
    )


def refused() -> bool:
    """Return whether the log of this run could not be written."""
    return _running is not None and _running.file.refused


def last_errors(most: int) -> list[str]:
    """Return the newest errors in the log with their tracebacks, oldest first."""
    entries: list[list[str]] = []
    for path in (log_path().with_name(f"{log_path().name}.1"), log_path()):
        with suppress(OSError):
            for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
                if line.startswith("  ") and entries:
                    entries[-1].append(line)
                else:
                    entries.append([line])
    return ["\n".join(entry) for entry in entries if ERROR_MARK in entry[0]][-most:]


def _thread_failed(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        print(internal_error(args.exc_value), file=sys.stderr)  # noqa: T201


def _wanted_level() -> int:
    wanted = os.environ.get(LEVEL_VARIABLE) or "info"
    if wanted.lower() not in LEVELS:
        raise InputError(
            tr(
                "'{wanted}' is not a valid level for {variable}: give one of {levels}.",
                wanted=wanted,
                variable=LEVEL_VARIABLE,
                levels=", ".join(LEVELS),
            )
        )
    return int(logging.getLevelName(wanted.upper()))
