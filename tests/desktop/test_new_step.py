"""A new kind of step is one module: program files, the engine, lists and pages take it as it is.

The kind is made here, and nothing else is told of it. If it ever needs more than its module, the
list "Add a step to programs" in CONTRIBUTING is wrong: mend the program, or the list.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pkgutil import iter_modules
from typing import Literal

import numpy as np
import pytest
from click.testing import CliRunner
from pyqtgraph.Qt import QtWidgets

from unclench.cli import cli
from unclench.desktop.theme import DARK
from unclench.desktop.training.guide import GuidePage
from unclench.desktop.training.middle import PICTURES
from unclench.desktop.training.parts import label
from unclench.desktop.training.pictures import Picture
from unclench.store.events.event import HoldDone
from unclench.training.placement.values import RestBaseline, TrainedChannel
from unclench.training.programs.file import parse_program
from unclench.training.programs.program import Program
from unclench.training.rows import Row, Rows, Stream
from unclench.training.session.engine import Engine
from unclench.training.session.snapshot import Snapshot
from unclench.training.steps import kinds
from unclench.training.steps.catalogue import KINDS, Repeat, kind_of
from unclench.training.steps.step import Cue, TimedStep, step_kind
from unclench.training.steps.underway import Counts, Setting, UnderWay
from unclench.training.steps.values import Seconds
from unclench.wording import exactly

STREAM = Stream(2000.0, 40, 0.25, 3000)
CHANNEL = TrainedChannel(0, "Left shoulder", 0.2, RestBaseline(2.0, 0.1, 60.0, 0.2))
TEXT = """
title = "New"
purpose = "To try a new step."
evidence = "None."
goal = { kind = "baseline", times = 1.2 }

[[step]]
kind = "repeat"
times = 2

[[step.step]]
kind = "sway"
seconds = 8

[[step]]
kind = "settle"
"""


class Sway(TimedStep):
    """Lean left, then right; over as soon as both were still for a while."""

    kind: Literal["sway"]
    seconds: Seconds = 20.0

    usual_title = "Sway"
    usual_say = "Lean slowly, and let the shoulders hang."
    unseen_say = "Lean slowly."
    picture = "lean"
    takes_goal = True
    role = "activity"
    tension = "provoked"

    def in_words(self) -> str:
        return f"Sway for {exactly(self.seconds)}"

    def part(self, step_s: float) -> int:
        return int(step_s >= self.seconds / 2)

    def cue(self, step_s: float) -> Cue:
        side = ("left", "right")[self.part(step_s)]
        return Cue(f"Lean {side}", self.say or self.usual_say, "free", self.part_left_s(step_s))

    def begin(self, setting: Setting) -> Still:
        return Still()

    def counts(self, setting: Setting) -> Counts:
        return OneCreditASecond()


class Still(UnderWay):
    """Ends the step after 100 rows below the goal on the right."""

    def __init__(self) -> None:
        self.n = 0

    def add(
        self, row: Row, part: int, usable: Sequence[bool], goal_uv: Sequence[float | None]
    ) -> HoldDone | None:
        low = [
            goal is not None and uv < goal for uv, goal in zip(row.fast_uv, goal_uv, strict=True)
        ]
        self.n += part == 1 and all(low)
        return HoldDone(2.0) if self.n == 100 else None

    def words(self) -> str:
        return f"{self.n} rows of rest"


class OneCreditASecond(Counts):
    """Rest earns credits, from its first moment on."""

    moment_s = 0.2


class Lean(Picture):
    """Which way to lean, in a word."""

    def __init__(self, channels: tuple[TrainedChannel, ...], span_s: float) -> None:
        super().__init__(channels, span_s)
        self._word = label("headline", centred=True)
        QtWidgets.QVBoxLayout(self).addWidget(self._word)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        self._word.setText("→" if snapshot.part else "←")


@pytest.fixture(autouse=True)
def _sway(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The kind and its picture, as long as a test lasts."""
    monkeypatch.setitem(PICTURES, "lean", Lean)
    step_kind(Sway)
    for model in (Repeat, Program):
        model.model_rebuild(force=True)
    yield
    del KINDS["sway"]
    for model in (Repeat, Program):
        model.model_rebuild(force=True)


