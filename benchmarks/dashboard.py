"""What the live dashboard costs, and how fresh its picture is.

The board is a process of its own (`unclench simulate`) on a real port, so only the dashboard's own
time is counted. The peer draws the way Chords-Python's EMG view does: at every redraw it filters
the last ten seconds anew (forward and backward), takes a moving RMS of all of them and hands two
curves to pyqtgraph; written here from that description, on the same channels, rate and window.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections import deque
from contextlib import ExitStack
from typing import Any

import numpy as np

WINDOW = (1280, 800)
CHANNELS = 3
FS_HZ = 2000
WARM_UP_S = 5.0
UNCLENCH = (sys.executable, "-m", "unclench.cli")


def main(seconds: float = 30.0, soak_s: float = 600.0) -> None:
    """Print CPU shares, their ratio, latency; then memory and losses over `soak_s`."""
    print(f"Live dashboard, {CHANNELS} channels at {FS_HZ} Hz, {WINDOW[0]}x{WINDOW[1]}, offscreen")
    ours, theirs = run_child("ours", seconds), run_child("refilter", seconds)
    print(f"  unclench            {ours['cpu']:7.1%} of one core, {ours['paints_hz']:.0f} frames/s")
    print(
        f"  filter 10 s anew    {theirs['cpu']:7.1%} of one core, "
        f"{theirs['paints_hz']:.0f} frames/s"
    )
    per_frame = (theirs["cpu"] / theirs["paints_hz"]) / (ours["cpu"] / ours["paints_hz"])
    print(f"  ratio {theirs['cpu'] / ours['cpu']:.1f}x, per frame drawn {per_frame:.1f}x")
    p50, p95, p99 = (ours[key] for key in ("p50_ms", "p95_ms", "p99_ms"))
    print(f"  byte on the port to painted frame: p50 {p50:.0f}, p95 {p95:.0f}, p99 {p99:.0f} ms")
    if soak_s:
        soak = run_child("ours", soak_s)
        print(
            f"  after {soak_s / 60:g} min: {soak['lost']} samples lost; memory "
            f"{soak['rss_early_mb']:.0f} MB after {WARM_UP_S:g} s, {soak['rss_mb'][0]:.1f} MB at a "
            f"quarter, {soak['rss_mb'][1]:.1f} MB at half, {soak['rss_mb'][2]:.1f} MB at the end"
        )


def run_child(kind: str, seconds: float) -> dict[str, Any]:
    """Measure in a process of its own."""
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "XDG_CONFIG_HOME": os.devnull}
    arguments = [sys.executable, "-m", "benchmarks.dashboard", "--child", kind, str(seconds)]
    done = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


class _Freshness:
    """A sink that notes when samples arrived and when they were first on a painted frame."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[int, float]] = deque()
        self.latencies_s: list[float] = []
        self.paints = 0

    def block(self, block: Any) -> None:
        self.waiting.append((block.stop, block.host_s))

    def event(self, event: Any) -> None:
        pass

    def painted(self, shown_stop: int) -> None:
        self.paints += 1
        now_s = time.monotonic()
        while self.waiting and self.waiting[0][0] <= shown_stop:
            self.latencies_s.append(now_s - self.waiting.popleft()[1])


