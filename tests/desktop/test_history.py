"""The history window: what it draws, says and answers to by the keyboard."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest
from pyqtgraph.Qt import QtCore, QtGui, QtTest, QtWidgets
from tests.desktop.windows import discard, show, until

from unclench.desktop.history.datesplot import DatesPlot
from unclench.desktop.history.window import HistoryWindow
from unclench.desktop.theme import DARK, LIGHT
from unclench.review.history import Change, History, Sitting, make_series
from unclench.store.provenance import Provenance
from unclench.store.session.summary import ChannelSummary, SessionSummary, TagSummary
from unclench.training.placement.calibrations import Book
from unclench_dsp import NARROW, WIDE

KEY = QtCore.Qt.Key
START = datetime(2026, 3, 2, 18, 0, tzinfo=timezone.utc)


def sitting(root, day, mean_uv, band=WIDE, tags=(), feedback=True):
    at = START + timedelta(days=day)
    channel = ChannelSummary(
        channel="ch1",
        site="Jaw",
        used_s=600.0,
        mean_uv=mean_uv,
        p50_uv=mean_uv,
        rest_share=0.3,
        tags=tags,
    )
    summary = SessionSummary(made_of={}, duration_s=600.0, channels=(channel,))
    return Sitting(root / f"s{day}", at, "", "let-go", Provenance.BOARD, band, feedback, summary)


@pytest.fixture
def history(tmp_path):
    tag = TagSummary(
        words="thought: work",
        times=1,
        during_s=60,
        untagged_s=500,
        log_ratio=0.3,
        log_ratio_se=0.05,
    )
    rng = np.random.default_rng(1)
    wide = [
        sitting(tmp_path, 2 * k, 5 - 0.2 * k + 0.05 * float(rng.standard_normal()), tags=(tag,))
        for k in range(12)
    ]
    narrow = [sitting(tmp_path, k, 1.0, NARROW) for k in range(3)]
    return History(tmp_path, make_series([*wide, *narrow], Book(), Book()), 15, 0, ())


@pytest.fixture
def window(app, tmp_path):
    made = HistoryWindow(tmp_path)
    made.set_looks(LIGHT, 1.0)
    show(made)
    yield made
    discard(made)


def texts(window):
    labels = window.findChildren(QtWidgets.QLabel)
    return [each.text() for each in labels if each.isVisible() and each.text()]


def colours(widget):
    image = widget.grab().toImage()
    return {
        QtGui.QColor(image.pixel(x, y)).name()
        for x in range(image.width())
        for y in range(image.height())
    }


def test_an_empty_folder_says_what_to_do(app, window):
    window.reload()
    until(lambda: window._history is not None)
    assert any("There are no sessions to compare yet." in text for text in texts(window))


def test_each_measure_has_its_plot_and_its_sentence(app, window, history):
    window.show_history(history)
    app.processEvents()
    told = texts(window)
    for title in (
        "Resting baseline",
        "Median tension (P50)",
        "Mean tension",
        "Time at rest",
        "Recovery time",
    ):
        assert title in told
    assert any(text.startswith("Lower by 0.") and "µV per week" in text for text in told)
    assert "No change at all, over 12 sessions." in told
    assert "thought: work" in told
    assert "35 % higher (31 to 39 %), over 12 sessions" in told
    plots = window.findChildren(DatesPlot)
    assert "Median tension (P50): lower by" in plots[1].accessibleDescription()


def test_bands_are_chosen_and_never_mixed(app, window, history):
    window.show_history(history)
    window._choice.setFocus()
    assert window._choice.currentText() == "Jaw (wide band, 20-450 Hz)"
    QtTest.QTest.keyClick(window._choice, KEY.Key_Down)
    app.processEvents()
    assert window.series.band == NARROW
    assert texts(window)[1].startswith("3 sessions.")
    window.show_history(history)  # read anew: the choice stays
    assert window.series.band == NARROW


def test_left_and_right_go_from_session_to_session(app, window, history):
    window.show_history(history)
    plot = window.findChildren(DatesPlot)[1]
    plot.setFocus()
    QtTest.QTest.keyClick(plot, KEY.Key_Left)
    assert texts(window)[-1].startswith("2026-03-24 18:00: median tension (P50) ")
    QtTest.QTest.keyClick(plot, KEY.Key_Left)
    assert texts(window)[-1].startswith("2026-03-22 18:00: median tension (P50) ")
    QtTest.QTest.keyClick(plot, KEY.Key_Home)
    QtTest.QTest.keyClick(plot, KEY.Key_Right)
    assert texts(window)[-1].startswith("2026-03-04 18:00: median tension (P50) ")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("scale", [1.0, 1.8])
def test_points_and_new_placements_are_drawn_in_both_themes(app, window, history, theme, scale):
    window.show_history(history)
    window.set_looks(theme, scale)
    app.processEvents()
    plot = window.findChildren(DatesPlot)[1]
    assert theme.channels[1] in colours(plot)
    assert theme.warn not in colours(plot)
    series = history.series[0]
    plot._changes = (Change(series.points[5].at, "electrodes placed"),)
    assert theme.warn in colours(plot)


def test_a_trend_is_drawn_only_where_it_is_sure(app, window, history, tmp_path):
    def with_line(values):
        sittings = [sitting(tmp_path, 3 * k, v) for k, v in enumerate(values)]
        made = make_series(sittings, Book(), Book())
        window.show_history(History(tmp_path, made, len(sittings), 0, ()))
        app.processEvents()
        plot = window.findChildren(DatesPlot)[1]
        drawn = []
        plot._draw_trend = lambda *_: drawn.append(True)
        plot.grab()
        return bool(drawn)

    assert with_line([5.0 - 0.2 * k + 0.02 * (-1) ** k for k in range(10)])
    assert not with_line([5.0, 4.0, 5.2, 4.1, 5.1, 4.0, 5.0, 4.2])


def test_esc_closes_it(window, history):
    window.show_history(history)
    QtTest.QTest.keyClick(window, KEY.Key_Escape)
    assert not window.isVisible()


def test_the_dashboard_opens_it_by_key_and_by_button(app, stage):
    made = stage("sim:relaxed")
    QtTest.QTest.keyClick(made.window, KEY.Key_H)
    assert made.window._figures.history.isVisible()
    made.window._figures.history.close()
    made.window._footer.history.click()
    assert made.window._figures.history.isVisible()
    made.window.close()
    assert not made.window._figures.history.isVisible()


def test_damaged_sessions_are_told(app, window, tmp_path):
    folder = tmp_path / "broken"
    folder.mkdir()
    (folder / "session.json").write_text(json.dumps({"schema_version": 1}), encoding="utf-8")
    window.reload()
    until(lambda: window._history is not None)
    assert "1 session could not be read." in texts(window)[1]
