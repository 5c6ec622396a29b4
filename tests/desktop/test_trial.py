"""A block without feedback in real windows: what a person does not see, and how to see it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime

import pytest
from pyqtgraph.Qt import QtCore, QtTest, QtWidgets
from tests.desktop.windows import Stream, discard, show
from tests.known import known

from unclench.desktop.training.cuewords import status
from unclench.desktop.training.goaltrace import GoalTrace
from unclench.desktop.training.numbers import Figures, NumberCard
from unclench.desktop.training.pacerview import PacerView
from unclench.desktop.training.window import TrainingWindow
from unclench.settings import Place, Settings, own_dir, sessions_dir
from unclench.store import open_session
from unclench.store.events.words import text_of
from unclench.training.programs.file import find_program
from unclench.trial.phases import blocks_of
from unclench.trial.plan import Trials, load_trials, make_trial, save_trials
from unclench_dsp import WIDE

SHOULDER = Place(channel=1, site="shoulder", side="left")
PROGRAM = """
title = "Short"
purpose = "A test."
evidence = "None."
goal = { kind = "fixed", uv = 12.0 }
step = [
    { kind = "task", seconds = 30 },
    { kind = "breathe", seconds = 60 },
]
"""


def under_way(feedback, site="Left shoulder"):
    """A trial on the virtual board whose block today is with or without feedback."""
    now = datetime.now().astimezone()
    for seed in range(100):
        trial = make_trial(site, WIDE, now.date(), now, pairs=7, seed=seed, virtual=True)
        if blocks_of(trial)[0].feedback == feedback:
            save_trials(Trials(trials=[trial]))
            return trial
    raise AssertionError


def texts(window):
    labels = window.findChildren((QtWidgets.QLabel, QtWidgets.QPushButton))
    return [each.text() for each in labels if each.isVisible() and each.text()]


def figures_in(window):
    QtWidgets.QApplication.processEvents()
    return [text for text in texts(window) if re.search(r"\d µV|\d %", text)]


def press(window, words):
    (button,) = (
        b
        for b in window.findChildren(QtWidgets.QPushButton)
        if b.isVisible() and b.text().startswith(words)
    )
    button.click()
    QtWidgets.QApplication.processEvents()


@pytest.fixture
def stream(app):
    """A virtual person's signal."""
    made = Stream("sim:person", Settings(safety_read=date(2026, 1, 1), places=(SHOULDER,)))
    yield made
    made.close()


@pytest.fixture
def training(stream):
    """Begin the program in a training window."""
    folder = own_dir() / "programs"
    folder.mkdir(parents=True)
    (folder / "short.toml").write_text(PROGRAM, encoding="utf-8")
    made = []

    def begin():
        settings = stream.run.settings.model_copy()
        window = TrainingWindow(stream.run, stream.rings, settings, program=find_program("short"))
        made.append(window)
        show(window)
        stream.play_until(lambda: known(window._sessions.running).session.snapshot() is not None)
        return window

    yield begin
    for window in made:
        discard(window)


def visible(window, *kinds):
    return [w for kind in kinds for w in window.findChildren(kind) if w.isVisible()]


def scored_s(window):
    snapshot = window._sessions.running.session.snapshot()
    return snapshot.score[0].scored_s


def test_without_feedback_nothing_tells_of_tension(training, stream):
    trial = under_way(feedback=False)
    window = training()
    heard: list[float | None] = []
    window._sessions.running._synth.set_tension = heard.append
    stream.play_until(lambda: scored_s(window) > 10)
    assert not visible(window, NumberCard, GoalTrace, Figures)
    assert not re.search(r"µV|[Gg]oal|\bline\b", " ".join(texts(window)))
    assert any("block 1 of 14: without feedback" in text for text in texts(window))
    assert heard
    assert set(heard) == {None}
    window._sessions.running.session.skip()
    stream.play_until(lambda: visible(window, PacerView))  # the program's guide goes on
    assert window._sessions.running.session.snapshot().step.kind == "breathe"
    stream.play_until(
        lambda: window._sessions.running.session.snapshot().step_s > 12
    )  # a whole breath
    assert not visible(window, NumberCard, GoalTrace, Figures)
    window._sessions.running.session.end()
    stream.play_until(lambda: window._sessions.running is None)
    stream.play_until(lambda: type(window.page()).__name__ == "SummaryPage")
    assert not figures_in(window)
    assert any("tension is not shown" in text for text in texts(window))
    (folder,) = sessions_dir(Settings()).iterdir()
    meta = open_session(folder).meta
    assert not meta.feedback
    block = known(meta.model_extra)["trial"]
    assert (block["block"], block["feedback"]) == (1, False)
    assert load_trials().latest == trial


