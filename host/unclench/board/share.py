"""A check as a table in Markdown to send in: it names neither a person nor a computer."""

from __future__ import annotations

import hashlib
import platform

from unclench import __version__
from unclench.board.check import CheckResult
from unclench.board.verdict import judge, overall
from unclench.board.words import counted

_ID_DIGITS = 8  # enough to tell two records of one board from records of two


def to_markdown(result: CheckResult) -> str:
    """Write the record: what was found, and with which versions.

    The board's label and port are left out, as a person chooses them, and its number is hashed.
    """
    items = judge(result)
    channels = counted(len(result.channels), "channels")
    rows = [
        ("board", f"{_board(result)}, {channels} at {result.rate_hz:g} Hz", overall(items)),
        ("firmware", f"{result.firmware}, protocol level {result.level}", ""),
        *((item.name, item.found, item.verdict) for item in items),
        ("measured for", f"{result.seconds:.1f} s", ""),
        ("unclench", f"{__version__}, Python {platform.python_version()}", ""),
        ("computer", f"{_system()}, {platform.machine()}", ""),
    ]
    head = "| what | found | verdict |\n| --- | --- | --- |\n"
    table = head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    return table.replace("uV", "µV").replace(
        "+-", "±"
    )  # a terminal may lack these signs, a page not


def _board(result: CheckResult) -> str:
    if result.virtual:
        return "virtual, so no record of hardware"
    return hashlib.sha256(result.board_id.encode()).hexdigest()[:_ID_DIGITS]


def _system() -> str:
    """Return the operating system and its version, as people call it."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):  # not Linux, or one that does not say
        return f"{platform.system()} {platform.release()}"
