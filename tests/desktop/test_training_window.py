"""A person's whole way through training, by the keyboard, in a real window on a virtual person."""

from __future__ import annotations

import csv
import json
from datetime import date, datetime

import numpy as np
import pytest
from pyqtgraph.Qt import QtCore, QtTest, QtWidgets
from tests.desktop.windows import Stream, discard, show, until
from tests.known import known

from unclench.desktop.newfolder import new_folder
from unclench.desktop.training.window import TrainingWindow
from unclench.live.words import connection_words
from unclench.settings import Place, Settings, load_settings, own_dir, sessions_dir
from unclench.store import open_session
from unclench.store.events.words import text_of
from unclench.training.placement.calibrations import book_path, load_book
from unclench.training.placement.check import ITEMS
from unclench.training.placement.values import RestBaseline
from unclench.training.programs.file import find_program

KEY = QtCore.Qt.Key
SHOULDER = Place(channel=1, site="shoulder", side="left")
SHORT = """
title = "Short"
purpose = "A test."
evidence = "None."
goal = { kind = "baseline", times = 1.5 }
step = [
    { kind = "settle", seconds = 5 },
    { kind = "baseline", seconds = 20 },
    { kind = "breathe", seconds = 30 },
    { kind = "task", seconds = 20 },
    { kind = "reflect", question = "How tense?", answer = "scale" },
    { kind = "reflect", question = "What helped?" },
]
"""


class Training:
    """A training window on a stream, and a person at the keyboard; see `Stream`."""

    def __init__(self, source: str, **given) -> None:
        settings = load_settings()
        places = given.pop("places", settings.places)
        self.stream = Stream(source, settings, places=places)
        self.pipeline = self.stream.pipeline
        self.until = self.stream.play_until
        self.window = TrainingWindow(
            self.stream.run, self.stream.rings, settings.model_copy(), **given
        )
        show(self.window)

    @property
    def page(self) -> str:
        return type(self.window.page()).__name__

    @property
    def step(self) -> str:
        running = self.window._sessions.running
        snapshot = None if running is None else running.session.snapshot()
        return "" if snapshot is None else snapshot.step.kind

    def press(self, key, modifier=QtCore.Qt.KeyboardModifier.NoModifier) -> None:
        QtTest.QTest.keyClick(QtWidgets.QApplication.focusWidget() or self.window, key, modifier)
        QtWidgets.QApplication.processEvents()

    def type(self, text: str) -> None:
        QtTest.QTest.keyClicks(QtWidgets.QApplication.focusWidget(), text)

    def close(self) -> None:
        discard(self.window)
        self.stream.close()


@pytest.fixture
def training(app):
    made = []

    def make(source="sim:person", **given):
        made.append(Training(source, **given))
        return made[-1]

    yield make
    for each in made:
        each.close()


@pytest.fixture
def ready(monkeypatch):
    """Somebody who has read the safety page and has a sensor on the shoulder."""
    from unclench.settings import save_settings

    save_settings(Settings(safety_read=date(2026, 1, 1), places=(SHOULDER,)))


def short_program():
    folder = own_dir() / "programs"
    folder.mkdir(parents=True)
    (folder / "short.toml").write_text(SHORT, encoding="utf-8")
    return find_program("short")


def events(folder):
    return [(e.kind, text_of(e)) for e in open_session(folder).events()]


