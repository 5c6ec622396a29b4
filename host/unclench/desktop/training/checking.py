"""Connects the signal check to its page while that is shown."""

from __future__ import annotations

import time

from pyqtgraph.Qt import QtCore

from unclench.desktop.training.checkpage import CheckPage
from unclench.running.run import Run
from unclench.training.placement.check import ITEMS, Light, SensorCheck
from unclench.training.placement.sites import place_label
from unclench.translation import tr

_JUDGE_MS = 500
_NO_SIGNAL = tuple(Light(item, "grey", "", tr("Not measured without a signal.")) for item in ITEMS)


class Checking(QtCore.QObject):
    """Follows the stream while the window is open; judges it only while the page is shown.

    Parameters
    ----------
    run
        Started.
    page
        Shows the results.
    """

    def __init__(self, run: Run, page: CheckPage) -> None:
        super().__init__()
        self._run, self._page = run, page
        self.check = SensorCheck(run.info)
        run.follow(self.check)
        self._frame_s = time.monotonic()
        self._judging = QtCore.QTimer(self, timeout=self._judge)
        self._judging.start(_JUDGE_MS)

    def name_channels(self) -> None:
        """Name the channels after their current sites."""
        names = [tr("Channel {number}", number=k + 1) for k in range(len(self._run.info.channels))]
        for place in self._run.places:
            if place.channel <= len(names):
                names[place.channel - 1] = place_label(place)
        self._page.name_channels(names)

    def frame(self) -> None:
        """Move the meter; called at the screen's rate."""
        now_s = time.monotonic()
        elapsed_s, self._frame_s = now_s - self._frame_s, now_s
        if self._page.isVisible():
            self._page.tick(elapsed_s)

    def poll(self) -> None:
        """Measure interference; called a few times a second."""
        if self._page.isVisible():
            interference = self.check.interference(self._page.channel)
            connected = self._run.pipeline.status.connected
            self._page.show_interference(interference if connected else None)

    def close(self) -> None:
        """Stop following the stream."""
        self._judging.stop()
        self._run.pipeline.remove_sink(self.check)

    def _judge(self) -> None:
        if self._page.isVisible():
            connected = self._run.pipeline.status.connected
            self._page.show_connected(connected)
            for k in range(len(self._run.info.channels)):
                self._page.show_lights(k, self.check.result(k) if connected else _NO_SIGNAL)