def _ours(seconds: float) -> dict[str, Any]:
    board = subprocess.Popen(
        [*UNCLENCH, "simulate", "--tcp", "0", "--source", f"sim:desk-work?channels={CHANNELS}"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert board.stdout is not None
        with ExitStack() as stage:
            return _watch(stage, board.stdout.readline().strip(), seconds)
    finally:
        board.terminate()
        board.wait()


def _watch(stage: ExitStack, url: str, seconds: float) -> dict[str, Any]:
    import psutil
    import pyqtgraph as pg
    from pyqtgraph.Qt import QtCore, QtWidgets

    from unclench.desktop import plots
    from unclench.desktop.window import Dashboard
    from unclench.live.rings import DisplayRings
    from unclench.running.opener import open_run
    from unclench.running.wanted import Wanted
    from unclench.settings import Settings

    run = stage.enter_context(open_run(Wanted(url)))
    info, pipeline = run.info, run.pipeline
    rings, freshness = DisplayRings(info), _Freshness()
    run.start(rings, freshness)
    app = pg.mkQApp()
    window = Dashboard(run, rings, Settings(window=WINDOW, theme="light"))
    last = window.findChildren(plots.TensionTrace)[-1]
    shown = {"stop": 0}

    class Watch(QtCore.QObject):  # type: ignore[misc] # Qt carries no types
        """Sees the last channel's trace being painted, and notes the moment it is done."""

        def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802
            if event.type() == QtCore.QEvent.Type.Paint and not self.inside:
                self.inside = True
                QtWidgets.QApplication.sendEvent(watched, event)
                self.inside = False
                freshness.painted(shown["stop"])
                return True
            return False

        inside = False

    watch = Watch()
    last.viewport().installEventFilter(watch)

    def on_frame(_: float) -> None:
        shown["stop"] = rings.next_row * info.hop_n

    window.on_frame = on_frame
    window.show()
    process = psutil.Process()
    marks: dict[str, Any] = {"rss_mb": []}

    def warm() -> None:
        freshness.latencies_s.clear()
        freshness.paints = 0
        marks["cpu_s"], marks["wall_s"] = time.process_time(), time.monotonic()
        marks["rss_early_mb"] = process.memory_info().rss / 1e6

    QtCore.QTimer.singleShot(round(WARM_UP_S * 1000), warm)
    for share in (0.25, 0.5, 0.99):
        at_ms = round((WARM_UP_S + share * seconds) * 1000)
        QtCore.QTimer.singleShot(
            at_ms, lambda: marks["rss_mb"].append(process.memory_info().rss / 1e6)
        )
    QtCore.QTimer.singleShot(round((WARM_UP_S + seconds) * 1000), app.quit)
    app.exec_()
    wall_s = time.monotonic() - marks["wall_s"]
    p50, p95, p99 = np.percentile(freshness.latencies_s, [50, 95, 99]) * 1000
    return {
        "cpu": (time.process_time() - marks["cpu_s"]) / wall_s,
        "paints_hz": freshness.paints / wall_s,
        "p50_ms": p50,
        "p95_ms": p95,
        "p99_ms": p99,
        "lost": pipeline.status.lost_samples,
        "rss_early_mb": marks["rss_early_mb"],
        "rss_mb": marks["rss_mb"],
    }


def _refilter(seconds: float) -> dict[str, Any]:
    import pyqtgraph as pg
    from pyqtgraph.Qt import QtCore, QtWidgets
    from scipy import signal

    app = pg.mkQApp()
    page = QtWidgets.QWidget()
    column = QtWidgets.QVBoxLayout(page)
    n = 10 * FS_HZ
    time_s = np.linspace(0, 10, n)
    data = np.random.default_rng(1).standard_normal((CHANNELS, n)) * 10
    b, a = signal.butter(4, 70, "high", fs=FS_HZ)
    window_n = FS_HZ // 10
    curves = []
    for _ in range(CHANNELS):
        pair = []
        for pen in (pg.mkPen("b", width=1), pg.mkPen("r", width=2)):
            plot = pg.PlotWidget(background="w")
            plot.showGrid(x=True, y=True)
            plot.setXRange(0, 10, padding=0)
            plot.setYRange(-50, 50, padding=0)
            column.addWidget(plot)
            pair.append(plot.plot(time_s, data[0], pen=pen))
        curves.append(pair)
    page.resize(*WINDOW)
    page.show()
    rng = np.random.default_rng(2)
    frames = {"n": 0, "at": 0, "due_s": time.monotonic()}

    def redraw() -> None:
        now_s = time.monotonic()
        fresh = int((now_s - frames["due_s"]) * FS_HZ)
        frames["due_s"] += fresh / FS_HZ
        where = (frames["at"] + np.arange(fresh)) % n
        frames["at"] += fresh
        data[:, where] = rng.standard_normal((CHANNELS, fresh)) * 10
        for k, (raw, envelope) in enumerate(curves):
            filtered = signal.filtfilt(b, a, data[k])
            rms = np.sqrt(
                np.convolve(np.abs(filtered) ** 2, np.ones(window_n) / window_n, mode="valid")
            )
            raw.setData(time_s, filtered)
            envelope.setData(time_s, np.pad(rms, (n - len(rms), 0)))
        frames["n"] += 1

    timer = QtCore.QTimer(timeout=redraw)
    timer.start(15)
    QtCore.QTimer.singleShot(round(seconds * 1000), app.quit)
    cpu_s, wall_s = time.process_time(), time.monotonic()
    app.exec_()
    wall_s = time.monotonic() - wall_s
    return {"cpu": (time.process_time() - cpu_s) / wall_s, "paints_hz": frames["n"] / wall_s}


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.dashboard", description=__doc__)
    parser.add_argument("--soak", type=float, default=600.0, help="seconds live at the end")
    parser.add_argument("--child", nargs=2, metavar=("KIND", "SECONDS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.child:
        kind, seconds = options.child
        run = {"ours": _ours, "refilter": _refilter}[kind]
        print(json.dumps(run(float(seconds))))
    else:
        main(soak_s=options.soak)
