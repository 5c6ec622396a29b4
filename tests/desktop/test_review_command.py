"""`unclench review` and the dashboard's key that leads to it."""

from __future__ import annotations

import pytest
from pyqtgraph.Qt import QtCore, QtTest

from unclench.commands.review import _root_of
from unclench.errors import InputError


@pytest.fixture
def sessions(tmp_path):
    folder = tmp_path / "sessions" / "monday"
    folder.mkdir(parents=True)
    (folder / "session.json").write_text("{}")
    (folder / "emg.csv").write_text("")
    return tmp_path / "sessions"


def test_a_session_its_file_or_a_folder_of_sessions_can_be_given(sessions, tmp_path):
    usual = tmp_path / "usual"
    assert _root_of(None, usual) == (usual, None)
    assert _root_of(sessions, usual) == (sessions, None)
    assert _root_of(sessions / "monday", usual) == (sessions, sessions / "monday")
    assert _root_of(sessions / "monday" / "emg.csv", usual) == (sessions, sessions / "monday")
    stranger = tmp_path / "stranger.csv"
    stranger.write_text("time_s,a\n")
    assert _root_of(stranger, usual) == (usual, stranger)


def test_a_missing_path_is_refused(tmp_path):
    with pytest.raises(InputError, match="give a session folder, a CSV, or a folder of sessions"):
        _root_of(tmp_path / "nothing", tmp_path)


def test_the_dashboard_opens_the_review_and_closes_it(stage):
    made = stage("sim:relaxed")
    QtTest.QTest.keyClick(made.window, QtCore.Qt.Key.Key_V)
    review = made.window._figures.review
    made.until(lambda: review is not None and review.isVisible())
    made.until(lambda: not review.list_page._loading)
    review.choices.set_theme("dark")
    assert made.settings.theme == "dark"
    made.window.close()
    assert not review.isVisible()