def test_whole_first_session_by_keyboard(training):
    named = short_program()
    made = training(program=named)
    assert made.page == "SafetyPage"
    made.press(KEY.Key_Return)
    assert made.page == "PlacementPage"
    made.press(KEY.Key_Return)  # the left shoulder is suggested
    assert made.page == "CheckPage"
    made.press(KEY.Key_Return)
    assert made.page == "CalibratePage"
    made.press(KEY.Key_2)  # rest alone
    assert made.page == "GuidePage"
    made.until(lambda: made.step == "settle" and made.window._sessions.latest is not None)
    made.until(
        lambda: made.window._sessions.latest.name == "short"
    )  # what was asked for comes by itself
    (kept,) = load_book(book_path(virtual=True)).calibrations
    assert kept.is_of(SHOULDER)
    assert 1.5 < known(kept.baseline).mean_uv < 3.5
    assert load_settings().places == (SHOULDER,)
    assert load_settings().safety_read is not None
    made.until(lambda: made.step == "breathe")
    made.press(KEY.Key_1)  # slouching begins
    made.until(lambda: made.step == "task")
    made.press(KEY.Key_1)  # and ends
    made.press(KEY.Key_4)  # this one never ends by itself
    made.until(lambda: made.step == "reflect" and made.window.page()._middle.shows == "question")
    made.press(KEY.Key_3)
    made.press(KEY.Key_Return)
    made.until(lambda: made.window._sessions.running.session.snapshot().step_number == 5)
    made.until(lambda: made.window.page()._middle.picture._shown[0] == 5)
    made.type("breathing out")
    made.press(KEY.Key_Return)
    made.until(lambda: made.page == "SummaryPage")
    (folder,) = sessions_dir(Settings()).iterdir()
    told = events(folder)
    assert ("answer", "How tense? 3") in told
    assert ("answer", "What helped? breathing out") in told
    marks = [(kind, text) for kind, text in told if kind.startswith("tag")]
    assert marks == [
        ("tag", "posture: slouching"),
        ("tag end", "posture: slouching"),
        ("tag", "thought: worry"),
        ("tag end", "thought: worry"),
    ]
    assert told[-1][0] in ("session", "tag end")
    about = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    assert about["sites"] == ["Left shoulder"]
    assert about["training"]["state"] == "done"
    (trained,) = about["training"]["channels"]
    assert trained["own_baseline"]  # what the session measured, near what was calibrated
    assert trained["baseline"]["mean_uv"] == pytest.approx(known(kept.baseline).mean_uv, rel=0.2)
    assert (folder / "program.toml").read_text(encoding="utf-8") == SHORT
    with (folder / "events.csv").open(newline="") as file:
        samples = [int(row["sample"]) for row in csv.DictReader(file)]
    assert samples == sorted(samples)
    made.press(KEY.Key_Return)
    assert made.page == "HomePage"


def test_pause_skip_and_an_early_end_are_kept(training, ready):
    made = training(program=short_program())
    made.until(lambda: made.step == "settle")
    made.press(KEY.Key_Space)
    made.until(lambda: made.window._sessions.running.session.snapshot().phase == "paused")
    made.press(KEY.Key_Space)
    made.until(lambda: made.window._sessions.running.session.snapshot().phase == "running")
    made.press(KEY.Key_N)
    made.until(lambda: made.step == "baseline")
    made.press(KEY.Key_Escape)
    made.press(KEY.Key_Tab)  # Enter alone would stay in the session
    made.press(KEY.Key_Return)
    made.until(lambda: made.page == "SummaryPage")
    (folder,) = sessions_dir(Settings()).iterdir()
    words = [text for kind, text in events(folder) if kind in ("session", "step")]
    assert words[2:] == [
        "paused",
        "continues",
        "skipped: Arrive",
        "2 baseline: Sit still and let go",
        "ended early",
    ]


def test_closing_the_window_in_the_middle_loses_nothing(training, ready):
    made = training(program=short_program())
    made.until(lambda: made.step == "breathe")
    made.window.close()
    assert made.window.closing_trouble is None
    (folder,) = sessions_dir(Settings()).iterdir()
    assert events(folder)[-1] == ("session", "ended early")
    assert json.loads((folder / "session.json").read_text())["ended"] == "closed"


def test_a_goal_without_calibration_leads_to_the_calibration_and_says_why(training, ready):
    folder = own_dir() / "programs"
    folder.mkdir()
    text = SHORT.replace('kind = "baseline", times = 1.5', 'kind = "reference", percent = 5')
    (folder / "percent.toml").write_text(text, encoding="utf-8")
    made = training(program=find_program("percent"))
    assert made.page == "CalibratePage"
    assert "no reference contraction yet" in made.window._calibrate._reason.text()


def test_the_sensor_moved_means_a_new_calibration(training, ready):
    made = training()
    assert made.page == "HomePage"
    band = made.pipeline.info.settings.band
    baseline = RestBaseline(2.1, 0.3, 58.0, 0.5)
    made.window._run.book.add(
        SHOULDER, band, 0.25, created=datetime.now().astimezone(), baseline=baseline
    )
    made.press(KEY.Key_M)
    made.press(KEY.Key_Return)  # keep it
    made.press(KEY.Key_M)
    made.press(KEY.Key_Escape)
    assert made.page == "HomePage"
    assert made.window._run.book.find(SHOULDER, band) is not None
    made.press(KEY.Key_M)
    made.press(KEY.Key_Tab)
    made.press(KEY.Key_Return)
    assert made.page == "CalibratePage"
    assert made.window._run.book.find(SHOULDER, band) is None
    made.press(KEY.Key_Escape)
    assert made.page == "HomePage"


