"""Every window shows what a person should know, whoever found it out and in whatever thread."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from pyqtgraph.Qt import QtWidgets
from tests.desktop.windows import Stream, discard, show, until

from unclench import notices
from unclench.desktop.bars import Banner
from unclench.desktop.history.window import HistoryWindow
from unclench.desktop.review.window import ReviewWindow
from unclench.desktop.training.window import TrainingWindow
from unclench.desktop.window import Dashboard
from unclench.settings import Settings, load_settings, settings_path

FIRST = notices.SetAside(Path("a.json"), "settings", Path("a.broken.json"))


def dashboard(stream, folder):
    return Dashboard(stream.run, stream.rings, Settings(sessions_dir=folder))


def training(stream, folder):
    return TrainingWindow(stream.run, stream.rings, Settings())


def review(stream, folder):
    return ReviewWindow(folder, Settings(), Settings())


def history(stream, folder):
    return HistoryWindow(folder)


@pytest.fixture(params=[dashboard, training, review, history], ids=lambda make: make.__name__)
def window(request, app, tmp_path):
    notices.tell(FIRST)
    stream = Stream("sim:relaxed")
    made = request.param(stream, tmp_path)
    show(made)
    yield made
    discard(made)
    stream.close()


def shown(window: QtWidgets.QWidget) -> list[str]:
    """The words in the banners that can be seen."""
    banners = [banner for banner in window.findChildren(Banner) if banner.isVisible()]
    return [label.text() for banner in banners for label in banner.findChildren(QtWidgets.QLabel)]


def test_what_was_told_before_and_after_it_opened_is_shown(window):
    assert shown(window) == [notices.words(FIRST)]
    settings_path().parent.mkdir(parents=True, exist_ok=True)
    settings_path().write_text("{")
    reader = threading.Thread(target=load_settings)
    reader.start()
    reader.join()
    (banner,) = window.findChildren(Banner)
    banner._close.click()
    sentence = f"The settings in {settings_path()} cannot be used"
    until(lambda: any(sentence in text for text in shown(window)))