def engine() -> Engine:
    program = parse_program(TEXT, "new.toml").program
    assert program is not None
    return Engine(program, "new", [CHANNEL], STREAM)


def feed(running: Engine, from_s: float, seconds: float, uv: float) -> None:
    n = round(seconds * 50)
    level = np.full((n, 1), uv)
    sample = round(from_s * 2000) + 40 * np.arange(n, dtype=np.int64)
    trusted = np.ones((n, 1), bool)
    running.take(Rows(sample, level, level, level, trusted, ~trusted))


def test_every_module_of_the_kinds_is_a_kind():
    modules = {f"{kinds.__name__}.{module.name}" for module in iter_modules(kinds.__path__)}
    assert modules == {kind.__module__ for kind in KINDS.values()} - {Repeat.__module__, __name__}


def test_a_program_file_can_have_it_and_mistakes_in_it_are_told():
    (first, second, settle) = engine().program.flat()
    assert first == second == Sway(kind="sway", seconds=8, goal=first.goal)
    assert first.goal == engine().program.goal
    assert settle.kind == "settle"
    (mistake,) = parse_program(TEXT.replace("seconds = 8", "second = 8"), "new.toml").mistakes
    assert mistake == (
        "new.toml, line 13, step 1.1 (sway), second: unknown key; did you mean seconds? The keys "
        "are title, say, goal, kind, seconds."
    )


def test_lists_show_what_it_asks(tmp_path):
    path = tmp_path / "new.toml"
    path.write_text(TEXT, encoding="utf-8")
    shown = CliRunner().invoke(cli, ["programs", "show", str(path)])
    assert "1.1   Sway for 8 s." in shown.output
    assert "Takes     at most 46 s" in shown.output


def test_the_engine_runs_it_until_it_says_that_it_is_done():
    running = engine()
    feed(running, 0.0, 5.0, 2.0)
    assert running.snapshot().cue.headline == "Lean right"
    assert running.snapshot().part == 1
    feed(running, 5.0, 2.0, 2.0)
    assert running.snapshot().progress == "75 rows of rest"  # confirmed 1.5 s later
    feed(running, 7.0, 1.0, 2.0)
    assert running.snapshot().step_number == 1  # before its time was over
    feed(running, 8.0, 9.0, 6.0)
    assert running.snapshot().step.kind == "settle"  # above the goal it lasts as long as it may
    running.end(17 * 2000)
    calm, tense = running.outcome().steps
    assert (calm.kind, calm.title) == ("sway", "Sway")
    assert calm.score[0].credits == 1 + 7  # a moment of rest, and seven seconds of it
    assert tense.score[0].credits == 1  # rest went on for half a second


def test_reviews_know_what_it_is():
    assert (kind_of("sway").role, kind_of("sway").tension) == ("activity", "provoked")
    assert kind_of("of-a-newer-program").role == "other"


def test_the_page_shows_its_picture_its_cue_and_how_far_it_is(app):
    running = engine()
    feed(running, 0.0, 7.0, 2.0)
    page = GuidePage("New", (CHANNEL,))
    page.set_looks(DARK, 1.0)
    page.resize(800, 480)
    page.show()
    page.show_snapshot(running.snapshot())
    page.tick(7.0)
    shown = {w.text() for w in page.findChildren(QtWidgets.QLabel) if w.isVisible()}
    assert {"Lean right", "Lean slowly, and let the shoulders hang.", "→"} <= shown
    assert "75 rows of rest" in shown
    page.show_trial("No feedback", False)
    page.show_snapshot(running.snapshot())
    shown = {w.text() for w in page.findChildren(QtWidgets.QLabel) if w.isVisible()}
    assert {"Lean right", "Lean slowly.", "→"} <= shown
    assert "75 rows of rest" not in shown
    page.close()
