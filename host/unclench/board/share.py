"""A check as a Markdown table to send in: it names neither a person nor a computer."""

from __future__ import annotations

import hashlib
import platform

from unclench import __version__
from unclench.board.check import CheckResult
from unclench.board.verdict import judge, overall
from unclench.board.words import topic_words, verdict_words
from unclench.translation import tr, trn

_ID_DIGITS = 8  # enough to see whether two records are of the same board


def to_markdown(result: CheckResult) -> str:
    """Return the record: what was found, and with which versions.

    The board's label and port are left out, because a person chose them, and its number is hashed.
    """
    items = judge(result)
    channels = trn(
        "{n} channel at {rate_hz:g} Hz",
        "{n} channels at {rate_hz:g} Hz",
        len(result.channels),
        rate_hz=result.rate_hz,
    )
    firmware = tr("{version}, protocol level {level}", version=result.firmware, level=result.level)
    rows = [
        (tr("board"), f"{_board(result)}, {channels}", verdict_words(overall(items))),
        (tr("firmware"), firmware, ""),
        *((topic_words(item.name), item.found, verdict_words(item.verdict)) for item in items),
        (tr("measured for"), f"{result.seconds:.1f} s", ""),
        (
            "unclench",
            f"{__version__}, Python {platform.python_version()}",
            "",
        ),
        (tr("computer"), f"{_system()}, {platform.machine()}", ""),
    ]
    heads = (tr("item"), tr("found"), tr("verdict"))
    head = f"| {' | '.join(heads)} |\n| --- | --- | --- |\n"
    table = head + "".join(f"| {' | '.join(row)} |\n" for row in rows)
    # A terminal may lack these signs, a page does not.
    return table.replace("uV", "µV").replace("+-", "±")


def _board(result: CheckResult) -> str:
    if result.virtual:
        return tr("virtual, not real hardware")
    return hashlib.sha256(result.board_id.encode()).hexdigest()[:_ID_DIGITS]


def _system() -> str:
    """Return the usual name of the operating system, with its version."""
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):  # not Linux, or a Linux without this file
        return f"{platform.system()} {platform.release()}"
