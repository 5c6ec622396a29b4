"""Signals end a window as a person would, but for those that were ignored from the start."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from functools import partial
from types import FrameType
from typing import Any

import pytest
from tests import needs

pytestmark = needs.posix

# What signal.signal takes and gives back.
Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


@pytest.fixture
def stopped(app):
    """Send signals while a window would be open; return which of them would close it."""
    from unclench.desktop.eventloop import stopped_by_signals_and_faults

    def send(*numbers: signal.Signals) -> list[signal.Signals]:
        heard: list[signal.Signals] = []
        for number in numbers:
            with stopped_by_signals_and_faults(partial(heard.append, number)):
                os.kill(os.getpid(), number)
                app.processEvents()
        return heard

    return send


@pytest.fixture
def handled() -> Iterator[Callable[..., None]]:
    """Set how signals are handled; as before at the end."""
    before: dict[signal.Signals, Handler] = {}

    def handle(handler: Handler, *numbers: signal.Signals) -> None:
        for number in numbers:
            before.setdefault(number, signal.signal(number, handler))

    yield handle
    for number, handler in before.items():
        signal.signal(number, handler)


SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


def test_each_signal_closes_the_window_and_is_handled_as_before_afterwards(stopped, handled):
    handled(signal.default_int_handler, *SIGNALS)
    assert stopped(*SIGNALS) == list(SIGNALS)
    assert {signal.getsignal(number) for number in SIGNALS} == {signal.default_int_handler}


def test_what_was_ignored_from_the_start_stays_ignored(stopped, handled):
    handled(signal.SIG_IGN, *SIGNALS)
    assert stopped(*SIGNALS) == []


def test_a_signal_does_not_close_the_window_in_the_middle_of_a_slot(app, handled):
    from pyqtgraph.Qt import QtCore

    from unclench.desktop.eventloop import stopped_by_signals_and_faults

    handled(signal.default_int_handler, signal.SIGTERM)
    happened: list[str] = []

    def slot() -> None:
        happened.append("slot begins")
        os.kill(os.getpid(), signal.SIGTERM)
        happened.append("slot ends")

    with stopped_by_signals_and_faults(lambda: happened.append("closed")):
        QtCore.QTimer.singleShot(0, slot)
        for _ in range(100):
            app.processEvents()
    assert happened == ["slot begins", "slot ends", "closed"]


def test_an_error_in_a_slot_is_printed_and_closes_the_window(app, capsys):
    from pyqtgraph.Qt import QtCore

    from unclench.desktop.eventloop import stopped_by_signals_and_faults

    happened: list[str] = []

    def slot() -> None:
        try:
            raise ValueError("a fault")
        finally:
            happened.append("slot ends")

    with stopped_by_signals_and_faults(lambda: happened.append("closed")) as failures:
        QtCore.QTimer.singleShot(0, slot)
        for _ in range(100):
            app.processEvents()
    assert happened == ["slot ends", "closed"]
    assert [str(failure) for failure in failures] == ["a fault"]
    assert "ValueError: a fault" in capsys.readouterr().err
