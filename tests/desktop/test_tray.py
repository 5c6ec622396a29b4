"""The tray's icon, menu and end, drawn offscreen: no system tray is needed."""

from __future__ import annotations

import os
import signal
import threading
from itertools import combinations
from typing import get_args
from unittest.mock import Mock

import numpy as np
import pytest
from tests import needs

from unclench import notices
from unclench.commands import watch
from unclench.training.day.day import Standing, State
from unclench.training.tags import Tag

STATES: tuple[State, ...] = get_args(State)


class Told:
    """What the menu has asked for."""

    def __init__(self) -> None:
        self.pauses: list[float] = []
        self.keys: list[str] = []


@pytest.fixture
def told() -> Told:
    return Told()


@pytest.fixture
def tray(app, told):
    from unclench.desktop.theme import LIGHT
    from unclench.desktop.tray import Actions, Tray

    tags = (Tag("1", "posture", "slouching"), Tag("8", "situation", "Q&A"))
    tray = Tray(Actions(told.pauses.append, told.keys.append, tags), LIGHT)
    yield tray
    tray.icon.hide()


def standing(state: State, uv: float = 2.0) -> Standing:
    return Standing("Left shoulder", state, None if state == "unknown" else uv, 0.0)


def shape(icon, size):
    """Where an icon has ink, whatever its colour."""
    from pyqtgraph.Qt import QtGui

    image = icon.pixmap(size, size).toImage().convertToFormat(QtGui.QImage.Format.Format_ARGB32)
    bits = image.constBits()
    bits.setsize(image.sizeInBytes())
    return np.frombuffer(bits, np.uint8).reshape(image.height(), image.width(), 4)[:, :, 3] > 100


@pytest.mark.parametrize("size", [16, 22, 48])
def test_states_are_told_apart_without_colour(app, size):
    from unclench.desktop.theme import DARK, LIGHT
    from unclench.desktop.tray import draw_icon

    shapes = {state: shape(draw_icon(state, LIGHT), size) for state in STATES}
    for one, other in combinations(STATES, 2):
        assert np.mean(shapes[one] ^ shapes[other]) > 0.08, (one, other)
    np.testing.assert_array_equal(shapes["calm"], shape(draw_icon("calm", DARK), size))


def test_icon_and_tooltip_follow_the_worst_channel(tray):
    from unclench.desktop.theme import LIGHT
    from unclench.desktop.tray import draw_icon

    expected: tuple[tuple[list[State], State, str], ...] = (
        (["calm", "unknown"], "calm", "Calm"),
        (["calm", "tense"], "tense", "Above the limit"),
        (["long", "tense"], "long", "Above the limit for a long time"),
        (["unknown"], "unknown", "No usable signal"),
    )
    for states, shown, title in expected:
        tray.show([standing(state) for state in states], "Left: 2.0 µV; Right: 3.0 µV", False)
        drawn = shape(draw_icon(shown, LIGHT), 16)
        np.testing.assert_array_equal(shape(tray.icon.icon(), 16), drawn)
        assert tray.icon.toolTip() == f"{title}\nLeft: 2.0 µV\nRight: 3.0 µV"
        assert tray.now.text() == "Left: 2.0 µV; Right: 3.0 µV"
    tray.show([], "measuring rest", False)
    assert tray.icon.toolTip() == "unclench\nmeasuring rest"


def test_the_menu_pauses_and_tags(tray, told):
    assert not tray.now.isEnabled()
    assert tray.pause.text() == "Pause alerts for 1 h"
    tray.pause.trigger()
    assert told.pauses == [3600.0]
    tray.show([standing("calm")], "words", paused=True)
    assert not tray.pause.isEnabled()
    assert tray.icon.toolTip().endswith("\nAlerts are paused.")
    entries = tray.tags.actions()
    assert [entry.text() for entry in entries] == ["posture: slouching", "situation: Q&&A"]
    entries[1].trigger()
    assert entries[1].isChecked()
    entries[1].trigger()
    assert not entries[1].isChecked()
    assert told.keys == ["8", "8"]


def test_quit_ends_it(tray, app):
    from unclench.desktop.tray import run_tray

    ticks = []

    def tick():
        ticks.append(1)
        tray.quit.trigger()
        return False

    run_tray(tray, tick)
    assert ticks == [1]


def test_the_stream_ends_it(tray):
    from unclench.desktop.tray import run_tray

    run_tray(tray, lambda: True)


@needs.posix
def test_a_signal_ends_it(tray):
    from unclench.desktop.tray import run_tray

    before = signal.getsignal(signal.SIGTERM)
    threading.Timer(0.2, os.kill, (os.getpid(), signal.SIGTERM)).start()
    run_tray(tray, lambda: False)
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_fault_ends_it_and_is_told(tray):
    from unclench.desktop.tray import run_tray

    def tick():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        run_tray(tray, tick)


def test_the_tray_tells_what_a_person_should_know_once(app, monkeypatch):
    said: list[str] = []

    class Told:
        def __init__(self, *_):
            self.notify = said.append

        def show(self, *_):
            """Nothing is drawn here."""

    monkeypatch.setattr("unclench.desktop.tray.Tray", Told)
    monkeypatch.setattr("unclench.desktop.tray.run_tray", lambda _, tick: [tick(), tick()])
    watching = Mock(paused=False)
    notices.tell(notices.Remark("The settings cannot be used."))
    watch._in_tray(Mock(watching=watching, news=list), ())
    assert said == ["The settings cannot be used."]
