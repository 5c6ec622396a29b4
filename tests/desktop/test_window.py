"""The dashboard as a person uses it: keys pressed in a real window, words read from it."""

from __future__ import annotations

import csv
import json
from datetime import datetime

import numpy as np
import pytest
from pyqtgraph.Qt import QtCore, QtGui, QtTest, QtWidgets
from tests.desktop.windows import until
from tests.wideboard import widen

from unclench.desktop.channelrows import ChannelRows
from unclench.desktop.plots import TensionTrace, peak_uv
from unclench.desktop.training.safety import SafetyPage
from unclench.review.session import open_review
from unclench.settings import Place, load_settings
from unclench.store import open_session
from unclench.store.events.words import text_of
from unclench.training.placement.calibrations import book_path, load_book, save_book
from unclench.training.placement.values import ReferenceContraction, RestBaseline
from unclench_dsp import WIDE

KEY = QtCore.Qt.Key
SHOULDER = Place(channel=1, site="shoulder", side="left")


def press(window, key, modifier=QtCore.Qt.KeyboardModifier.NoModifier):
    QtTest.QTest.keyClick(window, key, modifier)


def words(window, name):
    return [w.text() for w in window.findChildren(QtWidgets.QLabel, name) if w.isVisible()]


def calibrate(**measured):
    """What was measured on the left shoulder with the virtual board."""
    path = book_path(virtual=True)
    book = load_book(path)
    book.add(SHOULDER, WIDE, 0.25, created=datetime.now().astimezone(), noise_uv=0.17, **measured)
    save_book(book, path)


def test_a_relaxing_muscle_is_shown_as_number_line_and_good_signal(stage):
    made = stage("sim:relaxed")
    made.until(lambda: made.has_drawn(70) and words(made.window, "value") != ["–"])
    (value,) = words(made.window, "value")
    assert 1.5 < float(value) < 4.5
    assert "● Good signal" in words(made.window, "state")
    assert "● Live" in words(made.window, "state")
    assert any("Noise floor 0.17 µV" in text for text in words(made.window, "small"))
    assert any("nothing lost" in text for text in words(made.window, "quiet"))
    trace = made.window.findChild(TensionTrace)
    rows = np.concatenate([[p.y() for p in line] for line in trace.curve._lines])
    assert 1.5 < np.median(rows) < 5  # the last minute of letting go


@pytest.mark.parametrize("channels", [1, 2, 3])
def test_every_channel_has_a_row_of_its_own(stage, channels):
    made = stage(f"sim:desk-work?channels={channels}")
    made.until(lambda: made.has_drawn(5))
    titles = words(made.window, "title")
    assert titles[1:] == [f"Channel {k + 1}" for k in range(channels)]
    assert len(made.window.findChildren(TensionTrace)) == channels


