"""Pictures of every screen, in both themes and several sizes: `python -m benchmarks.screens DIR`.

Real windows on real streams: a virtual person is led from the first start through a calibration and
a session with a step of every kind; then a board in trouble. Look at each of them.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

SIZES = ((1280, 800), (1920, 1080), (1024, 700))
_SPEED = 4.0
PROGRAM = """
title = "One of every kind"
purpose = "To be looked at."
evidence = "None."
goal = { kind = "baseline", times = 1.2 }
step = [
    { kind = "settle", seconds = 20 },
    { kind = "relax", groups = ["hands and forearms"], times = 1, tense_s = 6, release_s = 30 },
    { kind = "breathe", seconds = 90 },
    { kind = "hold", seconds = 20, at_most_s = 30 },
    { kind = "rest-credit", seconds = 30 },
    { kind = "task", seconds = 30 },
    { kind = "stressor", seconds = 30 },
    { kind = "recover", seconds = 40 },
    { kind = "reflect", question = "How tense do you feel now?", answer = "scale" },
    { kind = "reflect", question = "What made the line go down?" },
]
"""


class Camera:
    """Takes a window in every size and theme."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._n = 0

    def take(self, window: Any, name: str) -> None:
        """Save what it shows as NN-name-WxH-theme.png."""
        self._n += 1
        for theme in ("light", "dark"):
            window.choices.set_theme(theme)
            for width, height in SIZES:
                window.resize(width, height)
                _let_pass(0.08)
                file = f"{self._n:02}-{name}-{width}x{height}-{theme}.png"
                window.grab().save(str(self._folder / file), "PNG")
        window.choices.set_theme("light")
        window.resize(*SIZES[0])
        _let_pass(0.1)


def _let_pass(seconds: float) -> None:
    from pyqtgraph.Qt import QtWidgets

    until_s = time.monotonic() + seconds
    while time.monotonic() < until_s:
        QtWidgets.QApplication.processEvents()
        time.sleep(0.005)


def _wait_for(happened: Callable[[], bool], limit_s: float = 120.0) -> None:
    until_s = time.monotonic() + limit_s
    while not happened():
        if time.monotonic() > until_s:
            raise SystemExit("a screen did not come within two minutes")
        _let_pass(0.05)


def _training(camera: Camera, program: Path) -> None:
    """From the first start to the summary."""
    with ExitStack() as stage:
        window = _window(stage, "sim:person?channels=2", _SPEED)
        page = window.page
        camera.take(window, "safety")
        page()._agree.click()
        camera.take(window, "placement")
        page()._finish()
        _wait_for(lambda: all(light.colour != "grey" for light in window._check.result(0)))
        _let_pass(1.0)
        camera.take(window, "check")
        page().next.emit()
        camera.take(window, "calibrate")
        page().chosen.emit("calibrate-gentle")
        _wait_for(lambda: _step(window) == "reference")
        _let_pass(0.3)
        camera.take(window, "calibrating")
        _wait_for(lambda: type(page()).__name__ == "HomePage")
        camera.take(window, "home")
        window._begin_named(str(program))
        seen: set[str] = set()
        while type(page()).__name__ == "GuidePage":
            kind = _step(window)
            if kind and kind not in seen and kind != "reflect":
                seen.add(kind)
                _let_pass(75 / _SPEED if kind == "breathe" else 12 / _SPEED)
                camera.take(window, f"guide-{kind}")
            if kind == "hold":
                window._running.session.pause()
                _let_pass(0.5)
                camera.take(window, "guide-paused")
                window._running.session.resume()
                _let_pass(0.5)
                window._running.session.skip()
            if kind == "reflect":
                _let_pass(0.5)
                camera.take(window, f"guide-question-{'words' if 'scale' in seen else 'scale'}")
                page().answer.emit("4" if "scale" not in seen else "Breathing out slowly")
                seen.add("scale")
            _let_pass(0.3)
        camera.take(window, "summary")


def _trouble(camera: Camera) -> None:
    """Screens of a board in trouble, and of a sensor that goes away."""
    from unclench.training.programfile import find_program

    for scenario in ("mains-hum", "heartbeat", "poor-contact"):
        with ExitStack() as stage:
            window = _window(stage, f"sim:{scenario}", 2.0)
            window._show_check()
            _let_pass(6.0)
            camera.take(window, f"check-{scenario}")
    with ExitStack() as stage:
        window = _window(stage, "sim:relaxed?unplug_every_s=4&unplug_s=600", 1.0)
        window._begin(find_program("quiet-five"))
        _wait_for(lambda: not window._pipeline.status.connected)
        _let_pass(1.0)
        camera.take(window, "guide-lost")


def _step(window: Any) -> str:
    running = window._running
    snapshot = running.session.snapshot() if running is not None else None
    return "" if snapshot is None else str(snapshot.step.kind)


def _window(stage: ExitStack, source: str, speed: float) -> Any:
    from unclench.desktop.training.window import TrainingWindow
    from unclench.live.pipeline import Pipeline
    from unclench.live.rings import DisplayRings
    from unclench.settings import Settings
    from unclench.sources import open_source

    opened = open_source(source, speed=speed)
    stage.callback(opened.close)
    pipeline = Pipeline(opened.reader(), opened.name)
    stage.callback(pipeline.stop)
    rings = DisplayRings(pipeline.connect())
    pipeline.start([rings])
    settings = Settings(theme="light")
    window = TrainingWindow(
        pipeline, rings, settings, settings.model_copy(), situation=opened.situation
    )
    stage.callback(window.close)
    window.show()
    return window


def main() -> None:
    """Save the pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screens", description=__doc__)
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        for name in ("XDG_CONFIG_HOME", "XDG_DOCUMENTS_DIR", "XDG_RUNTIME_DIR"):
            os.environ[name] = home
        from pyqtgraph.Qt import QtWidgets

        app = QtWidgets.QApplication([])
        program = Path(home) / "every-kind.toml"
        program.write_text(PROGRAM, encoding="utf-8")
        camera = Camera(folder)
        _training(camera, program)
        _trouble(camera)
        app.quit()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
