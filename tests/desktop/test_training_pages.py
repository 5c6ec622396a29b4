"""The training's pages as a person meets them: words read, keys pressed, nothing behind them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pyqtgraph.Qt import QtCore, QtGui, QtTest, QtWidgets

from unclench.desktop.helpdialog import HelpDialog
from unclench.desktop.theme import DARK, LIGHT, style_sheet
from unclench.desktop.training.bodyview import BodyView
from unclench.desktop.training.checkpage import CheckPage
from unclench.desktop.training.cuewords import status
from unclench.desktop.training.goaltrace import GoalTrace
from unclench.desktop.training.guide import GuidePage, TraceRows
from unclench.desktop.training.home import HomePage
from unclench.desktop.training.pacerview import PacerView
from unclench.desktop.training.parts import Column
from unclench.desktop.training.placement import PlacementPage
from unclench.desktop.training.programlist import ProgramInfo
from unclench.desktop.training.riskview import RiskView
from unclench.desktop.training.safety import SafetyDialog, SafetyPage
from unclench.desktop.training.summary import SummaryPage
from unclench.desktop.training.words import figures, left_words, length_words, now_words
from unclench.report.closing import closing_of
from unclench.review.results import (
    Contraction,
    Figures,
    RestFigures,
    Span,
    SustainedFigures,
)
from unclench.settings import Place
from unclench.store.events.event import BaselineMeasured
from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.check import ITEMS, Interference, Light
from unclench.training.placement.safety import RULES
from unclench.training.placement.sites import SITES
from unclench.training.placement.values import ReferenceContraction, TrainedChannel
from unclench.training.session.choice import Choice
from unclench.training.session.outcome import Outcome, StepOutcome, breath_words
from unclench.training.session.snapshot import Score, Snapshot
from unclench.training.steps.goal import BaselineGoal
from unclench.training.steps.kinds.baseline import Baseline
from unclench.training.steps.kinds.breathe import Breathe, Pacer
from unclench.training.steps.kinds.hold import Hold
from unclench.training.steps.kinds.reflect import Reflect
from unclench.training.steps.kinds.relax import Relax
from unclench.training.steps.underway import BreathEffect
from unclench.training.tags import DEFAULT_TAGS
from unclench_dsp.uncertainty import Estimate

KEY = QtCore.Qt.Key
SHIFT = QtCore.Qt.KeyboardModifier.ShiftModifier
NAMES = ("Left shoulder", "Right shoulder", "Jaw")
HOLD = Hold(kind="hold", goal=BaselineGoal(kind="baseline", times=1.2))
BREATHE = Breathe(kind="breathe", goal=HOLD.goal)
RELAX = Relax(kind="relax", groups=("hands", "face"))
BASELINE = Baseline(kind="baseline")
SCALE = Reflect(kind="reflect", question="How tense do you feel?", answer="scale")
WORDS = Reflect(kind="reflect", question="What did you notice?")
LIGHTS = (
    Light("contact", "green", "", "The electrodes are on the skin."),
    Light("mains hum", "red", "14.2 µV", "Cables are louder than the muscle.", "Move the charger."),
    Light("clipping", "green", "", "Nothing is cut off."),
    Light("heartbeat", "amber", "22.1 µV", "The heart can be seen.", "Use the narrow band."),
    Light("noise floor", "green", "0.17 µV", "The board is quiet."),
    Light("movement", "grey", "", "Not yet known: sit still for a few seconds."),
)
GOOD = tuple(Light(item, "green", "", "Everything looks good.") for item in ITEMS)
PROGRAMS = (
    ProgramInfo("first", "A first ten minutes", "To begin with.", "Common practice.", 10.0),
    ProgramInfo("mine", "My own", "Quiet after work.", "", 5.0, own=True),
    ProgramInfo("broken", "", "", "", None, trouble="broken.toml, line 3: rate_per_min is 30."),
)


def channels(n, reference=True):
    contraction = ReferenceContraction(140.0, "gentle") if reference else None
    return tuple(TrainedChannel(k, NAMES[k], 0.17, None, contraction) for k in range(n))


def score(k):
    return Score(
        NAMES[k],
        scored_s=200.0,
        mean_uv=2.6,
        lowest_uv=1.6,
        with_goal_s=200.0,
        below_goal_s=124.0,
        with_rest_s=200.0,
        rest_s=80.0,
        rests=14,
        longest_rest_s=24.0,
        credits=3,
        contractions=2,
        recovery_s=(14.0, 9.0),
    )


def effect(k=0, falls=True):
    phase = tuple((i + 0.5) / 20 for i in range(20))
    mean = tuple(2.6 + 0.5 * np.cos(2 * np.pi * (p - 0.3)) for p in phase)
    return BreathEffect(NAMES[k], 14, phase, mean, (0.3,) * 20, -0.18, -0.26, -0.1, falls)


def snapshot(step=HOLD, n=1, step_s=12.0, **changes):
    made = Snapshot(
        sample=1000,
        phase="running",
        step_number=2,
        n_steps=6,
        step=step,
        part=0,
        step_s=step_s,
        step_left_s=60.0,
        session_s=212.0,
        session_left_s=388.0,
        cue=step.cue(step_s),
        question=step.asks(),
        pacer=step.pacer(),
        goal_uv=(2.5,) * n,
        tension_uv=(2.14,) * n,
        below=True,
        scoring=True,
        why_not="",
        rest_level_uv=(1.2,) * n,
        rest_level_why="",
        score=tuple(score(k) for k in range(n)),
        step_score=tuple(score(k) for k in range(n)),
        breath=tuple(effect(k) for k in range(n)) if isinstance(step, Breathe) else (),
        progress="",
        recovering_s=None,
        notes=(),
    )
    return replace(made, **changes)


def rows(n=1, level_uv=2.0):
    numbers = np.arange(1000, 4000)
    tension_uv = np.full((len(numbers), n), level_uv)
    return TraceRows(numbers, tension_uv, np.ones(tension_uv.shape, bool), 0.02)


def guide(step=HOLD, n=1):
    page = GuidePage("A first ten minutes", channels(n), DEFAULT_TAGS)
    page.show_tags(["1"])
    page.show_snapshot(snapshot(step, n))
    page.tick(12.0, rows(n))
    return page


def home():
    page = HomePage()
    page.show_programs(PROGRAMS)
    page.show_places(["Left shoulder on channel 1: calibrated 3 days ago; rest 2.1 µV."])
    return page


def placement(n=2):
    page = PlacementPage(n)
    page.show_places((Place(channel=1, site="shoulder", side="left"),))
    return page


def check(n=2):
    page = CheckPage(NAMES[:n])
    page.show_lights(0, LIGHTS)
    page.show_interference(Interference(0.6, 14.2))
    return page


def outcome(n=1, steps=("Arrive", "Breathe", "Let go")):
    made = []
    for k, title in enumerate(steps):
        scores = tuple(replace(score(c), mean_uv=4.0 - k) for c in range(n))
        made.append(StepOutcome(k, "hold", title, scores, (effect(),) if k == 1 else ()))
    whole = tuple(score(k) for k in range(n))
    told = (("How do you feel?", "7"),), ("The goal was raised to 0.4 µV.",)
    return Outcome("first", "A first ten minutes", "done", channels(n), whole, tuple(made), *told)


def reviewed(contractions=()):
    """Figures of a whole session, as a review would make them."""
    rest = RestFigures(Estimate(0.62, None, None, 0), 14, 3.5, 24.0, "")
    return Figures(
        channel=0,
        label=NAMES[0],
        span=Span(0.0, 240.0),
        used_s=238.0,
        excluded_s={"settling": 2.0},
        mean=Estimate(2.8, 2.5, 3.1, 20),
        p50=Estimate(2.61, 2.4, 2.8, 20),
        p10=None,
        p90=None,
        max_uv=None,
        percent=None,
        limits=(),
        limits_why="",
        slope=None,
        rest=rest,
        sustained=SustainedFigures(None, "", 4.0, (), 0.0),
        contractions=tuple(
            Contraction(30.0 * k, 30.0 * k + 2, 90.0, s, "", None, "")
            for k, s in enumerate(contractions)
        ),
        why_not="",
    )


def closings(made):
    """What the summary shows of a session, its steps as they were scored."""
    return tuple(
        replace(closing, whole=reviewed((14.0, 9.0)), duration_s=240.0)
        for closing in closing_of(made, None)
    )


def summary(n=1):
    page = SummaryPage()
    page.show_outcome(
        outcome(n), closings(outcome(n)), Path("/sessions/today"), ("posture: slouching",)
    )
    return page


PAGES = {
    "safety": SafetyPage,
    "home": home,
    "placement": placement,
    "check": check,
    "trace": guide,
    "three traces": lambda: guide(HOLD, 3),
    "pacer": lambda: guide(BREATHE),
    "three breaths": lambda: guide(BREATHE, 3),
    "relax": lambda: guide(RELAX),
    "question": lambda: guide(WORDS),
    "scale": lambda: guide(SCALE),
    "summary": summary,
}


@pytest.fixture
def show(app):
    """Put a page into a window: `show(page, size, text_scale, theme)`."""
    windows = []

    def make(page, size=(1280, 800), text_scale=1.0, theme=LIGHT):
        window = QtWidgets.QMainWindow()
        window.setStyleSheet(style_sheet(theme, text_scale))
        window.setCentralWidget(page)
        page.set_looks(theme, text_scale)
        window.resize(*size)
        window.show()
        window.activateWindow()
        assert QtTest.QTest.qWaitForWindowActive(window)
        for _ in range(3):
            app.processEvents()
        windows.append(window)
        return page

    yield make
    for window in windows:
        window.close()


def press(page, key, modifier=QtCore.Qt.KeyboardModifier.NoModifier):
    """Press a key where a person's would go: at the control that has the focus."""
    QtTest.QTest.keyClick(page.window().focusWidget() or page, key, modifier)


