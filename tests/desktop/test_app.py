"""Dashboard and training window side by side, and the dialog before them."""

from __future__ import annotations

import os
import signal

import pytest
from pyqtgraph.Qt import QtCore, QtTest, QtWidgets

from unclench.desktop.app import run_dashboard
from unclench.desktop.theme import DARK, LIGHT
from unclench.desktop.training.safety import SafetyDialog
from unclench.desktop.training.window import TrainingWindow
from unclench.desktop.window import Dashboard
from unclench.running.opener import open_run
from unclench.running.wanted import Wanted
from unclench.settings import Settings, save_settings

KEY = QtCore.Qt.Key


@pytest.fixture
def shown(app):
    """Run the dashboard while `play` is played."""

    def run(play, **choices):
        save_settings(Settings(theme="light", **choices))
        with open_run(Wanted("sim:relaxed")) as opened:
            QtCore.QTimer.singleShot(100, play)
            settings = opened.settings.model_copy()
            run_dashboard(opened, settings, close_after_s=None, screenshot=None)

    return run


def window(kind):
    (found,) = [
        w for w in QtWidgets.QApplication.topLevelWidgets() if type(w) is kind and w.isVisible()
    ]
    return found


def press(widget, key, modifier=QtCore.Qt.KeyboardModifier.NoModifier):
    widget.activateWindow()
    QtTest.QTest.qWaitForWindowActive(widget)
    QtTest.QTest.keyClick(widget, key, modifier)
    QtWidgets.QApplication.processEvents()


def test_the_safety_dialog_ends_by_a_signal_and_says_why_nothing_is_shown(shown, capsys):
    def play():
        assert window(SafetyDialog)
        os.kill(os.getpid(), signal.SIGTERM)

    shown(play)
    assert capsys.readouterr().out == (
        "The dashboard opens once you have agreed to the safety page.\n"
    )


def test_both_windows_have_one_look_and_the_training_comes_back_by_its_key(shown):
    seen = []

    def play():
        dashboard = window(Dashboard)
        try:
            press(dashboard, KEY.Key_G)
            training = window(TrainingWindow)
            assert training.windowTitle() != dashboard.windowTitle()
            press(training, KEY.Key_T, QtCore.Qt.KeyboardModifier.ControlModifier)
            assert DARK.page in dashboard.styleSheet()
            press(dashboard, KEY.Key_T)
            assert LIGHT.page in training.styleSheet()
            training.showMinimized()
            press(dashboard, KEY.Key_G)
            assert window(TrainingWindow) is training
            assert not training.isMinimized()
            seen.append(True)
        finally:
            dashboard.close()

    shown(play, safety_read="2026-01-01")
    assert seen == [True]