def test_two_channels_on_one_site_are_said_to_be_so(training, ready):
    twice = (SHOULDER, SHOULDER.model_copy(update={"channel": 2}))
    made = training("sim:person?channels=2", places=twice, program=short_program())
    assert "Left shoulder is given for two channels" in made.window._banner._text.text()


def test_a_full_disk_in_the_middle_is_told_and_the_session_goes_on(training, ready, monkeypatch):
    from unclench.errors import StoreError

    made = training(program=short_program())
    made.until(lambda: made.step == "baseline")
    writer = made.window._sessions.running._recorder._writer

    def full(*_args):
        raise StoreError("emg.csv cannot be written: No space left on device.")

    monkeypatch.setattr(writer, "flush", full)
    made.until(lambda: "No space left" in made.window._banner._text.text())
    made.until(lambda: made.step == "task")  # the person is guided on


def recording(folder, seconds=8.0):
    path = folder / "emg.csv"
    noise = np.random.default_rng(1).normal(0, 3, (round(1000 * seconds), 1))
    lines = (f"{n / 1000:.3f},{uv:.3f}" for n, (uv,) in enumerate(noise))
    path.write_text("time_s,emg_uv\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return str(path)


def test_a_recording_that_ends_ends_the_session_and_is_begun_again_with_it(
    training, ready, tmp_path
):
    made = training(recording(tmp_path), program=short_program())
    made.until(lambda: made.step == "settle")
    made.until(lambda: made.page == "SummaryPage")
    said = made.window._banner._text.text()
    assert said == "The recording is over. Open it again to train with it."
    (folder,) = sessions_dir(Settings()).iterdir()
    made.press(KEY.Key_A)  # once more
    assert made.page == "HomePage"
    assert made.window._sessions.running is None
    assert list(sessions_dir(Settings()).iterdir()) == [folder]


def test_a_session_without_a_signal_says_so_and_can_be_ended(training, ready):
    made = training()
    made.press(KEY.Key_Return)
    assert made.page == "GuidePage"
    until(lambda: "Waiting for a signal" in words(made.window))
    made.press(KEY.Key_Escape)
    made.press(KEY.Key_Tab)
    made.press(KEY.Key_Return)
    until(lambda: made.page == "HomePage")


def words(window):
    return [w.text() for w in window.findChildren(QtWidgets.QLabel) if w.isVisible()]


def test_check_is_cleared_while_the_sensor_is_disconnected(training, ready, tmp_path):
    made = training(recording(tmp_path, 20.0))
    made.press(KEY.Key_C)
    meter = made.window._check_page.meter
    made.until(lambda: made.stream.has_come(15.0))
    until(lambda: "µV" in meter.accessibleDescription() and "●" in words(made.window))
    made.until(lambda: not made.pipeline.status.connected)
    until(lambda: words(made.window).count("Not measured without a signal.") == len(ITEMS))
    until(lambda: meter.accessibleDescription() == "no signal")
    assert "●" not in words(made.window)
    assert made.window._check_page._verdict.text() == "There is no signal to check."


def test_a_board_that_was_disconnected_has_the_same_words_as_in_the_dashboard(training, ready):
    made = training("sim:relaxed?unplug_every_s=1.5&unplug_s=600")
    made.until(lambda: not made.pipeline.status.connected)
    banner = made.window._banner
    until(banner.isVisible)
    assert banner._text.text() == connection_words(made.pipeline.status)


def test_program_order_is_shipped_then_own_then_broken(training, ready):
    short_program()
    (own_dir() / "programs" / "a-broken.toml").write_text("title = 1", encoding="utf-8")
    made = training()
    names = [program.name for program in made.window._home._list._programs]
    assert names[:3] == ["first-ten-minutes", "breathe-6", "quiet-five"]
    assert names[-2:] == ["short", "a-broken"]
    assert len(names) == 11


def test_help_tells_the_keys(training, ready):
    made = training()
    made.press(KEY.Key_F1)
    dialog = made.window.findChild(QtWidgets.QDialog)
    told = dialog.findChild(QtWidgets.QTextBrowser).toPlainText()
    for key in ("Ctrl T", "Ctrl +", "F11", "Space"):
        assert key in told
    dialog.close()


def test_two_sessions_of_one_second_are_kept_apart(tmp_path):
    for _ in range(5):
        new_folder(tmp_path).mkdir()
    assert len(list(tmp_path.iterdir())) == 5
