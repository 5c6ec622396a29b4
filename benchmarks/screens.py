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
        self.folder = folder
        self._n = 0

    def take(self, window: Any, name: str, sizes: tuple[tuple[int, int], ...] = SIZES) -> None:
        """Save what it shows as NN-name-WxH-theme.png."""
        self._n += 1
        for theme in ("light", "dark"):
            window.choices.set_theme(theme)
            for width, height in sizes:
                window.resize(width, height)
                _let_pass(0.08)
                file = f"{self._n:02}-{name}-{width}x{height}-{theme}.png"
                window.grab().save(str(self.folder / file), "PNG")
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
        _wait_for(lambda: all(light.colour != "grey" for light in window._checking.check.result(0)))
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
                window._sessions.running.session.pause()
                _let_pass(0.5)
                camera.take(window, "guide-paused")
                window._sessions.running.session.resume()
                _let_pass(0.5)
                window._sessions.running.session.skip()
            if kind == "reflect":
                _let_pass(0.5)
                camera.take(window, f"guide-question-{'words' if 'scale' in seen else 'scale'}")
                page().answer.emit("4" if "scale" not in seen else "Breathing out slowly")
                seen.add("scale")
            _let_pass(0.3)
        camera.take(window, "summary")


def _trouble(camera: Camera) -> None:
    """Screens of a board in trouble, and of a sensor that goes away."""
    from unclench.training.programs.file import find_program

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


def _review(camera: Camera, home: Path) -> None:
    """The list, a session in every state, two compared, and what cannot be opened."""
    from unclench.desktop.review.session.exportdialog import ExportDialog
    from unclench.desktop.review.trace.axes import View
    from unclench.desktop.review.window import ReviewWindow
    from unclench.review.results import Span
    from unclench.settings import Settings

    sizes = (*SIZES, (800, 500))
    root = home / "sessions"
    first = _recorded(root / "2026-03-02", "sim:desk-work?channels=3", 600, "A day at the desk")
    _recorded(root / "2026-03-09", "sim:desk-work?channels=3", 400, "After the holidays")
    poor = _recorded(root / "2026-03-10", "sim:poor-contact", 120, "")
    broken = _recorded(root / "2026-03-11", "sim:relaxed", 20, "")
    (broken / "session.json").write_text("{", encoding="utf-8")
    settings = Settings(theme="light")
    empty = ReviewWindow(home / "nothing", settings, settings.model_copy())
    empty.show()
    _let_pass(0.5)
    camera.take(empty, "review-empty", sizes)
    empty.close()
    window = ReviewWindow(root, settings, settings.model_copy())
    window.show()
    rows = window.list_page.model.rows
    _wait_for(lambda: len(window.list_page.model.rows) == 4)
    _wait_for(lambda: all(r.quality or r.trouble for r in window.list_page.model.rows))
    rows = window.list_page.model.rows
    camera.take(window, "review-list", sizes)
    window.list_page.choose(broken)
    window.list_page.ask_delete()
    camera.take(window, "review-delete", sizes)
    window.list_page.drop_question()
    window.open(first)
    _wait_for(lambda: window.desk.review is not None)
    _let_pass(0.5)
    page = window.session_page
    camera.take(window, "review-session", sizes)
    page.trace.select(Span(100.0, 260.0))
    _let_pass(0.3)
    camera.take(window, "review-span", sizes)
    page._do("tag")
    camera.take(window, "review-tag", sizes)
    page._leave_words()
    page.trace.toggle_log()
    camera.take(window, "review-log", sizes)
    page.trace.set_view(View(200.0, 206.0))
    camera.take(window, "review-raw", sizes)
    dialog = ExportDialog(window, first)
    dialog.open()
    _let_pass(0.2)
    dialog.grab().save(str(camera.folder / "review-export.png"), "PNG")
    dialog.close()
    window.open(poor)
    _wait_for(lambda: window.desk.review is not None)
    _let_pass(0.3)
    camera.take(window, "review-poor", sizes)
    good = [row.folder for row in rows if row.title in ("A day at the desk", "After the holidays")]
    for pair, name in ((good, "review-compare"), ([good[0], poor], "review-compare-not")):
        window.compare(*pair)
        _wait_for(lambda: "Reading" not in window.compare_page.figures.toPlainText())
        camera.take(window, name, sizes)
    window.close()


_EVENTS = (
    (0.0, "session", "begins: desk (At the desk)", None),
    (0.0, "step", "1 settle: Arrive", None),
    (20.0, "step", "2 baseline: Rest", None),
    (80.0, "step", "3 task: Write the report", None),
    (100.0, "tag", "posture: slouching", None),
    (130.0, "tag", "thought: hurry", None),
    (150.0, "note", "The phone rang", None),
    (152.0, "marker", "Marker 1", None),
    (170.0, "tag end", "thought: hurry", 40.0),
    (260.0, "tag end", "posture: slouching", 160.0),
    (280.0, "tag", "feeling: angry", None),
    (280.5, "tag end", "feeling: angry", 0.5),
    (300.0, "step", "4 recover: Let go", None),
)


def _recorded(folder: Path, source: str, seconds: int, title: str) -> Path:
    """Record a session; one with a title has sites, labels and a program's events as well."""
    from click.testing import CliRunner

    from unclench.cli import cli
    from unclench.store import open_session
    from unclench.store.events.rows import event_of
    from unclench.store.session.edit import edit_events, edit_meta

    options = ["--seconds", str(seconds), "--speed", "max", "--out", str(folder)]
    done = CliRunner().invoke(cli, ["record", "--source", source, *options])
    if done.exit_code:
        raise SystemExit(done.output)
    if title:
        session = open_session(folder)
        fs_hz = session.meta.fs_hz
        added = [event_of(round(t * fs_hz), kind, text, d, None) for t, kind, text, d in _EVENTS]
        edit_events(folder, [*session.events(), *added])
        sites = ("Left shoulder", "Right shoulder", "Jaw")
        edit_meta(folder, title=title, labels=("office",), sites=sites)
    return folder


def _step(window: Any) -> str:
    running = window._sessions.running
    snapshot = running.session.snapshot() if running is not None else None
    return "" if snapshot is None else str(snapshot.step.kind)


def _window(stage: ExitStack, source: str, speed: float) -> Any:
    from unclench.desktop.training.window import TrainingWindow
    from unclench.live.rings import DisplayRings
    from unclench.running.opener import open_run
    from unclench.running.wanted import Wanted
    from unclench.settings import Settings

    run = stage.enter_context(open_run(Wanted(source, str(speed))))
    rings = DisplayRings(run.info)
    run.start(rings)
    window = TrainingWindow(run, rings, Settings(theme="light"))
    stage.callback(window.close)
    window.show()
    return window


def main() -> None:
    """Save the pictures."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.screens", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", choices=("training", "review"), help="some of them")
    given = parser.parse_args()
    folder, only = given.folder, given.only
    folder.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as home:
        for name in ("XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DOCUMENTS_DIR", "XDG_RUNTIME_DIR"):
            os.environ[name] = home
        from pyqtgraph.Qt import QtWidgets

        app = QtWidgets.QApplication([])
        program = Path(home) / "every-kind.toml"
        program.write_text(PROGRAM, encoding="utf-8")
        camera = Camera(folder)
        if not only or only == "training":
            _training(camera, program)
            _trouble(camera)
        if not only or only == "review":
            _review(camera, Path(home))
        app.quit()
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