def texts(page):
    return [w.text() for w in page.findChildren(QtWidgets.QLabel) if w.isVisible() and w.text()]


def button(page, words):
    found = page.findChildren(QtWidgets.QPushButton)
    (made,) = [w for w in found if w.isVisible() and words in w.text()]
    return made


def heard(signal):
    got = []
    signal.connect(lambda *values: got.append(values[0] if values else None))
    return got


# Every page


@pytest.mark.parametrize("name", PAGES)
def test_everything_that_can_be_used_has_a_name(app, name):
    kinds = (
        QtWidgets.QAbstractButton,
        QtWidgets.QAbstractSlider,
        QtWidgets.QComboBox,
        QtWidgets.QLineEdit,
        QtWidgets.QListWidget,
    )
    page = PAGES[name]()
    assert page.accessibleName()
    controls = [w for kind in kinds for w in page.findChildren(kind)]
    controls = [w for w in controls if not isinstance(w, QtWidgets.QScrollBar)]
    assert controls
    for control in controls:
        assert control.accessibleName(), control
        if isinstance(control, QtWidgets.QPushButton):
            assert control.accessibleName() == control.text()
            assert control.accessibleDescription()


@pytest.mark.parametrize("name", PAGES)
def test_everything_is_reached_by_the_tab_key(show, name):
    page = show(PAGES[name]())
    reached = set()
    for _ in range(40):
        QtTest.QTest.keyClick(page.window(), KEY.Key_Tab)
        reached.add(page.window().focusWidget())
    for control in page.findChildren((QtWidgets.QPushButton, QtWidgets.QLineEdit)):
        if control.isVisible() and control.isEnabled():
            assert control in reached, control.accessibleName()


def cut_off(page):
    """Visible labels and buttons whose words do not fit into them, or lie outside of the page."""
    for widget in page.findChildren((QtWidgets.QLabel, QtWidgets.QPushButton)):
        if not widget.isVisible() or not widget.text():
            continue
        if isinstance(widget, QtWidgets.QPushButton):
            fits = widget.width() >= widget.minimumSizeHint().width()
        elif widget.wordWrap():
            fits = widget.height() >= widget.heightForWidth(widget.width())
        else:
            fits = widget.width() >= widget.fontMetrics().horizontalAdvance(widget.text())
        place = QtCore.QRect(widget.mapTo(page, QtCore.QPoint()), widget.size())
        parent, scrolls = widget.parentWidget(), False
        while parent is not None and parent is not page:
            scrolls = scrolls or isinstance(parent, QtWidgets.QScrollArea)
            parent = parent.parentWidget()
        if not fits or not (scrolls or page.rect().contains(place)):
            yield widget.text(), widget.size(), place


@pytest.mark.parametrize("size", [(1024, 700), (1280, 800), (1920, 1080)])
@pytest.mark.parametrize("text_scale", [0.7, 1.0, 1.6])
@pytest.mark.parametrize("name", PAGES)
def test_no_word_is_cut_off(show, name, size, text_scale):
    page = show(PAGES[name](), size, text_scale)
    assert (page.width(), page.height()) == size  # the window did not have to grow
    assert list(cut_off(page)) == []


@pytest.mark.parametrize("step", [HOLD, BREATHE], ids=lambda step: step.kind)
@pytest.mark.parametrize("n", [4, 8])
def test_many_channels_fit_a_small_screen_with_every_number_whole(show, step, n):
    trained = tuple(TrainedChannel(k, f"Site number {k + 1}", 0.17) for k in range(n))
    page = GuidePage("Many", trained)
    numbers = tuple(88.8 for _ in trained)
    page.show_snapshot(replace(snapshot(step), tension_uv=numbers))
    show(page, (800, 480))
    assert (page.width(), page.height()) == (800, 480)
    values = [w for w in page.findChildren(QtWidgets.QLabel) if w.text() == "88.8"]
    assert len(values) == n
    for value in values:
        assert value.width() >= value.fontMetrics().horizontalAdvance("88.8")
        assert value.height() >= value.fontMetrics().ascent()
        card = value.parentWidget().rect()
        assert card.contains(QtCore.QRect(value.pos(), value.size()))


