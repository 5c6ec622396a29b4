"""A real window on a real stream, drawn offscreen."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from tests import qt

from unclench.live.pipeline import Pipeline
from unclench.live.rings import DisplayRings
from unclench.settings import Settings
from unclench.sources import open_source

if TYPE_CHECKING:  # Qt is imported where it is used: not every machine can
    from unclench.desktop.window import Dashboard

NO_QT = {"test_display.py", "test_review_parts.py"}


class _NeedsQt(pytest.Module):
    """A test module that is skipped, before it imports Qt, where Qt cannot start."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        reason = qt.why_not()
        if reason is not None:
            pytest.skip(reason, allow_module_level=True)
        return super().collect()


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Every module of this folder needs Qt, unless it says otherwise here."""
    if module_path.name in NO_QT:
        return None
    return _NeedsQt.from_parent(parent, path=module_path)


@pytest.fixture(autouse=True)
def _offscreen(monkeypatch: pytest.MonkeyPatch) -> None:
    qt.draw_offscreen(monkeypatch)


@dataclass
class Stage:
    """A dashboard and what it stands on."""

    app: object
    window: Dashboard
    pipeline: Pipeline
    settings: Settings
    saved: Settings

    def until(self, happened: Callable[[], object], limit_s: float = 20.0) -> None:
        """Let the window live until something has happened."""
        stop_s = time.monotonic() + limit_s
        while not happened():
            assert time.monotonic() < stop_s, "it never happened"
            self.app.processEvents()
            time.sleep(0.005)

    def has_drawn(self, signal_s: float) -> bool:
        """Whether so much signal has come and been told in words."""
        return self.pipeline.status.n_samples >= signal_s * self.pipeline.info.fs_hz


@pytest.fixture
def app() -> object:
    import pyqtgraph as pg

    return pg.mkQApp()


@pytest.fixture
def stage(app: object, tmp_path: object) -> Iterator[Callable[..., Stage]]:
    """Make a stage: `stage("sim:relaxed", speed=10)`."""
    from pyqtgraph.Qt import QtTest

    from unclench.desktop.window import Dashboard

    stages: list[tuple[Stage, object]] = []

    def make(source_name: str, speed: float = 10.0, known: tuple = (), **choices: object) -> Stage:
        source = open_source(source_name, speed=speed)
        pipeline = Pipeline(source.reader(), source.name, channel_names=source.channel_names)
        info = pipeline.connect()
        rings = DisplayRings(info)
        pipeline.start([rings])
        settings = Settings(sessions_dir=tmp_path, theme="light", **choices)
        saved = settings.model_copy()
        window = Dashboard(pipeline, rings, settings, saved, known=known)
        made = Stage(app, window, pipeline, settings, saved)
        made.window.show()
        made.window.activateWindow()
        assert QtTest.QTest.qWaitForWindowActive(made.window)  # or keys would be lost
        stages.append((made, source))
        return made

    yield make
    for made, source in stages:
        made.window.close()
        made.pipeline.stop()
        source.close()