class TestMoreChannelsThanFit:
    """A board of eight channels on a small screen."""

    @pytest.fixture
    def made(self, stage, monkeypatch):
        widen(monkeypatch, 8)
        made = stage("sim:desk-work?board=wide&channels=8")
        made.window.resize(800, 480)
        made.until(lambda: made.has_drawn(5))
        return made

    @staticmethod
    def in_sight(window):
        """Titles of the channels whose row is on the screen."""
        area = window.findChild(ChannelRows)
        seen = area.viewport().rect()
        return [
            title.text()
            for title in area.findChildren(QtWidgets.QLabel, "title")
            if seen.contains(title.mapTo(area.viewport(), QtCore.QPoint(0, 0)))
        ]

    def test_the_window_stays_as_small_as_the_screen_and_scrolls_by_keys(self, made):
        assert (made.window.width(), made.window.height()) == (800, 480)
        assert self.in_sight(made.window)[0] == "Channel 1"
        for _ in range(8):
            press(made.window, KEY.Key_PageDown)
        assert self.in_sight(made.window)[-1] == "Channel 8"
        press(made.window, KEY.Key_PageUp)
        assert "Channel 8" not in self.in_sight(made.window)

    def test_a_trace_leaves_the_wheel_to_what_scrolls(self, made):
        ground = made.window.findChild(TensionTrace).viewport()
        at = QtCore.QPoint(50, 30)
        turned = QtGui.QWheelEvent(
            QtCore.QPointF(at),
            QtCore.QPointF(ground.mapToGlobal(at)),
            QtCore.QPoint(0, 0),
            QtCore.QPoint(0, -1200),
            QtCore.Qt.MouseButton.NoButton,
            QtCore.Qt.KeyboardModifier.NoModifier,
            QtCore.Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QtWidgets.QApplication.sendEvent(ground, turned)
        assert not turned.isAccepted()  # so Qt hands it on to the area

    def test_each_has_a_colour_of_its_own(self, made):
        area = made.window.findChild(ChannelRows)
        titles = area.findChildren(QtWidgets.QLabel, "title")
        assert len({title.styleSheet() for title in titles}) == 8


def test_no_contact_shows_no_number_and_does_not_set_the_scale(stage):
    made = stage("sim:poor-contact")
    made.until(lambda: any("No contact" in text for text in words(made.window, "state")))
    assert words(made.window, "value") == ["–"]
    made.until(lambda: made.has_drawn(13))
    trace = made.window.findChild(TensionTrace)
    assert trace._top_uv <= 50
    assert trace.curve._doubtful


def test_a_signal_that_is_never_trusted_is_drawn_within_the_scale():
    tension_uv, no = np.array([8.0, 9.0, np.nan, 4000.0, 8.5]), np.zeros(5, bool)
    assert peak_uv(tension_uv, no) == 8.75
    assert peak_uv(tension_uv, np.array([True, False, True, False, True])) == 8.5
    assert peak_uv(np.full(3, np.nan), no[:3]) == 0.0


def test_hum_is_named_and_its_removal_told(stage):
    made = stage("sim:mains-hum")
    made.until(lambda: "≈ Mains hum" in words(made.window, "state"))
    made.until(lambda: any("Removed" in text for text in words(made.window, "small")))
    assert any("Removed: mains hum of 50 Hz" in text for text in words(made.window, "small"))


def test_record_mark_and_close_lose_nothing(stage, tmp_path):
    made = stage("sim:desk-work")
    made.until(lambda: made.has_drawn(1))
    press(made.window, KEY.Key_R)
    began = made.pipeline.status.n_samples
    made.until(lambda: any("Recording" in text for text in words(made.window, "state")))
    made.until(lambda: made.has_drawn(began / 2000 + 5))
    press(made.window, KEY.Key_M)
    made.until(lambda: made.has_drawn(began / 2000 + 8))
    made.window.close()
    (folder,) = [path for path in tmp_path.iterdir() if (path / "session.json").exists()]
    session = open_session(folder)
    recording = session.load()
    assert session.meta.ended == "closed"
    assert recording.lost_samples == 0
    assert recording.sample[0] == 0
    assert recording.n_samples >= 7 * 2000
    (marker,) = [event for event in session.events() if event.kind == "marker"]
    assert text_of(marker) == "Marker 1"
    assert 3 * 2000 < marker.sample < recording.sample[-1]


def test_a_second_press_ends_the_recording_and_says_where_it_is(stage, tmp_path):
    made = stage("sim:relaxed")
    made.until(lambda: made.has_drawn(1))
    press(made.window, KEY.Key_R)
    made.until(lambda: made.has_drawn(4))
    press(made.window, KEY.Key_R)
    banner = made.window._banner
    assert banner.isVisible()
    assert str(tmp_path) in banner._text.text()
    assert json.loads(next(tmp_path.glob("*/session.json")).read_text())["ended"] == "closed"


def test_a_note_typed_by_a_person_is_stored(stage, tmp_path, monkeypatch):
    made = stage("sim:relaxed")
    made.until(lambda: made.has_drawn(1))
    press(made.window, KEY.Key_R)
    monkeypatch.setattr(
        QtWidgets.QInputDialog, "getText", lambda *_: ("=cmd|'/c calc'!A1, phone at ear", True)
    )
    press(made.window, KEY.Key_M, QtCore.Qt.KeyboardModifier.ShiftModifier)
    made.until(lambda: made.has_drawn(4))
    made.window.close()
    (path,) = tmp_path.glob("*/events.csv")
    rows = csv.DictReader(path.read_text().splitlines())
    (row,) = [r for r in rows if r["kind"] == "marker"]
    assert row["text"] == "'=cmd|'/c calc'!A1, phone at ear"  # no spreadsheet runs it
    (event,) = [e for e in open_session(path.parent).events() if e.kind == "marker"]
    assert text_of(event) == "=cmd|'/c calc'!A1, phone at ear"


def test_a_recording_keeps_the_places_and_what_was_calibrated_there(stage, tmp_path):
    baseline = RestBaseline(2.0, 0.2, 60.0, 0.3)
    calibrate(baseline=baseline)
    made = stage("sim:relaxed", places=(SHOULDER,))
    press(made.window, KEY.Key_R)
    began = made.pipeline.status.n_samples
    made.until(lambda: made.has_drawn(began / 2000 + 8))
    made.window.close()
    (folder,) = [path.parent for path in tmp_path.rglob("session.json")]
    context = open_review(folder).contexts[0]
    assert context.site == "Left shoulder"
    assert context.baseline == baseline


def test_pause_holds_the_picture_while_recording_goes_on(stage):
    made = stage("sim:desk-work")
    made.until(lambda: made.has_drawn(3))
    press(made.window, KEY.Key_P)
    trace = made.window.findChild(TensionTrace)
    held = trace.curve._lines
    made.until(lambda: made.has_drawn(6))
    assert trace.curve._lines is held
    assert "‖ Display paused" in words(made.window, "state")
    press(made.window, KEY.Key_P)
    made.until(lambda: trace.curve._lines is not held)


def test_choices_made_in_the_window_are_kept_for_the_next_start(stage, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = stage("sim:relaxed")
    made.until(lambda: made.has_drawn(1))
    window = made.window
    press(window, KEY.Key_T)
    press(window, KEY.Key_W)
    press(window, KEY.Key_Plus, QtCore.Qt.KeyboardModifier.ControlModifier)
    combos = window.findChildren(QtWidgets.QComboBox)
    span, scale = combos
    span.setCurrentIndex(span.findData(300.0))
    scale.setCurrentIndex(scale.findData(50.0))
    window.close()
    settings = load_settings()
    assert settings.theme == "dark"
    assert settings.raw_shown
    assert settings.text_scale == pytest.approx(1.1)
    assert (settings.span_s, settings.scale_uv) == (300.0, 50.0)


def test_options_of_one_start_are_not_kept(stage, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    made = stage("sim:relaxed")
    made.settings.theme = "dark"  # as --theme does: for this start, not in what is saved
    made.window.close()
    assert load_settings().theme == "light"


def test_a_lost_board_is_told_until_it_is_back(stage):
    made = stage("sim:relaxed?unplug_every_s=1.5&unplug_s=1.5")
    banner = made.window._banner
    made.until(lambda: not made.pipeline.status.connected)
    until(lambda: banner.isVisible() and "was disconnected" in banner._text.text())
    assert "○ Waiting for the board" in words(made.window, "state")
    assert "○ No signal" in words(made.window, "state")
    made.until(lambda: made.pipeline.status.reconnections == 1)
    until(lambda: not banner.isVisible())


def test_a_folder_that_cannot_be_written_is_told_and_the_picture_goes_on(stage, tmp_path):
    in_the_way = tmp_path / "file"
    in_the_way.write_text("")
    made = stage("sim:relaxed")
    made.until(lambda: made.has_drawn(1))
    made.settings.sessions_dir = in_the_way
    press(made.window, KEY.Key_R)
    banner = made.window._banner
    made.until(banner.isVisible)
    assert str(in_the_way) in banner._text.text()
    before = made.pipeline.status.n_samples
    made.until(lambda: made.pipeline.status.n_samples > before)


def test_everything_is_reached_by_keyboard_and_has_a_name(stage):
    made = stage("sim:relaxed")
    window = made.window
    window.activateWindow()
    reached = set()
    for _ in range(20):
        QtTest.QTest.keyClick(window, KEY.Key_Tab)
        if (focus := window.focusWidget()) is not None:
            reached.add(focus)
    controls = [
        w
        for w in window.findChildren((QtWidgets.QPushButton, QtWidgets.QComboBox))
        if w.isVisible()
    ]
    assert len(controls) == 11
    assert set(controls) <= reached
    for control in controls:
        is_button = isinstance(control, QtWidgets.QPushButton)
        assert control.text() if is_button else control.accessibleName()


@pytest.mark.parametrize("size", [(800, 500), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("text_scale", [1.0, 1.6])
def test_no_word_is_cut_off(stage, size, text_scale):
    made = stage("sim:desk-work?channels=2", window=size, text_scale=text_scale)
    made.until(lambda: made.has_drawn(3))
    made.window._words.stop()  # no new words while these are laid out
    for _ in range(3):
        QtWidgets.QApplication.processEvents()
    for button in made.window.findChildren(QtWidgets.QPushButton):
        if button.isVisible():
            assert button.width() >= button.minimumSizeHint().width()
    for label in made.window.findChildren(QtWidgets.QLabel):
        if label.isVisible() and not label.wordWrap():
            assert label.width() >= label.fontMetrics().horizontalAdvance(label.text())


def test_help_explains_words_and_keys(stage):
    made = stage("sim:relaxed")
    made.until(lambda: made.has_drawn(1))
    press(made.window, KEY.Key_F1)
    (dialog,) = made.window.findChildren(QtWidgets.QDialog)
    text = dialog.findChild(QtWidgets.QTextBrowser).toPlainText()
    for word in ("noise floor", "No contact", "Mains hum", "Clipping", "not a medical device"):
        assert word in text
    dialog.close()


def test_safety_is_read_again_from_the_help_in_the_chosen_text_size(stage):
    made = stage("sim:relaxed", text_scale=1.5)
    made.until(lambda: made.has_drawn(1))
    press(made.window, KEY.Key_F1)
    (safety,) = [w for w in made.window.findChildren(QtWidgets.QPushButton) if w.text() == "Safety"]
    safety.click()
    (page,) = made.window.findChildren(SafetyPage)
    assert page.text_scale == 1.5
    for dialog in made.window.findChildren(QtWidgets.QDialog):
        dialog.close()


def test_a_known_reference_gives_a_percentage_and_the_place_a_name(stage):
    calibrate(reference=ReferenceContraction(50.0, "gentle"))
    made = stage("sim:relaxed", places=(SHOULDER,))
    made.until(lambda: words(made.window, "value") not in ([], ["–"]))
    assert "Left shoulder" in words(made.window, "title")
    (uv,) = words(made.window, "value")
    (percent,) = (text for text in words(made.window, "small") if "of your reference" in text)
    assert float(percent.split()[0]) == pytest.approx(2 * float(uv), abs=0.11)
