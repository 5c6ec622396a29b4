"""A real window on a real stream, drawn offscreen."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tests import needs

from unclench.settings import Settings

if TYPE_CHECKING:  # Qt is imported where it is used: not every machine can
    from unclench.desktop.window import Dashboard

NO_QT = {"test_display.py", "test_review_parts.py"}


class _NeedsQt(pytest.Module):
    """A test module that is skipped, before it imports Qt, where Qt cannot start."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        needs.qt()
        return super().collect()


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Every module of this folder needs Qt, unless it says otherwise here."""
    if module_path.name in NO_QT:
        return None
    return _NeedsQt.from_parent(parent, path=module_path)


class Stage:
    """A dashboard and the stream that it shows, which comes only in `until`."""

    def __init__(self, source: str, sessions: Path, **choices: Any) -> None:
        from tests.desktop.windows import Stream, show

        from unclench.desktop.window import Dashboard

        self.settings = Settings(sessions_dir=sessions, theme="light", **choices)
        self.stream = Stream(source, self.settings.model_copy())
        self.pipeline = self.stream.pipeline
        self.window: Dashboard = Dashboard(self.stream.run, self.stream.rings, self.settings)
        show(self.window)

    def until(self, happened: Callable[[], object]) -> None:
        """Let signal come, be drawn and told in words until something has happened."""

        def drawn_and_happened() -> object:
            self.window._draw()
            self.window._update_words()
            return happened()

        self.stream.play_until(drawn_and_happened)

    def has_drawn(self, seconds: float) -> bool:
        """True once so much signal has come."""
        return self.stream.has_come(seconds)

    def close(self) -> None:
        """End it, as far as the test has not."""
        from tests.desktop.windows import discard

        discard(self.window)
        self.stream.close()


@pytest.fixture
def app() -> object:
    """The application, which all windows need."""
    import pyqtgraph as pg

    return pg.mkQApp()


@pytest.fixture
def stage(app: object, tmp_path: Path) -> Iterator[Callable[..., Stage]]:
    """Make a stage: `stage("sim:relaxed", places=..., theme="dark")`; see `Stage`."""
    made: list[Stage] = []

    def make(source: str, **given: Any) -> Stage:
        made.append(Stage(source, tmp_path, **given))
        return made[-1]

    yield make
    for each in made:
        each.close()
