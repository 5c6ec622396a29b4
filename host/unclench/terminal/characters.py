"""Which characters may be written: all, or ASCII where an encoding or a locale has no others."""

from __future__ import annotations

import sys
from typing import TextIO

# One character for each, so that what is drawn keeps its shape.
_ASCII = str.maketrans(
    {
        **{"µ": "u", "–": "-", "…": "~", "·": "-", "×": "x"},
        **{"┤": "|", "│": "|"},
        **dict.fromkeys("▁▂▃", "."),
        **dict.fromkeys("▄▅▆", ":"),
        **dict.fromkeys("▇█", "#"),
        **{"░": "?"},
        **{"●": "*", "▲": "!", "≈": "~", "■": "#", "○": "o", "◌": ".", "◆": "%", "∿": "&"},
    }
)
_SAMPLE = "µ–█░●"


def in_ascii(text: str) -> str:
    """Return text of the same length, with what comes nearest: 'uV' for 'µV'."""
    return text.translate(_ASCII).encode("ascii", "replace").decode("ascii")


def fitting(text: str, stream: TextIO) -> str:
    """Return text as `stream` can show it."""
    return in_ascii(text) if ascii_only(stream) else text


def ascii_only(stream: TextIO) -> bool:
    """Whether `stream` had better get nothing but ASCII."""
    try:
        _SAMPLE.encode(stream.encoding or "ascii")
    except (UnicodeEncodeError, LookupError):
        return True
    return _is_c_locale()


def _is_c_locale() -> bool:
    """Whether LC_ALL=C is set: Python still writes UTF-8, but a terminal may not show it.

    An empty locale does not count: Python then chooses C.UTF-8 for itself and its children.
    """
    if not sys.flags.utf8_mode or sys.platform == "win32":
        return False
    import locale

    return locale.nl_langinfo(locale.CODESET) in ("ANSI_X3.4-1968", "US-ASCII", "646")