def test_lost_contact_is_told_without_feedback_too(training, stream):
    under_way(feedback=False)
    window = training()
    stream.play_until(lambda: scored_s(window) > 3)
    snapshot = window._sessions.running.session.snapshot()
    lost = replace(snapshot, scoring=False, why_not="no contact on Left shoulder")
    window._sessions.running.page.show_snapshot(lost)
    assert "Not scored now: no contact on Left shoulder" in texts(window)
    noted = replace(snapshot, notes=("Above the limit for 4 minutes.",))
    assert status(noted, feedback=False) == ""
    assert status(noted) == "Above the limit for 4 minutes."


def test_hidden_tension_can_be_shown_and_the_deviation_is_recorded(training, stream):
    under_way(feedback=False)
    window = training()
    press(window, "Show tension anyway")
    assert not visible(window, NumberCard)  # asked first
    press(window, "Keep it hidden")
    assert known(load_trials().latest).deviations == ()
    press(window, "Show tension anyway")
    press(window, "Show it")
    stream.play_until(lambda: visible(window, NumberCard, GoalTrace, Figures))
    stream.play_until(lambda: any("µV" in text for text in texts(window)))
    (deviation,) = known(load_trials().latest).deviations
    assert deviation.what == "tension shown in a session"
    window._sessions.running.session.end()
    stream.play_until(lambda: window._sessions.running is None)
    (folder,) = sessions_dir(Settings()).iterdir()
    session = open_session(folder)
    assert session.meta.feedback
    assert known(session.meta.model_extra)["trial"]["shown"]
    assert "Tension shown in a block without feedback." in [text_of(e) for e in session.events()]


def test_a_programs_own_words_are_followed_by_what_holds(training, stream):
    under_way(feedback=False)
    window = training()
    stream.play_until(lambda: scored_s(window) > 3)
    snapshot = window._sessions.running.session.snapshot()
    said = snapshot.step.model_copy(update={"say": "Let the line rest below the goal."})
    cue = replace(snapshot.cue, detail=said.say)
    window._sessions.running.page.show_snapshot(replace(snapshot, step=said, cue=cue))
    assert f"{said.say}\nTension is not shown in this block." in texts(window)


def test_with_feedback_all_is_shown_and_the_phase_is_told(training, stream):
    under_way(feedback=True)
    window = training()
    stream.play_until(lambda: visible(window, NumberCard, GoalTrace, Figures))
    assert any("block 1 of 14: with feedback" in text for text in texts(window))
    assert not any("anyway" in text for text in texts(window))
    stream.play_until(lambda: scored_s(window) > 5)
    window._sessions.running.session.end()
    stream.play_until(lambda: type(window.page()).__name__ == "SummaryPage")
    stream.play_until(lambda: figures_in(window))


def test_without_a_trial_nothing_is_said(training, stream):
    window = training()
    stream.play_until(lambda: visible(window, NumberCard, GoalTrace, Figures))
    assert not any("Self-trial" in text for text in texts(window))


def test_the_dashboard_hides_tension_and_keeps_the_signals_state(app, stage):
    under_way(feedback=False)
    made = stage("sim:relaxed", places=(SHOULDER,))
    made.until(lambda: made.has_drawn(3))
    made.until(lambda: any("Good signal" in text for text in texts(made.window)))
    (row,) = made.window._rows
    assert not row.trace.isVisible()
    assert not row._value.isVisible()
    assert not any("Last 60 s" in text for text in texts(made.window))
    press(made.window, "Show tension anyway")
    press(made.window, "Show it")
    made.until(lambda: row.trace.isVisible() and row._value.text() != "–")
    (deviation,) = known(load_trials().latest).deviations
    assert deviation.what == "tension shown in the dashboard"
    made.window._trial.refresh()
    assert row.trace.isVisible()
    assert made.window.focusWidget() is made.window._trial_bar  # Space starts nothing


def recorded(tmp_path):
    (folder,) = [path.parent for path in tmp_path.rglob("session.json")]
    return open_session(folder)


@pytest.mark.parametrize("places", [(SHOULDER,), ()])
def test_a_recording_of_the_dashboard_keeps_its_block(app, stage, tmp_path, places):
    under_way(feedback=False)
    made = stage("sim:relaxed", places=places)
    made.window.toggle_recording()
    began = made.pipeline.status.n_samples
    made.until(lambda: made.has_drawn(began / 2000 + 3))
    made.window.close()
    meta = recorded(tmp_path).meta
    assert not meta.feedback
    block = known(meta.model_extra)["trial"]
    assert (block["block"], block["feedback"]) == (1, False)
    assert "shown" not in block