@pytest.mark.parametrize("name", [name for name in PAGES if "three" not in name])
def test_the_largest_text_fits_into_a_large_screen(show, name):
    page = show(PAGES[name](), (1920, 1080), 2.5)
    assert (page.width(), page.height()) == (1920, 1080)
    assert list(cut_off(page)) == []


@pytest.mark.parametrize("name", PAGES)
def test_text_grows_with_a_large_screen_but_not_without_end(show, name):
    heights = []
    for size, text_scale in (((1280, 800), 1.0), ((1920, 1080), 1.0), ((1920, 1080), 2.5)):
        page = show(PAGES[name](), size, text_scale)
        heights.append(page.findChild(QtWidgets.QPushButton).fontMetrics().height())
    assert 1.2 < heights[1] / heights[0] < 1.5
    assert heights[2] / heights[0] < 2.7


@pytest.mark.parametrize("name", PAGES)
def test_light_and_dark_change_a_page_that_is_shown(show, app, name):
    page = show(PAGES[name]())
    grounds = []
    for theme in (LIGHT, DARK):
        page.window().setStyleSheet(style_sheet(theme, 1.0))
        page.set_looks(theme, 1.0)
        app.processEvents()
        grounds.append(QtGui.QColor(page.grab().toImage().pixel(3, page.height() // 2)).name())
    assert grounds == [LIGHT.page, DARK.page]


@pytest.mark.parametrize("name", PAGES)
def test_no_language_changes_the_numbers(show, name):
    before = QtCore.QLocale()
    try:
        told = []
        for language in ("C", "de_DE"):
            QtCore.QLocale.setDefault(QtCore.QLocale(language))
            told.append(texts(show(PAGES[name]())))
    finally:
        QtCore.QLocale.setDefault(before)
    assert told[0] == told[1]


def test_words_of_people_are_no_markup_and_do_not_widen_a_page(show):
    long = "Donaudampfschifffahrtsgesellschaft" * 6
    page = HomePage()
    page.show_programs([replace(PROGRAMS[0], title=f"<b>{long}</b>", purpose=long, evidence=long)])
    page.show_places([long])
    show(page, (1024, 700))
    assert (page.width(), page.height()) == (1024, 700)
    (title,) = [w for w in page.findChildren(QtWidgets.QLabel) if w.text() == f"<b>{long}</b>"]
    assert title.textFormat() == QtCore.Qt.TextFormat.PlainText
    trained = (replace(channels(1)[0], label=long),)
    session = GuidePage(long, trained, DEFAULT_TAGS)
    cue = replace(HOLD.cue(0.0), headline=long, detail=long)
    session.show_snapshot(snapshot(cue=cue, why_not=long, scoring=False))
    show(session, (1024, 700))
    assert session.width() == 1024


# Safety


def test_safety_is_agreed_to_once_and_can_be_left_when_it_is_read_again(show):
    page = show(SafetyPage())
    told = " ".join(texts(page))
    for word in ("battery", "charger, dock and monitor", "isolator", "chest", "broken skin"):
        assert word in told
    for words in RULES:
        assert all(word in told for word in words)
    agreed, back = heard(page.agreed), heard(page.back)
    press(page, KEY.Key_Escape)  # no way around it
    assert (len(agreed), len(back)) == (0, 0)
    press(page, KEY.Key_Return)
    assert (len(agreed), len(back)) == (1, 0)
    page.show_again(True)
    press(page, KEY.Key_Escape)
    assert len(back) == 1
    QtTest.QTest.mouseClick(button(page, "Back"), QtCore.Qt.MouseButton.LeftButton)
    assert (len(agreed), len(back)) == (1, 2)


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_safety_is_read_at_a_glance_and_scrolls_where_text_is_large(show, theme):
    page = show(SafetyPage(), (900, 640), 1.0, theme)
    (column,) = page.findChildren(QtWidgets.QScrollArea)
    assert column.verticalScrollBar().maximum() == 0
    for rule in page.findChildren(QtWidgets.QLabel):
        assert not rule.visibleRegion().isEmpty(), rule.text()
        assert rule.height() >= rule.heightForWidth(rule.width()), rule.text()
    page.set_looks(theme, 2.0)
    QtWidgets.QApplication.processEvents()
    assert column.verticalScrollBar().maximum() > 0
    assert column.horizontalScrollBar().maximum() == 0
    press(page, KEY.Key_PageDown)
    assert column.verticalScrollBar().value() > 0


@pytest.mark.parametrize("size", [(800, 600), (900, 640), (1366, 768)], ids=str)
@pytest.mark.parametrize("text_scale", [1.0, 1.5, 2.0])
def test_safety_is_agreed_to_by_enter_alone_and_only_once_its_end_was_shown(show, size, text_scale):
    page = show(SafetyPage(), size, text_scale)
    (column,) = page.findChildren(QtWidgets.QScrollArea)
    agreed, last = heard(page.agreed), page.findChildren(QtWidgets.QLabel)[-1]
    while not is_seen_whole(column, last):
        assert not agreed
        assert button(page, "More (Enter)").accessibleName() == "More (Enter)"
        before = column.verticalScrollBar().value()
        press(page, KEY.Key_Return)
        scrolled = column.verticalScrollBar().value() - before
        assert 0 < scrolled < column.viewport().height(), "no line is skipped"
    assert last.text() == RULES[-1][1]
    assert not agreed
    button(page, "I have read this")
    press(page, KEY.Key_PageUp)  # what was shown stays shown
    press(page, KEY.Key_Return)
    assert len(agreed) == 1


@pytest.mark.parametrize(("text_scale", "columns"), [(1.0, 2), (1.5, 1)])
def test_rules_stand_in_one_column_where_two_would_be_narrow(show, text_scale, columns):
    page = show(SafetyPage(), (800, 600), 2.5 - text_scale)  # the other one before
    page.set_looks(LIGHT, text_scale)
    QtWidgets.QApplication.processEvents()
    titles = page.findChildren(QtWidgets.QLabel, "title")
    assert len({title.mapTo(page, QtCore.QPoint(0, 0)).x() for title in titles}) == columns


def is_seen_whole(column, part):
    corner = part.mapTo(column.viewport(), QtCore.QPoint(0, 0))
    return column.viewport().rect().contains(QtCore.QRect(corner, part.size()))


def test_safety_that_was_scrolled_to_its_end_by_hand_is_agreed_to_at_once(show):
    page = show(SafetyPage(), (800, 600), 1.5)
    agreed = heard(page.agreed)
    bar = page.findChildren(QtWidgets.QScrollArea)[0].verticalScrollBar()
    assert bar.maximum() > 0
    bar.setValue(bar.maximum())
    press(page, KEY.Key_Return)
    assert len(agreed) == 1


def test_the_help_fits_the_screen_at_any_size_of_text(app):
    dialog = HelpDialog(None, "<p>help</p>", 2.5)
    screen = dialog.screen().availableGeometry()
    assert dialog.width() < screen.width()
    assert dialog.height() < screen.height()
    dialog.deleteLater()


@pytest.mark.parametrize("text_scale", [1.0, 1.5, 2.0])
@pytest.mark.parametrize("again", [False, True])
def test_the_safety_dialog_fits_the_screen_with_its_button(app, text_scale, again):
    dialog = SafetyDialog(None, LIGHT, again=again, text_scale=text_scale)
    dialog.show()
    app.processEvents()
    screen = dialog.screen().availableGeometry()
    assert dialog.frameGeometry().width() <= screen.width()
    assert dialog.frameGeometry().height() <= screen.height()
    (made,) = [w for w in dialog.findChildren(QtWidgets.QPushButton) if w.isVisible()]
    corner = made.mapTo(dialog, QtCore.QPoint(0, 0))
    assert dialog.rect().contains(QtCore.QRect(corner, made.size()))
    dialog.close()


@pytest.mark.parametrize("size", [(800, 600), (900, 640)], ids=["stacked", "side by side"])
def test_the_risk_is_drawn_with_a_charger_and_without(show, size):
    page = show(SafetyPage(), size)
    (view,) = page.findChildren(RiskView)
    assert "charger" in view.accessibleDescription()
    image = view.grab().toImage()
    width, height = image.width(), image.height()
    if width > 800:
        plugged, battery = (
            QtCore.QRect(0, 0, 398, height),
            QtCore.QRect(width - 398, 0, 398, height),
        )
    else:
        half = height // 2
        plugged, battery = QtCore.QRect(0, 0, 398, half), QtCore.QRect(0, half, 398, half)

    def painted(colour, part):
        wanted = QtGui.QColor(colour).rgb()
        return sum(
            image.pixel(x, y) == wanted
            for y in range(part.top(), part.bottom() + 1)
            for x in range(part.left(), part.right() + 1)
        )

    assert painted(LIGHT.bad, plugged) > 200
    assert painted(LIGHT.bad, battery) == 0
    assert painted(LIGHT.good, battery) > 50
    assert painted(LIGHT.good, plugged) == 0
    assert painted(LIGHT.card, QtCore.QRect(plugged.x() + 89, plugged.y(), 20, height // 2)) > 200
    assert painted(LIGHT.card, QtCore.QRect(battery.x() + 89, battery.y(), 20, height // 2)) == 0


@pytest.mark.parametrize("size", [(800, 600), (1366, 768)], ids=str)
@pytest.mark.parametrize("text_scale", [1.0, 1.5])
def test_the_risk_grows_with_the_text_and_leaves_no_hole(show, size, text_scale):
    page = show(SafetyPage(), size, text_scale)
    (view,) = page.findChildren(RiskView)
    image = view.grab().toImage()
    inked = [
        x
        for y in range(image.height())
        for x in range(image.width())
        if image.pixel(x, y) == QtGui.QColor(LIGHT.bad).rgb()
    ]
    across = (max(inked) - min(inked)) / image.devicePixelRatioF()
    assert across == pytest.approx((4 * 84 + 60) * text_scale, rel=0.02)
    chains = 1 if view.width() > 2 * 398 * text_scale else 2
    assert view.height() == pytest.approx(46 * chains * text_scale, abs=1)


# Home


def test_a_program_is_chosen_by_arrows_and_begun_by_enter(show):
    page = home()
    begun, chosen = heard(page.begin), heard(page.chosen)
    show(page)
    assert "A first ten minutes" in texts(page)
    assert "Evidence: Common practice." in texts(page)
    press(page, KEY.Key_Return)
    press(page, KEY.Key_Down)
    assert "10 min" not in texts(page)
    assert "5 min  ·  written by you" in texts(page)
    press(page, KEY.Key_Return)
    assert begun == ["first", "mine"]
    assert chosen == ["mine"]


def test_a_broken_program_says_why_and_cannot_be_begun(show):
    page = show(home())
    begun = heard(page.begin)
    press(page, KEY.Key_End)
    assert any("line 3: rate_per_min is 30." in text for text in texts(page))
    assert not button(page, "Begin").isEnabled()
    press(page, KEY.Key_Return)
    assert begun == []


def test_a_new_list_keeps_what_was_chosen(show):
    page = show(home())
    page.show_programs(tuple(reversed(PROGRAMS)))
    begun = heard(page.begin)
    press(page, KEY.Key_Return)
    assert begun == ["first"]
    page.show_programs(())
    assert not button(page, "Begin").isEnabled()
    assert "There are no programs to choose from." in texts(page)


@pytest.mark.parametrize(
    ("key", "signal"),
    [("E", "sensors"), ("C", "check"), ("K", "calibrate"), ("Y", "safety")],
)
def test_home_has_a_key_and_a_button_for_everything(show, key, signal):
    page = show(home())
    got = heard(getattr(page, signal))
    press(page, getattr(KEY, f"Key_{key}"))
    QtTest.QTest.mouseClick(button(page, f"({key})"), QtCore.Qt.MouseButton.LeftButton)
    assert len(got) == 2


def test_sound_is_switched_and_its_volume_set(show):
    page = show(home())
    switched, volume = heard(page.sound_changed), heard(page.volume_changed)
    press(page, KEY.Key_S)
    assert "Sound on (S)" in button(page, "Sound").text()
    press(page, KEY.Key_S)
    assert switched == [False, True]
    slider = page.findChild(QtWidgets.QSlider)
    QtTest.QTest.keyClick(slider, KEY.Key_End)
    assert volume[-1] == 1.0


def test_a_moved_sensor_is_confirmed_before_it_counts(show):
    page = show(home())
    moved, check = heard(page.moved), heard(page.check)
    press(page, KEY.Key_M)
    press(page, KEY.Key_C)  # reaches nothing meanwhile
    press(page, KEY.Key_Return)  # leaves all as it is
    assert (moved, check) == ([], [])
    press(page, KEY.Key_M)
    press(page, KEY.Key_Escape)
    QtTest.QTest.mouseClick(button(page, "(M)"), QtCore.Qt.MouseButton.LeftButton)
    assert moved == []
    button(page, "It moved").click()
    assert len(moved) == 1
    press(page, KEY.Key_C)
    assert len(check) == 1


def test_without_a_place_home_says_where_to_begin(show):
    page = home()
    page.show_places(())
    show(page)
    assert any("No sensor has a site yet" in text for text in texts(page))


# Placement


def pick(page, name, key):
    (combo,) = [w for w in page.findChildren(QtWidgets.QComboBox) if w.accessibleName() == name]
    combo.setCurrentIndex(combo.findData(key))
    return combo


def test_where_there_is_room_the_words_stand_beside_the_drawing(show):
    for width, beside in ((1280, False), (1920, True)):
        page = show(placement(), (width, 1000))
        words, drawing = page._right, page._drawing
        assert (words.geometry().left() > drawing.geometry().right()) == beside


def test_the_caution_for_three_sensors_is_seen_whole_in_a_small_window(show):
    page = placement(3)
    sites = ("shoulder", "lower-back", "jaw")
    places = [Place(channel=k + 1, site=site, side="left") for k, site in enumerate(sites)]
    page.show_places(places)
    show(page, (900, 640))
    (caution,) = [w for w in page.findChildren(QtWidgets.QLabel) if "More than one" in w.text()]
    assert "one at a time" in caution.text()
    assert caution.visibleRegion().boundingRect().size() == caution.size()
    assert caution.height() >= caution.heightForWidth(caution.width())


def test_places_are_chosen_for_each_channel(show):
    page = show(placement())
    got = heard(page.chosen)
    pick(page, "Site of channel 2", "jaw")
    pick(page, "Side of channel 2", "right")
    press(page, KEY.Key_Return)
    assert got == [
        (
            Place(channel=1, site="shoulder", side="left"),
            Place(channel=2, site="jaw", side="right"),
        )
    ]


def test_two_channels_on_one_site_are_refused_in_a_sentence(show):
    page = show(placement())
    got = heard(page.chosen)
    pick(page, "Site of channel 2", "shoulder")
    press(page, KEY.Key_Return)
    assert got == []
    assert any("Left shoulder is given for two channels, 1 and 2" in text for text in texts(page))
    pick(page, "Side of channel 2", "right")
    assert not any("two channels" in text for text in texts(page))
    press(page, KEY.Key_Return)
    assert len(got) == 1


def test_no_place_at_all_and_a_place_without_words_are_refused(show):
    page = show(placement(1))
    got = heard(page.chosen)
    pick(page, "Site of channel 1", "")
    press(page, KEY.Key_Return)
    assert any("No channel has a site yet" in text for text in texts(page))
    pick(page, "Site of channel 1", "own")
    press(page, KEY.Key_Return)
    assert any("Channel 1 has no description" in text for text in texts(page))
    assert got == []
    (field,) = [w for w in page.findChildren(QtWidgets.QLineEdit) if w.isVisible()]
    QtTest.QTest.keyClicks(field, "my calf")
    QtTest.QTest.keyClick(field, KEY.Key_Return)
    assert got == [(Place(channel=1, site="my calf", side="left"),)]


def test_places_come_back_as_they_were(app):
    places = (
        Place(channel=1, site="forehead", side="middle"),
        Place(channel=2, site="my calf", side="right"),
        Place(channel=3, site="hips", side="right"),
    )
    page = PlacementPage(3)
    page.show_places(places)
    assert page.places() == places
    page.show_places(())
    assert page.places() == ()


@pytest.mark.parametrize("key", SITES)
def test_each_site_is_drawn_and_described(show, key):
    page = show(placement(1))
    pick(page, "Site of channel 1", key)
    assert page.findChild(BodyView).isVisible() == (key in SPOTS) == (key != "own")
    told = " ".join(texts(page))
    site = SITES[key]
    for words in (site.placement, site.lie, site.reference, site.skin, site.movement):
        assert words in told
    assert f"Snaps or leads {site.leads}" in told
    if key in SPOTS:
        assert f"○ reference: {SPOTS[key].reference.words}" in told
    for mistake in site.mistakes:
        assert mistake in told
    assert f"Most common problem: {site.trouble}" in told
    assert site.trouble_words in told
    assert site.status[1:] in told


def test_a_channel_that_is_not_used_says_nothing_of_a_site(show):
    page = show(placement(1))
    pick(page, "Site of channel 1", "")
    assert not page.findChild(BodyView).isVisible()
    told = texts(page)
    assert "Choose a site to see where the electrodes go." in told
    assert not any(site.movement in told for site in SITES.values())
    assert "Common mistakes" not in told


def test_page_keys_scroll_the_words_and_another_site_begins_at_the_top(show, app):
    page = show(placement(1))
    page.resize(800, 600)
    app.processEvents()
    bar = page.findChildren(Column)[1].verticalScrollBar()
    assert bar.maximum() > 0
    QtTest.QTest.keyClick(page.focusWidget(), KEY.Key_PageDown)
    assert bar.value() > 0
    down = bar.value()
    QtTest.QTest.keyClick(page.focusWidget(), KEY.Key_PageUp)
    assert bar.value() < down
    bar.setValue(bar.maximum())
    pick(page, "Site of channel 1", "jaw")
    assert bar.value() == 0
    assert page.places() == (Place(channel=1, site="jaw", side="left"),)


@pytest.mark.parametrize(
    ("site", "side", "on_the_left"),
    [
        ("shoulder", "left", True),  # from behind
        ("shoulder", "right", False),
        ("neck", "left", True),
        ("lower-back", "right", False),
        ("hips", "left", True),
        ("forehead", "left", False),  # from in front
        ("forehead", "right", True),
    ],
)
def test_electrodes_are_drawn_on_the_side_chosen(app, site, side, on_the_left):
    view = BodyView()
    view.set_looks(LIGHT, 1.0)
    view.resize(600, 500)
    view.show_spot(site, side)
    image = view.grab().toImage()
    accent = QtGui.QColor(LIGHT.accent).rgb()
    at = [
        x
        for x in range(0, image.width(), 2)
        for y in range(0, image.height(), 2)
        if image.pixel(x, y) == accent
    ]
    assert len(at) > 20
    assert (np.median(at) < image.width() / 2) == on_the_left


# Signal check


def test_each_trouble_has_a_shape_a_sentence_and_what_to_try(show):
    page = show(check())
    told = texts(page)
    assert [told.count(shape) for shape in ("●", "▲", "■", "○")] == [3, 1, 1, 1]
    assert "Try this: Move the charger." in told
    assert "14.2 µV" in told
    assert "Something could be better. See what helps." in told
    going = heard(page.next)
    assert "anyway" in button(page, "Continue").text()
    press(page, KEY.Key_Return)
    assert len(going) == 1


def test_a_good_signal_on_every_channel_is_said_so(show):
    page = show(check())
    page.show_lights(0, GOOD)
    assert "Everything looks good." not in texts(page)[1]  # the other channel is not known yet
    page.show_lights(1, GOOD)
    assert "Everything looks good." in texts(page)[1]
    assert button(page, "Continue").text() == "Continue (Enter)"


def test_digits_choose_the_channel_looked_at(show):
    page = show(check())
    assert page.channel == 0
    press(page, KEY.Key_2)
    assert page.channel == 1
    assert texts(page).count("Checking …") == len(ITEMS)
    press(page, KEY.Key_3)  # there is none
    assert page.channel == 1


def test_the_meter_moves_smoothly_to_where_the_interference_is(show):
    page = show(check())
    seen = []
    for _ in range(60):
        page.tick(1 / 60)
        seen.append(page.meter.shown)
    assert np.all(np.diff(seen) > 0)
    assert np.max(np.diff(seen)) < 0.05
    assert seen[-1] == pytest.approx(0.6, abs=0.02)
    page.show_interference(None)
    assert page.meter.accessibleDescription() == "no signal"


@pytest.mark.parametrize(
    ("hum_uv", "said"), [(4.26, "4.3 µV"), (142.4, "142 µV"), (5e4, "> 300 µV")]
)
def test_the_meter_says_as_much_as_it_knows(show, hum_uv, said):
    page = show(check())
    page.show_interference(Interference(0.5, hum_uv))
    assert page.meter.accessibleDescription() == said


def test_lights_and_meter_are_as_wide_as_each_other(show):
    for size in ((1024, 700), (1920, 1080)):
        page = show(check(), size=size)
        cards = [w for w in page.findChildren(QtWidgets.QFrame, "card") if w.isVisible()]
        assert len({(w.mapTo(page, w.rect().topLeft()).x(), w.width()) for w in cards}) == 1


# Session


@pytest.mark.parametrize(
    ("key", "modifier", "signal"),
    [
        ("Space", None, "pause"),
        ("Right", None, "skip"),
        ("N", None, "skip"),
        ("S", None, "sound"),
        ("T", None, "theme_wanted"),
        ("F11", None, "full_screen_wanted"),
        ("N", SHIFT, "note_begun"),
    ],
)
def test_the_session_is_led_by_keys(show, key, modifier, signal):
    page = show(guide())
    names = ("pause", "skip", "end", "tag", "sound", "theme_wanted", "full_screen_wanted")
    got = {name: heard(getattr(page, name)) for name in (*names, "note_begun")}
    press(page, getattr(KEY, f"Key_{key}"), modifier or QtCore.Qt.KeyboardModifier.NoModifier)
    assert {name for name, calls in got.items() if calls} == {signal}


def test_a_click_leaves_the_keys_to_the_page(show):
    page = show(guide())
    pause, skip = heard(page.pause), heard(page.skip)
    QtTest.QTest.mouseClick(button(page, "Skip"), QtCore.Qt.MouseButton.LeftButton)
    press(page, KEY.Key_Space)
    assert (len(pause), len(skip)) == (1, 1)


def test_ending_early_is_asked_once(show):
    page = show(guide())
    end, pause, skip = heard(page.end), heard(page.pause), heard(page.skip)
    press(page, KEY.Key_Escape)
    assert any("End the session early?" in text for text in texts(page))
    press(page, KEY.Key_N)  # reaches nothing meanwhile
    press(page, KEY.Key_Escape)
    assert end == []
    assert not any("End the session early?" in text for text in texts(page))
    press(page, KEY.Key_Space)
    assert (len(pause), len(skip)) == (1, 0)
    press(page, KEY.Key_Escape)
    press(page, KEY.Key_Return)  # "Go on" has the focus: Enter alone ends nothing
    assert end == []
    press(page, KEY.Key_Escape)
    button(page, "End it").click()
    assert len(end) == 1


def test_a_note_is_written_without_moving_the_session(show):
    page = show(guide())
    note, others = heard(page.note), [heard(s) for s in (page.pause, page.skip, page.sound)]
    tag = heard(page.tag)
    press(page, KEY.Key_N, SHIFT)
    field = page.window().focusWidget()
    QtTest.QTest.keyClicks(field, "phone rang 1 n s")
    QtTest.QTest.keyClick(field, KEY.Key_Right)
    QtTest.QTest.keyClick(field, KEY.Key_Return)
    assert note == ["phone rang 1 n s"]
    assert others == [[], [], []]
    assert tag == []
    press(page, KEY.Key_N, SHIFT)
    press(page, KEY.Key_Escape)
    assert len(note) == 1
    press(page, KEY.Key_Space)
    assert len(others[0]) == 1


def test_tags_are_marked_by_key_and_those_under_way_show(show):
    page = show(guide())
    tag = heard(page.tag)
    press(page, KEY.Key_3)
    QtTest.QTest.mouseClick(button(page, "hurry"), QtCore.Qt.MouseButton.LeftButton)
    assert tag == ["3", "5"]
    assert not button(page, "hurry").isChecked()  # only who keeps the tags knows
    page.show_tags(["5", "8"])
    chips = [w for w in page.findChildren(QtWidgets.QPushButton, "chip") if w.isChecked()]
    assert [chip.accessibleName() for chip in chips] == ["5  hurry …", "8  meeting …"]


def test_a_word_answer_is_given_by_enter_and_may_hold_any_key(show):
    page = show(guide(WORDS))
    answer, skip = heard(page.answer), heard(page.skip)
    assert WORDS.question in texts(page)
    press(page, KEY.Key_Return)  # nothing said yet
    QtTest.QTest.keyClicks(page.window().focusWidget(), "jaw n s 5")
    page.show_snapshot(snapshot(WORDS))  # the next one does not take the words away
    press(page, KEY.Key_Return)
    assert answer == ["jaw n s 5"]
    assert skip == []


@pytest.mark.parametrize(
    ("keys", "said"), [("7", "7"), ("0", "0"), ("10", "10"), ("3>", "4"), ("9>", "10"), ("28", "8")]
)
def test_the_scale_is_answered_by_digits_and_arrows(show, keys, said):
    page = show(guide(SCALE))
    answer, tag, skip = heard(page.answer), heard(page.tag), heard(page.skip)
    press(page, KEY.Key_Return)  # nothing is chosen for a person
    assert answer == []
    for key in keys:
        press(page, KEY.Key_Right if key == ">" else getattr(KEY, f"Key_{key}"))
    press(page, KEY.Key_Return)
    assert answer == [said]
    assert tag == []
    assert skip == []


def test_a_question_leaves_the_other_keys_to_the_session(show):
    page = show(guide(SCALE))
    pause, skip, end = heard(page.pause), heard(page.skip), heard(page.end)
    press(page, KEY.Key_Space)
    press(page, KEY.Key_N)
    press(page, KEY.Key_Escape)
    press(page, KEY.Key_Escape)  # go on: the keys are the question's again
    answer = heard(page.answer)
    press(page, KEY.Key_4)
    press(page, KEY.Key_Return)
    assert (len(pause), len(skip), len(end)) == (1, 1, 0)
    assert answer == ["4"]


@pytest.mark.parametrize("phase", ["paused", "lost"])
def test_a_question_is_answered_while_the_session_waits(show, phase):
    page = show(guide(WORDS))
    answer, skip, pause = heard(page.answer), heard(page.skip), heard(page.pause)
    QtTest.QTest.keyClicks(page.window().focusWidget(), "my jaw ")
    QtTest.QTest.mouseClick(button(page, "Pause"), QtCore.Qt.MouseButton.LeftButton)
    page.show_snapshot(snapshot(WORDS, phase=phase))
    press(page, KEY.Key_N)
    page.setFocus()
    QtTest.QTest.keyClicks(page, "ow")  # wherever the keys go, a word begun is no command
    QtTest.QTest.keyClick(page, KEY.Key_Right)
    page.setFocus()
    page.show_snapshot(snapshot(WORDS))
    assert isinstance(page.window().focusWidget(), QtWidgets.QLineEdit)
    page.show_snapshot(snapshot(WORDS, phase=phase))
    button(page, "Answer").click()
    assert answer == ["my jaw now"]
    assert (len(skip), len(pause)) == (0, 1)


def test_a_question_that_comes_while_the_sensor_is_away_is_asked(show):
    page = show(guide())
    page.show_snapshot(snapshot(WORDS, step_number=3, phase="lost"))
    assert WORDS.question in texts(page)


def differing():
    """The question when a session's own baseline and the calibration differ."""
    known = TrainedChannel(0, "Left shoulder", 0.2)
    told = BaselineMeasured("Left shoulder", 10.95, 0.4, before_uv=2.06)
    return Choice(0, known, known, told).question


@pytest.mark.parametrize("by_key", [True, False])
def test_a_choice_is_made_by_number_or_button(show, by_key):
    page = show(guide())
    answer, skip, tag = heard(page.answer), heard(page.skip), heard(page.tag)
    page.show_snapshot(snapshot(question=differing(), phase="asked"))
    assert "Left shoulder now rests at 10.9 µV; its calibration says 2.1 µV." in texts(page)
    assert not any("Answer" in words for words in texts(page))
    if by_key:
        press(page, KEY.Key_3)  # no such choice, and no tag now
        press(page, KEY.Key_2)
    else:
        button(page, "I am still tense").click()
    assert (answer, skip, tag) == (["tense"], [], [])
    page.show_snapshot(snapshot())
    assert page._middle.shows == "trace"


def test_a_question_that_comes_again_is_asked_anew(show):
    page = show(guide(SCALE))
    answer = heard(page.answer)
    press(page, KEY.Key_7)
    press(page, KEY.Key_Return)
    page.show_snapshot(snapshot(SCALE, step_number=4))
    press(page, KEY.Key_Return)
    assert answer == ["7"]


def test_the_step_says_what_to_do_and_how_it_stands(show):
    page = show(guide())
    told = texts(page)
    for words in ("Stay low", "2.1", "1.5 % of reference", "● Below the goal"):
        assert words in told
    assert "Goal: below 2.5 µV, 1.2 × your resting baseline" in told
    assert "Step 3 of 6  ·  about 6 minutes left" in told
    for words in ("2:04 · 62 %", "1:20 · 40 %", "24 s", "9 s"):
        assert words in told
    page.show_snapshot(snapshot(progress="Held 7 of 20 s"), "Removed: heartbeat")
    assert "Held 7 of 20 s" in texts(page)
    page.show_snapshot(snapshot(), "Removed: heartbeat")
    assert "Removed: heartbeat" in texts(page)


def test_a_tension_at_its_goal_does_not_flicker(show):
    page = show(guide())
    above = {"tension_uv": (3.0,), "below": False}
    for ms in range(0, 1500, 300):  # above for a moment only, again and again
        page.show_snapshot(snapshot(session_s=220 + ms / 1000, **above))
        assert "● Below the goal" in texts(page)
        page.show_snapshot(snapshot(session_s=220.15 + ms / 1000))
    page.show_snapshot(snapshot(session_s=222.0, **above))
    page.show_snapshot(snapshot(session_s=222.2, tension_uv=(3.1,)))
    assert "3.0" in texts(page)  # not so often that nobody can read it
    page.show_snapshot(snapshot(session_s=222.5, tension_uv=(3.2,)))
    assert {"3.2", "○ Above the goal"} <= set(texts(page))
    page.show_snapshot(snapshot(session_s=222.6, tension_uv=(None,)))
    assert not {"3.2", "○ Above the goal"} & set(texts(page))  # what is not known goes at once


def test_three_channels_in_a_small_window_still_say_how_they_stand(show):
    page = show(guide(HOLD, 3), size=(1024, 500))
    told = texts(page)
    assert "● Below the goal" not in told
    assert told.count("●") == 3


def test_number_and_unit_stand_on_one_line(show):
    page = show(guide())
    lines = []
    for words in ("2.1", "µV"):
        (shown,) = [w for w in page.findChildren(QtWidgets.QLabel) if w.text() == words]
        bottom = shown.mapTo(page, shown.contentsRect().bottomLeft()).y()
        lines.append(bottom - QtGui.QFontMetrics(shown.font()).descent())
    assert abs(lines[0] - lines[1]) <= 2


@pytest.mark.parametrize(
    ("step", "changes", "said"),
    [
        (HOLD, {"recovering_s": 3.0}, "Letting go for 3 s so far"),
        (RELAX, {"recovering_s": 3.0, "step_s": 0.1}, ""),  # tense: hands
        (
            BASELINE,
            {"recovering_s": 3.0, "notes": ("Not measured: movement.",)},
            "Not measured: movement.",
        ),
        (
            HOLD,
            {"recovering_s": 3.0, "scoring": False, "why_not": "no contact"},
            "Not scored now: no contact",
        ),
    ],
)
def test_the_quiet_sentence_says_what_matters_most(step, changes, said):
    assert status(snapshot(step, **changes)) == said


def test_a_session_that_waits_for_its_first_signal_says_so(show):
    page = show(GuidePage("A first ten minutes", channels(1)))
    page.show_waiting()
    assert "Waiting for a signal" in texts(page)


def test_while_the_sensor_is_away_the_trace_does_not_say_now(show):
    def times(page):
        (trace,) = page.findChildren(GoalTrace)
        return [words for level in trace.getAxis("bottom")._tickLevels for _, words in level]

    page = show(guide())
    assert "now" in times(page)
    page.show_snapshot(snapshot(phase="lost"))
    assert times(page) == []
    page.show_snapshot(snapshot())
    assert "now" in times(page)


def test_the_goals_name_and_the_noise_floors_are_never_on_each_other(show):
    page = show(guide())
    (trace,) = page.findChildren(GoalTrace)
    assert trace._floor.label.isVisible()
    page.show_snapshot(snapshot(goal_uv=(0.2,)))
    assert not trace._floor.label.isVisible()
    page.show_snapshot(snapshot(goal_uv=(2.5,)))
    assert trace._floor.label.isVisible()


def test_no_number_is_shown_that_the_signal_does_not_support(show):
    page = show(guide())
    page.show_snapshot(
        snapshot(tension_uv=(None,), below=None, scoring=False, why_not="no contact on Jaw")
    )
    told = texts(page)
    assert "–" in told
    assert "µV" not in told
    assert not any("goal" in text and text[0] in "●○" for text in told)
    assert not any("% of reference" in text for text in told)
    assert "Not scored now: no contact on Jaw" in told
    page.show_snapshot(snapshot(tension_uv=(0.1,)))  # under the noise floor
    assert "<0.2" in texts(page)
    assert "<0.2 % of reference" in texts(page)
    page.show_snapshot(snapshot(step_score=(Score("Left shoulder"),)))
    assert texts(page).count("–") == 4


@pytest.mark.parametrize(
    ("phase", "words"),
    [
        ("paused", "Paused"),
        ("lost", "The board was disconnected"),
        ("ended", "Ended"),
        ("done", "Well done"),
    ],
)
def test_a_session_that_waits_or_is_over_says_so(show, phase, words):
    page = show(guide(SCALE))
    page.show_snapshot(snapshot(SCALE, phase=phase))
    assert words in texts(page)
    assert bool([w for w in texts(page) if "The session continues when" in w]) == (phase == "lost")
    if phase == "paused":
        assert button(page, "(Space)").text() == "Continue (Space)"


def test_the_pacer_breathes_with_the_step(show):
    page = show(guide(BREATHE))
    view = page.findChild(PacerView)
    assert view.isVisible()
    pacer = Pacer(BREATHE)
    radii, words = [], []
    for k in range(600):
        page.tick(k / 60)
        radii.append(view.radius)
        words.append(view.word)
    full = np.array([pacer.at(k / 60).fullness for k in range(600)])
    slope, start = np.polyfit(full, radii, 1)
    assert slope > 0
    assert np.max(np.abs(np.array(radii) - start - slope * full)) < 0.2  # pixels
    assert np.max(np.abs(np.diff(radii))) < 4  # no jump
    assert words[60] == "Breathe in"
    assert words[-60] == "Breathe out"
    page.show_snapshot(snapshot(BREATHE, phase="paused"))
    page.tick(9.0)
    assert view.word == ""


def test_the_trace_shows_the_goal_even_where_the_signal_is_far_below(show):
    page = guide()
    page.show_snapshot(snapshot(goal_uv=(40.0,)))
    page.tick(12.0, rows(level_uv=1.0))
    show(page)
    trace = page._middle.picture.traces[0]
    assert trace.goal_uv == 40.0
    assert trace.viewRange()[1][1] > 40.0
    page.show_snapshot(snapshot(goal_uv=(None,)))
    assert trace.goal_uv is None


def test_the_breath_says_whether_the_exhale_lets_go():
    assert breath_words(effect()) == "You let go as you breathe out: 18 % lower (10 to 26 %)."
    assert "No clear fall on the exhale" in breath_words(effect(falls=False))
    few = BreathEffect("Jaw", 2, (), (), (), None, None, None, None)
    assert breath_words(few) == "Too few breaths (2)."
    assert breath_words(few, whole=False) == "Too few breaths yet (2)."
    assert breath_words(effect(), whole=False) == "So far 18 % lower on the exhale."
    assert (
        breath_words(replace(effect(), change=0.004), whole=False)
        == "So far the same on the exhale."
    )


@pytest.mark.parametrize("step", [HOLD, BREATHE, RELAX, SCALE], ids=lambda step: step.kind)
@pytest.mark.parametrize("n", [0, 1, 3])
def test_nothing_known_is_no_error(show, step, n):
    page = show(GuidePage("", channels(n, reference=False)))
    empty = snapshot(
        step,
        goal_uv=(),
        tension_uv=(None,) * n,
        rest_level_uv=(),
        score=(),
        step_score=(),
        breath=(),
        step_left_s=None,
        session_s=0.0,
        session_left_s=0.0,
        n_steps=0,
    )
    for phase in ("running", "paused", "lost", "done", "ended"):
        page.show_snapshot(replace(empty, phase=phase))
        page.tick(0.0)
        none = np.empty((0, n))
        page.tick(0.0, TraceRows(np.empty(0, int), none, none.astype(bool), 0.02))
    page.grab()


def test_words_for_numbers():
    (channel,) = channels(1)
    assert now_words(None, channel) == "–"
    assert now_words(142.4, channel) == "142"
    assert now_words(0.1, replace(channel, noise_uv=None)) == "0.1"
    assert [length_words(s) for s in (0.0, 59.4, 59.6, 80.0, 3700.0)] == [
        "0 s",
        "59 s",
        "1:00",
        "1:20",
        "1:01:40",
    ]
    assert left_words(20.0) == "less than a minute left"
    assert left_words(61.0) == "about 1 minute left"


# After it


def test_the_summary_says_what_lowered_the_tension(show):
    page = show(summary())
    told = texts(page)
    assert told.count("62 %") == 3
    assert "Median tension was 4.00 µV in the first step and 2.00 µV in the last." in told
    assert "It was lowest in “Let go”: 2.00 µV." in told
    assert "Recovery time after 2 contractions: 14 s and 9 s." in told
    assert (
        "Whole session: median tension (P50) 2.61 µV, time at rest 62 %, longest rest 24 s, 2 "
        "contractions, recovery time 12 s. 3 min 58 s of 4 min used; excluded: 2 s settling."
    ) in told
    assert "Breathe: You let go as you breathe out: 18 % lower (10 to 26 %)." in told
    assert "How do you feel? 7" in told
    assert "You marked: posture: slouching." in told
    assert f"Saved in {Path('/sessions/today')}" in told
    again, back = heard(page.again), heard(page.home)
    press(page, KEY.Key_A)
    press(page, KEY.Key_Return)
    assert (len(again), len(back)) == (1, 1)


def test_the_summary_compares_calm_steps_alone(show):
    made = outcome()
    kinds = ("hold", "breathe", "relax")
    made = replace(
        made, steps=tuple(replace(s, kind=kind) for s, kind in zip(made.steps, kinds, strict=True))
    )
    page = SummaryPage()
    page.show_outcome(made, closings(made))
    told = texts(show(page))
    assert "Median tension was 4.00 µV in the first step and 3.00 µV in the last." in told
    assert told[0] == "What lowered your tension"


def test_a_summary_claims_no_fall_where_there_was_none(show):
    made = outcome()
    made = replace(made, steps=tuple(replace(step, breath=()) for step in reversed(made.steps)))
    page = SummaryPage()
    page.show_outcome(made, closings(made))
    assert texts(show(page))[0] == "After the session"


def test_a_summary_says_that_its_figures_are_still_to_come(show):
    page = SummaryPage()
    page.show_outcome(outcome(), None, Path("/sessions/today"))
    assert "Computing the figures …" in texts(show(page))


def test_a_session_that_could_not_be_kept_shows_what_was_counted_while_it_ran(show):
    page = SummaryPage()
    page.show_outcome(outcome(), closing_of(outcome(), None))
    told = texts(show(page))
    assert "This session was not kept." in told
    assert any(words.startswith("Not kept: 3 min 20 s in scored steps") for words in told)
    assert "4.00 µV" in told


def test_rest_is_no_figure_where_its_level_is_not_known():
    unknown = replace(score(0), with_rest_s=0.0, rest_s=0.0, longest_rest_s=0.0)
    assert figures(unknown) == ("2:04 · 62 %", "–", "–", "9 s")


def test_a_session_without_a_signal_claims_nothing(show, app):
    bare = StepOutcome(0, "hold", "Arrive", (Score("Left shoulder"),), ())
    made = replace(outcome(), steps=(bare,), score=(Score("Left shoulder"),), state="ended")
    (closing,) = closing_of(made, None)
    why = "only 0.0 s of usable signal; at least 1 s is needed"
    empty = replace(reviewed(), mean=None, used_s=0.0, why_not=why)
    page = SummaryPage()
    page.show_outcome(made, (replace(closing, whole=empty),))
    show(page)
    told = texts(page)
    assert "A first ten minutes  ·  ended early" in told
    assert any(words.startswith("Whole session: no usable signal. Only 0.0 s") for words in told)
    assert "This session was not kept." in told
    assert told.count("–") == 3
    bare = replace(outcome(), steps=(), score=(), channels=(), answers=(), notes=())
    page.show_outcome(bare, ())
    app.processEvents()
    assert texts(page)[1:3] == ["A first ten minutes", "Nothing was measured in this session."]
