"""Whether pacer and trace hold the screen's rate in a session that records three channels.

The board is a process of its own, so only the training window's own time is counted; the dashboard
on such a board, in the same run, is what it is compared with. Rows of tension come 50 times a
second, and the trace is drawn for each; the pacer moves with the screen.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

from benchmarks import dashboard

WINDOW = dashboard.WINDOW
CHANNELS = dashboard.CHANNELS
WARM_UP_S = 5.0
STEPS = {"pacer": 'kind = "breathe", seconds = 3600', "trace": 'kind = "task", seconds = 3600'}


def main(seconds: float = 30.0) -> None:
    """Print frames a second and CPU, side by side with the dashboard."""
    print(f"Session with {CHANNELS} channels recorded, {WINDOW[0]}x{WINDOW[1]}, offscreen")
    peer = dashboard.run_child("ours", seconds)
    print(f"  dashboard          {peer['cpu']:7.1%} of one core, {peer['paints_hz']:.0f} frames/s")
    for kind in STEPS:
        ours = _child(kind, seconds)
        print(
            f"  session, {kind:<8}  {ours['cpu']:7.1%} of one core, "
            f"{ours['paints_hz']:.0f} frames/s (slowest 1 %: {ours['p99_ms']:.0f} ms apart), "
            f"{ours['lost']} samples lost, "
            f"{ours['cpu'] / peer['cpu']:.1f}x the dashboard"
        )


def _child(kind: str, seconds: float) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as home:
        environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen"}
        environment |= {"XDG_CONFIG_HOME": home, "XDG_DOCUMENTS_DIR": home}
        arguments = [sys.executable, "-m", "benchmarks.guide", kind, str(seconds), home]
        done = subprocess.run(arguments, env=environment, stdout=subprocess.PIPE, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


def _run(kind: str, seconds: float, home: Path) -> dict[str, Any]:
    signal = f"sim:desk-work?channels={CHANNELS}"
    board = subprocess.Popen(
        [*dashboard.UNCLENCH, "simulate", "--tcp", "0", "--source", signal],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert board.stdout is not None
        with ExitStack() as stage:
            return _watch(stage, board.stdout.readline().strip(), kind, seconds, home)
    finally:
        board.terminate()
        board.wait()


def _watch(stage: ExitStack, url: str, kind: str, seconds: float, home: Path) -> dict[str, Any]:
    import numpy as np
    import psutil
    import pyqtgraph as pg
    from pyqtgraph.Qt import QtCore

    from unclench.desktop import plots
    from unclench.desktop.training.pacerview import PacerView
    from unclench.desktop.training.window import TrainingWindow
    from unclench.live.rings import DisplayRings
    from unclench.running.opener import open_run
    from unclench.running.wanted import Wanted
    from unclench.settings import Place, Settings
    from unclench.training.programs.file import find_program

    program = home / "long.toml"
    head = 'title = "Long"\npurpose = "A benchmark."\nevidence = "None."\n'
    program.write_text(f"{head}step = [{{ {STEPS[kind]} }}]\n", encoding="utf-8")
    sites = ("shoulder", "neck", "jaw")
    places = tuple(Place(channel=k + 1, site=sites[k], side="left") for k in range(CHANNELS))
    run = stage.enter_context(open_run(Wanted(url), places))
    rings = DisplayRings(run.info)
    run.start(rings)
    app = pg.mkQApp()
    settings = Settings(window=WINDOW, theme="light", safety_read=date(2026, 1, 1))
    window = TrainingWindow(
        run, rings, settings, program=find_program(str(program)), out=home / "session"
    )
    window.show()
    painted: list[float] = []

    class Watch(QtCore.QObject):  # type: ignore[misc] # Qt carries no types
        """Notes when the moving thing is painted."""

        def eventFilter(self, watched: Any, event: Any) -> bool:  # noqa: N802
            if event.type() == QtCore.QEvent.Type.Paint:
                painted.append(time.monotonic())
            return False

    watch = Watch()
    if kind == "pacer":
        window.findChild(PacerView).installEventFilter(watch)
    else:
        window.findChildren(plots.TensionTrace)[-1].viewport().installEventFilter(watch)
    process = psutil.Process()

    def let_pass(duration_s: float) -> None:
        QtCore.QTimer.singleShot(round(duration_s * 1000), app.quit)
        app.exec_()

    let_pass(WARM_UP_S)
    painted.clear()
    began, cpu = time.monotonic(), process.cpu_times()
    let_pass(seconds)
    lasted_s, now = time.monotonic() - began, process.cpu_times()
    window.close()
    lost = run.pipeline.status.lost_samples
    used_s = (now.user - cpu.user) + (now.system - cpu.system)
    gaps_ms = 1000 * np.diff(painted)
    return {
        "cpu": used_s / lasted_s,
        "paints_hz": len(painted) / lasted_s,
        "p99_ms": float(np.percentile(gaps_ms, 99)),
        "lost": lost,
    }


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(json.dumps(_run(sys.argv[1], float(sys.argv[2]), Path(sys.argv[3]))))
    else:
        main()