@pytest.mark.parametrize("first", ["record", "show"])
def test_a_recording_keeps_that_tension_was_shown_all_the_same(app, stage, tmp_path, first):
    under_way(feedback=False)
    made = stage("sim:relaxed", places=(SHOULDER,))
    if first == "record":
        made.window.toggle_recording()
    press(made.window, "Show tension anyway")
    press(made.window, "Show it")
    if first == "show":
        made.window.toggle_recording()
    began = made.pipeline.status.n_samples
    made.until(lambda: made.has_drawn(began / 2000 + 3))
    assert any("you see tension in a block without" in text for text in texts(made.window))
    assert not any("tension is not shown" in text for text in texts(made.window))
    made.window.close()
    session = recorded(tmp_path)
    assert session.meta.feedback
    block = known(session.meta.model_extra)["trial"]
    assert (block["feedback"], block["shown"]) == (False, True)
    noted = "Tension shown in a block without feedback." in [text_of(e) for e in session.events()]
    assert noted == (first == "record")


def test_without_a_known_place_the_dashboard_hides_tension_too(app, stage):
    under_way(feedback=False)
    made = stage("sim:relaxed")
    made.until(lambda: made.has_drawn(3))
    assert not made.window._rows[0].trace.isVisible()
    assert any("site of this sensor is not known" in text for text in texts(made.window))


def test_the_dashboard_speaks_of_nothing_that_it_hides(app, stage):
    under_way(feedback=False)
    made = stage("sim:relaxed", places=(SHOULDER,), raw_shown=True)
    made.until(lambda: made.has_drawn(3))
    assert not re.search(r"\bline\b|[Ww]atch|trace", " ".join(texts(made.window)))
    raw = made.window._footer.raw
    assert not raw.isEnabled()
    assert not raw.isChecked()
    assert "without feedback" in raw.toolTip()
    QtTest.QTest.keyClick(made.window, QtCore.Qt.Key.Key_W)
    assert made.settings.raw_shown  # as it was
    assert "without feedback" in made.window._banner._text.text()
    press(made.window, "Show tension anyway")
    press(made.window, "Show it")
    assert raw.isEnabled()
    assert raw.isChecked()
    assert "without feedback" not in raw.toolTip()


@pytest.mark.parametrize("leave", [QtCore.Qt.Key.Key_Escape, QtCore.Qt.Key.Key_Return])
def test_leaving_the_question_leaves_the_focus_where_it_was(app, stage, leave):
    under_way(feedback=False)
    made = stage("sim:relaxed", places=(SHOULDER,))
    wanted = []
    made.window.train_wanted.connect(lambda: wanted.append(True))
    (show,) = (b for b in made.window.findChildren(QtWidgets.QPushButton) if "anyway" in b.text())
    show.setFocus()
    QtTest.QTest.keyClick(show, QtCore.Qt.Key.Key_Space)
    leaves = made.window.focusWidget()
    assert leaves.text() == "Keep it hidden (Esc)"
    if leave == QtCore.Qt.Key.Key_Escape:
        QtTest.QTest.keyClick(leaves, leave)
    else:
        leaves.click()
    assert made.window.focusWidget() is show
    QtTest.QTest.keyClick(made.window.focusWidget(), QtCore.Qt.Key.Key_Space)
    assert not wanted
    assert known(load_trials().latest).deviations == ()


@pytest.mark.parametrize(
    ("key", "what"), [(QtCore.Qt.Key.Key_V, "review"), (QtCore.Qt.Key.Key_H, "history")]
)
def test_figures_of_an_off_block_open_only_to_who_agrees(app, stage, key, what):
    trial = under_way(feedback=False)
    made = stage("sim:relaxed", places=(SHOULDER,))
    last = blocks_of(trial)[0].last

    def opened():
        return getattr(made.window._figures, what)

    made.window._footer.mark.setFocus()
    QtTest.QTest.keyClick(made.window, key)
    assert any(f"until after {last}" in text for text in texts(made.window))
    press(made.window, "Keep it hidden")
    assert opened() is None
    assert made.window.focusWidget() is made.window._footer.mark  # as before the question
    assert known(load_trials().latest).deviations == ()
    QtTest.QTest.keyClick(made.window, key)
    press(made.window, f"Open the {what}")
    assert opened().isVisible()
    (deviation,) = known(load_trials().latest).deviations
    assert deviation.what == f"tension shown in the {what}"
    getattr(made.window._figures, f"show_{what}")()  # it is there: nothing is asked
    assert not any("all the same?" in text for text in texts(made.window))


@pytest.mark.parametrize("what", ["review", "history"])
def test_with_feedback_figures_open_at_once(app, stage, what):
    under_way(feedback=True)
    made = stage("sim:relaxed", places=(SHOULDER,))
    getattr(made.window._figures, f"show_{what}")()
    assert getattr(made.window._figures, what).isVisible()
    assert known(load_trials().latest).deviations == ()


@pytest.mark.parametrize("site", ["Left shoulder", "Left jaw"])
def test_the_dashboard_shows_tension_where_no_block_forbids_it(app, stage, site):
    under_way(feedback=site == "Left shoulder", site=site)
    made = stage("sim:relaxed", places=(SHOULDER,))
    made.until(lambda: made.window._rows[0]._value.text() != "–")
    assert made.window._rows[0].trace.isVisible()
