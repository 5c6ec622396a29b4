"""The review screen on a session of an hour: how long until it is seen, how smoothly it moves.

A session of three channels at 2 kHz is recorded from the virtual board, listed in a real window and
opened by its row. Panning is drawn as fast as it goes, offscreen; a screen asks for 60 frames a
second. The list is also filled with 10,000 rows.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any

HOUR_S = 3600
WINDOW = (1280, 800)
_PAN_FRAMES = 200
_OPENINGS = 3
_ROWS = 10_000
_RECORD = "from unclench.cli import main; main()"


def main(seconds: float = HOUR_S) -> None:
    """Print all figures."""
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        for name in ("CONFIG", "CACHE", "DATA"):
            environment[f"XDG_{name}_HOME"] = home
        arguments = [sys.executable, "-m", "benchmarks.review", home, str(seconds)]
        subprocess.run(arguments, env=environment, stderr=subprocess.DEVNULL, check=True)


def _record(folder: Path, seconds: float) -> None:
    options = ["--seconds", str(seconds), "--speed", "max", "--out", str(folder)]
    command = [sys.executable, "-c", _RECORD, "record", "--source", "sim:desk-work?channels=3"]
    subprocess.run([*command, *options], stdout=subprocess.DEVNULL, check=True)


def _run(home: Path, seconds: float) -> None:
    from unclench.desktop.eventloop import start_qt
    from unclench.desktop.review.trace.axes import View
    from unclench.desktop.review.window import ReviewWindow
    from unclench.review.results import Span
    from unclench.settings import Settings

    folder = home / "sessions" / "hour"
    _record(folder, seconds)
    app = start_qt()
    settings = Settings(theme="light", window=WINDOW)
    window = ReviewWindow(folder.parent, settings, settings.model_copy())
    window.show()
    loop = _Loop(app.processEvents)
    loop.until(lambda: all(row.quality is not None for row in window.list_page.model.rows))
    loop.until(lambda: bool(window.list_page.model.rows))
    trace, desk = window.session_page.trace, window.desk
    print(
        f"Review of {seconds / 60:g} min, 3 channels at 2 kHz, {WINDOW[0]}x{WINDOW[1]}, offscreen"
    )
    measured: list[Any] = []
    desk.measured.connect(lambda *what: measured.append(what))
    for _ in range(_OPENINGS):
        window.show_list()
        measured.clear()
        frames, loop.longest_s, begin_s = trace.frames, 0.0, time.perf_counter()
        window.list_page.open_chosen()
        loop.until(partial(_has_drawn, desk, trace, frames))
        drawn_s = time.perf_counter() - begin_s
        loop.until(lambda: bool(measured))
        figures_s = time.perf_counter() - begin_s
        print(
            f"  from Enter to the trace {drawn_s:.2f} s, to its figures {figures_s:.2f} s; "
            f"the window stood still for {loop.longest_s * 1e3:.0f} ms at most"
        )
    for length_s in (seconds * 0.8, 600.0, 60.0, 8.0):
        trace.set_view(View(10.0, 10.0 + length_s))
        app.processEvents()
        frames, begin_s = trace.frames, time.perf_counter()
        for _ in range(_PAN_FRAMES):
            trace.set_view(trace.view.moved(length_s / 1000))
            app.processEvents()
        rate = (trace.frames - frames) / (time.perf_counter() - begin_s)
        print(f"  panning with {length_s:5.0f} s in view: {rate:.0f} frames/s")
    waits = []
    for k in range(30):
        span = Span(60.0, 120.0 + k * seconds / 40)
        begin_s = time.perf_counter()
        trace.select(span)
        loop.until(lambda: bool(measured) and measured[-1][0].span == trace.selection)
        waits.append(time.perf_counter() - begin_s)
    waits.sort()
    print(
        f"  from a selection to its figures: {waits[15] * 1e3:.0f} ms in the middle case, "
        f"{waits[-1] * 1e3:.0f} ms at most"
    )
    window.close()
    _list_many()


def _has_drawn(desk: Any, trace: Any, before: int) -> bool:
    return desk.scene is not None and trace.frames > before


def _list_many() -> None:
    from unclench.desktop.review.sessionlist.model import SessionsModel
    from unclench.desktop.review.sessionlist.rows import SessionRow

    begin = datetime(2020, 1, 1, tzinfo=timezone.utc)
    rows = [
        SessionRow(
            *(Path(f"/{k}"), begin + timedelta(hours=k), f"session {k}", ("Jaw",), "", 600.0),
            *(("office",), (2.0,), (0.5,), 1.0),
        )
        for k in range(_ROWS)
    ]
    model = SessionsModel()
    works: dict[str, Callable[[], None]] = {
        "filled": lambda: model.fill(rows),
        "searched": lambda: model.search("office 4321", "", ""),
        "shown again": lambda: model.search("", "", ""),
        "sorted by title": lambda: model.sort(1),
    }
    for what, work in works.items():
        begin_s = time.perf_counter()
        work()
        print(f"  {_ROWS:,} rows {what} in {(time.perf_counter() - begin_s) * 1e3:.0f} ms")


class _Loop:
    """Qt's events, and how long the longest of them took."""

    def __init__(self, process: Callable[[], object]) -> None:
        self._process = process
        self.longest_s = 0.0

    def until(self, happened: Callable[[], bool]) -> None:
        """Let the window live until something has happened."""
        while not happened():
            begin_s = time.perf_counter()
            self._process()
            self.longest_s = max(self.longest_s, time.perf_counter() - begin_s)
            time.sleep(0.001)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        _run(Path(sys.argv[1]), float(sys.argv[2]))
    else:
        main()
