"""Watching until it is over: the page where a terminal can be drawn on, else lines."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TextIO

from rich.console import Console
from rich.live import Live

from unclench.terminal.characters import fitting
from unclench.terminal.page import page
from unclench.terminal.view import View

LOOK_S = 0.2  # a page that changes faster is hard to read, and slow over SSH


def can_draw(stream: TextIO) -> bool:
    """Whether `stream` is a terminal with a cursor that can be moved."""
    if not stream.isatty():
        return False
    return sys.platform == "win32" or os.environ.get("TERM", "") not in ("", "dumb", "unknown")


def watch_page(look: Callable[[], View], over: Callable[[float], bool], stream: TextIO) -> None:
    """Draw the page again and again on a screen of its own, which is gone at the end.

    `over` waits for so many seconds and says whether it is over.
    """
    console = Console(file=stream, force_terminal=True, highlight=False)
    with Live(console=console, screen=True, auto_refresh=False) as live:
        ended = False
        while not ended:
            ended = over(LOOK_S)
            drawn = page(look(), *console.size)
            drawn.plain = fitting(drawn.plain, stream)  # of the same length: styles stay
            live.update(drawn, refresh=True)


def watch_lines(lines: Callable[[], list[str]], over: Callable[[float], bool], out: TextIO) -> None:
    """Write lines as they come, each one at once."""
    ended = False
    while not ended:
        ended = over(LOOK_S)
        for line in lines():
            out.write(f"{fitting(line, out)}\n")
        out.flush()
