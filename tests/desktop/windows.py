"""What a test does with a window: show it, let it live, play it a stream, be rid of it.

It imports Qt: tests import it where their module needs Qt anyway, fixtures where they are used.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from pyqtgraph.Qt import QtTest, QtWidgets

from unclench.live.blocks import LiveStatus
from unclench.live.pipeline import Pipeline
from unclench.live.rings import DisplayRings
from unclench.running.run import Run
from unclench.settings import Settings
from unclench.sources import open_source

HANGS_S = 120.0  # only against hanging
_STEP_S = 0.5  # of signal, between two looks at a window
_NAP_S = 0.01


def until(happened: Callable[[], object]) -> None:
    """Let all windows live until something has happened."""
    stop_s = time.monotonic() + HANGS_S
    while not happened():
        assert time.monotonic() < stop_s, "it never happened"
        QtWidgets.QApplication.processEvents()
        time.sleep(0.002)


def show(window: QtWidgets.QWidget) -> None:
    """Show a window and make it the one that gets the keys."""
    window.show()
    activate(window)


def activate(window: QtWidgets.QWidget) -> None:
    """Make a window the one that gets the keys."""
    window.activateWindow()
    assert QtTest.QTest.qWaitForWindowActive(window, round(1000 * HANGS_S))


def discard(window: QtWidgets.QWidget) -> None:
    """Close a window and give its memory back."""
    window.close()
    window.deleteLater()
    QtTest.QTest.qWait(0)  # deletes what is to be deleted


class _HandTime:
    """A clock (see `unclench.link.timing.Clock`) that goes on only as a test says."""

    def __init__(self) -> None:
        self._now_s = 0.0

    def now_s(self) -> float:
        return self._now_s

    def sleep(self, seconds: float) -> None:
        self._now_s += seconds


class Stream:
    """A source whose signal comes only while a test waits for it, however busy the machine is.

    It runs as fast as window and pipeline follow, and stands still between two waits: nothing goes
    by while a test presses keys and looks.
    """

    def __init__(self, source: str, settings: Settings | None = None, **given: Any) -> None:
        self._clock = _HandTime()
        self.source = open_source(source, clock=self._clock)
        reader, names = self.source.reader(), self.source.channel_names
        self.pipeline = Pipeline.connect(reader, self.source.name, channel_names=names)
        self.rings = DisplayRings(self.pipeline.info)
        settings = settings or Settings()
        given = {"places": settings.places, **given}
        self.run = Run(self.source, self.pipeline, settings, **given)
        self.run.start(self.rings)

    def play_until(self, happened: Callable[[], object]) -> None:
        """Let signal come, and all windows live, until something has happened."""
        stop_s = time.monotonic() + HANGS_S
        while not happened():
            assert time.monotonic() < stop_s, "it never happened"
            self._play_step()

    def has_come(self, seconds: float) -> bool:
        """True once so much signal has come."""
        return self.pipeline.status.n_samples >= seconds * self.pipeline.info.fs_hz

    def close(self) -> None:
        """End it; the windows that show it are closed before."""
        self.run.close()

    def _play_step(self) -> None:
        before = self.pipeline.status
        QtWidgets.QApplication.processEvents()
        if not _streams(before):
            time.sleep(_NAP_S)  # whoever waits for a board that is away waits in true time
            self._clock.sleep(_NAP_S)
            return
        self._clock.sleep(_STEP_S)
        expected = before.n_samples + 0.9 * _STEP_S * self.pipeline.info.fs_hz

        def followed() -> bool:
            now = self.pipeline.status
            return now.n_samples >= expected or not _streams(now)

        until(followed)


def _streams(status: LiveStatus) -> bool:
    return status.connected and not status.ended
