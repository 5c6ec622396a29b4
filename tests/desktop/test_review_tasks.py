"""Work beside the window: the newest request wins, and nothing comes to a window that is gone."""

from __future__ import annotations

import threading

import pytest
from pyqtgraph.Qt import QtWidgets
from tests.desktop.windows import HANGS_S, until

from unclench.desktop.review.tasks import Newest, Token
from unclench.errors import InputError


class Worker:
    """A worker whose work waits until it is let go."""

    def __init__(self, only_newest: bool) -> None:
        self.newest = Newest("review: test", only_newest=only_newest)
        self.done: list[object] = []
        self.failed: list[object] = []
        self.newest.done.connect(self.done.append)
        self.newest.failed.connect(self.failed.append)
        self.begun, self.go = threading.Event(), threading.Event()

    def slow(self, token: Token) -> str:
        self.begun.set()
        assert self.go.wait(HANGS_S)
        return "slow"


@pytest.fixture
def worker(app):
    made = []

    def make(only_newest=True):
        made.append(Worker(only_newest))
        return made[-1]

    yield make
    for each in made:
        each.go.set()
        each.newest.close()
        each.newest.join()


@pytest.mark.parametrize(("only_newest", "came"), [(True, ["last"]), (False, ["slow", "last"])])
def test_a_newer_request_replaces_waiting_ones(worker, only_newest, came):
    made = worker(only_newest)
    made.newest.ask(made.slow)
    assert made.begun.wait(HANGS_S)
    made.newest.ask(lambda _: "overtaken")
    made.newest.ask(lambda _: "last")
    made.go.set()
    until(lambda: "last" in made.done)
    assert made.done == came


@pytest.mark.parametrize("end", ["drop", "close"])
def test_no_result_is_delivered_after_drop_or_close(worker, end):
    made = worker()
    seen: list[bool] = []

    def work(token: Token) -> None:
        made.slow(token)
        seen.append(token.wanted)

    made.newest.ask(work)
    assert made.begun.wait(HANGS_S)
    getattr(made.newest, end)()
    made.go.set()
    until(lambda: seen)
    made.newest.close()
    made.newest.join()
    QtWidgets.QApplication.processEvents()
    assert seen == [False]
    assert made.done == []


def test_failed_work_reports_its_error(worker):
    made = worker()

    def fail(_):
        raise InputError("no such thing.")

    made.newest.ask(fail)
    until(lambda: made.failed)
    assert made.failed == ["no such thing."]
