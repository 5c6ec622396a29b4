"""The review screen as a person uses it: keys and mouse in a real window on real sessions."""

from __future__ import annotations

import json
import os
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from pyqtgraph.Qt import QtCore, QtGui, QtTest, QtWidgets
from tests.desktop.windows import activate, discard, show, until
from tests.known import known

from unclench.cli import cli
from unclench.desktop.bars import Banner
from unclench.desktop.review import window as review_window
from unclench.desktop.review.session.exportdialog import ExportDialog
from unclench.desktop.review.sessionlist.model import SessionsModel
from unclench.desktop.review.sessionlist.rows import SessionRow
from unclench.desktop.review.trace.axes import View
from unclench.desktop.review.trace.scene import NO_MARKS, Scene, lane
from unclench.desktop.review.trace.trace import TraceView
from unclench.desktop.review.window import ReviewWindow
from unclench.notices import Remark, tell
from unclench.report.words import uv
from unclench.review.results import Phase, Span, TagSpan
from unclench.review.session import open_review
from unclench.settings import Settings
from unclench.store import open_session
from unclench.store.session.summary import read_summary

KEY = QtCore.Qt.Key
SHIFT = QtCore.Qt.KeyboardModifier.ShiftModifier
CTRL = QtCore.Qt.KeyboardModifier.ControlModifier
STEPS = """sample,time_s,kind,text,duration_s,lost_samples
0,0.0,session,begins: test (Test),40.0,
0,0.0,step,1 settle: Arrive,,
20000,10.0,step,2 baseline: Rest,,
24000,12.0,tag,thought: worry,,
32000,16.0,tag end,thought: worry,4.0,
36000,18.0,note,the phone rang,,
50000,25.0,step,3 task: Work,,
"""


@pytest.fixture(scope="module")
def recorded(tmp_path_factory):
    """One session of two channels, recorded by the command line."""
    folder = tmp_path_factory.mktemp("review") / "recorded"
    command = ["record", "--source", "sim:desk-work?channels=2", "--seconds", "40"]
    done = CliRunner().invoke(cli, [*command, "--speed", "max", "--out", str(folder)])
    assert done.exit_code == 0, done.output
    return folder


class Library:
    """Makes sessions in a folder of their own: library("name", day=3, sites=[...])."""

    def __init__(self, recorded: Path, root: Path) -> None:
        self._recorded, self.root = recorded, root
        root.mkdir()

    def __call__(
        self, name: str, day: int = 1, events: str | None = None, **changes: object
    ) -> Path:
        """Make a session that was held on this day of March."""
        folder = self.root / name
        shutil.copytree(self._recorded, folder)
        meta = json.loads((folder / "session.json").read_text())
        meta.update(created=f"2026-03-{day:02}T10:00:00Z", sites=["Left shoulder", "Jaw"])
        meta.update(changes)
        (folder / "session.json").write_text(json.dumps(meta))
        if events is not None:
            (folder / "events.csv").write_text(events)
        return folder


@pytest.fixture
def library(recorded: Path, tmp_path: Path) -> Library:
    """See `Library`."""
    return Library(recorded, tmp_path / "sessions")


class Screen:
    """A review window and a person in front of it."""

    def __init__(self, root, **given):
        settings = Settings(theme="light")
        self.window = ReviewWindow(root, settings, settings.model_copy(), **given)
        self.list, self.page = self.window.list_page, self.window.session_page
        self.trace, self.panel, self.desk = self.page.trace, self.page.panel, self.window.desk
        show(self.window)
        until(lambda: not self.list._loading)

    def press(self, key, modifier=QtCore.Qt.KeyboardModifier.NoModifier, times=1):
        for _ in range(times):
            QtTest.QTest.keyClick(QtWidgets.QApplication.focusWidget(), key, modifier)
            QtWidgets.QApplication.processEvents()

    def type(self, text):
        QtTest.QTest.keyClicks(QtWidgets.QApplication.focusWidget(), text)
        QtWidgets.QApplication.processEvents()

    def open(self, folder):
        self.press(KEY.Key_F5)
        until(lambda: self.list.model.place_of(folder).isValid())
        self.list.choose(folder)
        self.list.table.setFocus()
        self.press(KEY.Key_Return)
        until(lambda: self.figures() and self.desk.review is not None)

    def figures(self):
        until(lambda: self.desk.review is None or not self.desk._measuring._open)
        shown = self.panel._shown
        return None if shown is None else shown[0]

    def titles(self):
        model = self.list.model
        return [model.index(k, 1).data() for k in range(model.rowCount())]

    def banner(self):
        return self.window._banner._text.text()

    def x(self, time_s):
        place = known(self.trace._place())
        return round(self.trace._time(place).x(time_s))


@pytest.fixture
def screen(app, library):
    made = []

    def make(root=None, **given):
        made.append(Screen(root or library.root, **given))
        return made[-1]

    yield make
    for each in made:
        discard(each.window)


# The list


def test_sessions_are_listed_the_newest_first_and_their_figures_come_by_themselves(screen, library):
    library("first", day=1)
    second = library("second", day=2, title="A long day")
    made = screen()
    assert made.titles() == ["A long day", "first"]
    until(lambda: all(row.quality is not None for row in made.list.model.rows))
    cells = made.list.model.row_at(made.list.model.place_of(second)).cells
    summary = known(read_summary(second))
    assert cells[2] == "Left shoulder, Jaw"
    assert cells[5] == " / ".join(uv(known(c.p50_uv)) for c in summary.channels)
    assert "…" not in "".join(cells)


def test_a_damaged_session_is_listed_with_its_sentence_and_stops_nothing(screen, library):
    library("good", day=2)
    broken = library("broken", day=3)
    (broken / "session.json").write_text("{")
    made = screen()
    made.list.choose(broken)
    assert made.titles() == ["▲ broken", "good"]
    assert "not valid JSON" in made.list._detail.text()
    assert "1 damaged" in made.list._count.text()
    made.press(KEY.Key_Return)
    assert made.window.page() is made.list
    made.list.choose(library.root / "good")
    made.press(KEY.Key_Return)
    assert made.window.page() is made.page


def test_an_empty_folder_says_how_sessions_get_there(screen, library):
    made = screen()
    assert made.list._empty.isVisible()
    assert "Record one in the dashboard" in made.list._empty.text()
    assert not made.list.table.isVisible()


def test_sessions_are_found_by_words_site_and_label(screen, library):
    library("monday", day=2, labels=["office"])
    library("sunday", day=8, sites=["Right shoulder", "Jaw"], labels=["home"])
    made = screen()
    made.list.table.setFocus()
    made.press(KEY.Key_F, CTRL)
    made.type("home march")
    made.press(KEY.Key_Return)
    assert made.titles() == ["sunday"]
    assert made.list.table.hasFocus()
    made.press(KEY.Key_Escape)
    until(lambda: len(made.titles()) == 2)
    made.list.site.setCurrentIndex(made.list.site.findData("Left shoulder"))
    until(lambda: made.titles() == ["monday"])
    made.list.label.setCurrentIndex(made.list.label.findData("home"))
    until(lambda: made.titles() == [])
    assert "No session matches" in made.list._empty.text()


def test_title_and_labels_are_typed_in_place(screen, library):
    folder = library("first")
    made = screen()
    made.press(KEY.Key_F2)
    made.type("Tax return")
    made.press(KEY.Key_Return)
    made.press(KEY.Key_L)
    made.type("office, late, office")
    made.press(KEY.Key_Return)
    meta = open_session(folder).meta
    assert (meta.title, meta.labels) == ("Tax return", ("office", "late"))
    assert made.titles() == ["Tax return"]
    assert made.list.model.row_at(made.list.model.place_of(folder)).cells[8] == "office, late"
    made.press(KEY.Key_F2)
    made.type("Never mind")
    made.press(KEY.Key_Escape)
    assert open_session(folder).meta.title == "Tax return"


def test_deleting_asks_first_and_moves_to_the_trash(screen, library):
    library("kept", day=1)
    folder = library("gone", day=2)
    made = screen()
    made.press(KEY.Key_Delete)
    made.press(KEY.Key_Return)  # what has the focus leaves all as it is
    assert folder.exists()
    made.press(KEY.Key_Delete)
    made.press(KEY.Key_Escape)
    assert folder.exists()
    made.press(KEY.Key_Delete)
    made.press(KEY.Key_Tab)
    made.press(KEY.Key_Return)
    until(lambda: made.titles() == ["kept"])
    assert not folder.exists()
    trash = Path(os.environ["XDG_DATA_HOME"]) / "Trash"
    assert [p.parent.name for p in trash.rglob("session.json")] == ["gone"]


def test_ten_thousand_rows_are_asked_for_only_where_they_are_seen(app):
    asked = []

    class Counting(SessionsModel):
        def data(self, index, role=0):
            asked.append(index.row())
            return super().data(index, role)

    from datetime import datetime, timedelta, timezone

    from unclench.desktop.review.sessionlist.table import SessionTable

    begin = datetime(2020, 1, 1, tzinfo=timezone.utc)
    made = [
        SessionRow(
            *(Path(f"/{k}"), begin + timedelta(hours=k), f"session {k}", ("Jaw",), "", 60.0),
            *((), (2.0,), (0.5,), 1.0),
        )
        for k in range(10_000)
    ]
    model = Counting()
    model.fill(made)
    table = SessionTable(model)
    table.resize(900, 500)
    table.show()
    QtWidgets.QApplication.processEvents()
    table.scrollToBottom()
    QtWidgets.QApplication.processEvents()
    assert model.index(0, 1).data() == "session 9999"
    assert 10 < len(set(asked)) < 100
    model.search("session 4321", "", "")
    assert model.rowCount() == 1
    table.close()


def test_buttons_wrap_where_there_is_room_for_all_of_them(screen, library):
    made = screen()
    made.window.resize(700, 600)
    made.open(library("first"))
    for page in (made.list, made.page):
        page.setParent(None)  # on its own, to be laid out
        page.resize(700, 600)
        page.show()
        QtWidgets.QApplication.processEvents()
        buttons = [b for b in page.findChildren(QtWidgets.QPushButton) if b.isVisibleTo(page)]
        assert len(buttons) > 6
        for each in buttons:
            assert not each.visibleRegion().isEmpty(), each.text()
        page.close()


def test_a_narrow_list_shows_the_whole_date(screen, library):
    library("first")
    made = screen()
    made.window.resize(800, 500)
    QtWidgets.QApplication.processEvents()
    table = made.list.table
    at = table.model().index(0, 0)
    option = table.viewOptions()
    wanted = table.itemDelegate().sizeHint(option, at).width()
    assert at.data().endswith(":00")
    assert table.columnWidth(0) >= wanted


def test_a_label_that_cannot_be_one_is_told_at_once(screen, library):
    folder = library("first", title="A day")
    tell(Remark("Something that was said before."))
    made = screen()
    for key, most in ((KEY.Key_F2, 120), (KEY.Key_L, 40)):
        made.press(key)
        made.list.table.findChild(QtWidgets.QLineEdit).setText("x" * 200)
        made.press(KEY.Key_Return)
        assert f"has 200 characters; at most {most} are possible" in made.banner()
    meta = open_session(folder).meta
    assert (meta.title, meta.labels) == ("A day", ())
    assert made.titles() == ["A day"]


def test_an_answer_replaces_what_stands_and_news_are_not_said_twice(app):
    banner = Banner()
    shown = banner._text.text
    banner.show_news("a note")
    banner.show_news("another")
    banner.show_news("another")
    banner.answer("no")
    banner.answer("still no")
    assert shown() == "still no"
    banner.show_news("still no")
    for expected in ("a note", "another", ""):
        banner._close.click()
        assert shown() == expected
    assert banner.isHidden()
    banner.hold("the board is away")
    banner.show_news("later")
    assert shown() == "the board is away"
    banner.answer("not now")
    assert shown() == "not now"
    banner._timer.timeout.emit()
    assert shown() == "the board is away"
    assert not banner._timer.isActive()
    banner.release()
    assert shown() == "later"


# The trace and the figures


def test_a_selection_by_keys_gives_its_figures_at_once(screen, library):
    folder = library("first", events=STEPS)
    made = screen()
    made.open(folder)
    assert made.figures().span == Span(0.0, made.desk.review.duration_s)
    made.trace.move_cursor(10.0)
    made.press(KEY.Key_BracketLeft)
    made.trace.move_cursor(30.0)
    made.press(KEY.Key_BracketRight)
    assert made.trace.selection == Span(10.0, 30.0)
    until(lambda: made.figures().span == Span(10.0, 30.0))
    expected = open_review(folder).figures(0, Span(10.0, 30.0))
    assert made.figures() == expected
    text = made.panel.figures.toPlainText()
    assert uv(known(expected.mean).value) in text
    assert "excluded" in text
    made.press(KEY.Key_2)
    until(lambda: made.figures().label == "Jaw")
    made.press(KEY.Key_Escape)
    until(lambda: made.figures().span.length_s > 39)


def test_a_selection_by_the_mouse_and_its_edges_can_be_dragged(screen, library):
    made = screen()
    made.open(library("first"))
    trace = made.trace
    y = trace.height() // 2

    def drag(start_s, stop_s, modifier=QtCore.Qt.KeyboardModifier.NoModifier):
        left = QtCore.Qt.MouseButton.LeftButton
        start, stop = QtCore.QPoint(made.x(start_s), y), QtCore.QPoint(made.x(stop_s), y)
        QtTest.QTest.mousePress(trace, left, modifier, start)
        for share in (0.5, 1.0):
            at = start + (stop - start) * share
            move = QtGui.QMouseEvent(QtCore.QEvent.Type.MouseMove, at, left, left, modifier)
            QtWidgets.QApplication.sendEvent(trace, move)
        QtTest.QTest.mouseRelease(trace, left, modifier, stop)

    drag(10, 20, SHIFT)
    assert trace.selection.start_s == pytest.approx(10, abs=0.1)
    assert trace.selection.stop_s == pytest.approx(20, abs=0.1)
    drag(20, 26)
    assert trace.selection.start_s == pytest.approx(10, abs=0.1)
    assert trace.selection.stop_s == pytest.approx(26, abs=0.1)
    until(lambda: made.figures().span == trace.selection)
    trace.set_view(View(5.0, 35.0))
    drag(12, 14)
    assert trace.view.start_s == pytest.approx(3.0, abs=0.1)
    assert trace.selection.stop_s == pytest.approx(26, abs=0.1)


def test_a_phase_and_a_tag_are_selected_by_enter_and_by_a_click(screen, library):
    made = screen()
    made.open(library("first", events=STEPS))
    assert [phase.title for phase in made.desk.scene.marks.phases] == ["Arrive", "Rest", "Work"]
    made.trace.move_cursor(13.0)
    made.press(KEY.Key_Return)
    assert made.trace.selection == Span(12.0, 16.0)
    assert made.panel.mark == TagSpan(12.0, 16.0, "thought", "worry")
    made.press(KEY.Key_Return)
    assert made.trace.selection == Span(10.0, 25.0)
    spot = next(s for s in made.trace._spots if isinstance(s.what, Phase) and s.what.number == 2)
    left = QtCore.Qt.MouseButton.LeftButton
    QtTest.QTest.mouseClick(made.trace, left, pos=spot.rect.center().toPoint())
    assert made.trace.selection.start_s == 25.0
    item = next(
        made.panel.marks.item(k)
        for k in range(made.panel.marks.count())
        if "worry" in made.panel.marks.item(k).text()
    )
    made.panel.marks.setFocus()
    made.panel.marks.setCurrentItem(item)
    made.press(KEY.Key_Return)
    assert made.trace.selection == Span(12.0, 16.0)


def test_keys_zoom_and_move_and_show_all_again(screen, library):
    made = screen()
    made.open(library("first"))
    whole = made.trace.view
    made.trace.move_cursor(20.0)
    made.press(KEY.Key_Plus, times=3)
    assert made.trace.view.length_s < whole.length_s / 3
    before = made.trace.view
    made.press(KEY.Key_PageDown)
    assert made.trace.view.start_s == pytest.approx(before.start_s + before.length_s / 2)
    made.press(KEY.Key_End)
    assert made.trace.view.stop_s == pytest.approx(whole.stop_s)
    made.press(KEY.Key_Left, SHIFT, times=2)
    assert made.trace.selection.stop_s == pytest.approx(whole.stop_s)
    made.press(KEY.Key_0)
    assert made.trace.view == whole
    made.press(KEY.Key_L)
    assert made.trace.scales()[0].log


def test_the_picture_moves_by_whole_pixels_without_changing_its_shape(app):
    values = np.abs(np.random.default_rng(1).normal(20.0, 6.0, 180_000))
    one = lane("Jaw", values, np.ones(len(values), np.bool_), 0.02)
    trace = TraceView()
    trace.resize(900, 300)
    trace.show_scene(Scene("an hour", 3600.0, (one,), (), NO_MARKS))
    place = known(trace._place())
    trace.set_view(View(100.0, 100.0 + place.lanes[0].width() * 2.0))  # 2 s a pixel
    first = pixels(trace)
    trace.set_view(trace.view.moved(61 * 2.0))
    second = pixels(trace)
    rect = place.lanes[0].toRect().adjusted(4, 40, -4, -3)  # without its name and its frame
    here = first[rect.top() : rect.bottom(), rect.left() + 61 : rect.right()]
    there = second[rect.top() : rect.bottom(), rect.left() : rect.right() - 61]
    assert np.count_nonzero(here[:, 1:] != here[:, :-1]) > 10_000  # there is something to see
    assert np.count_nonzero(here != there) < 0.01 * here.size


def pixels(widget):
    image = QtGui.QImage(widget.size(), QtGui.QImage.Format.Format_RGB32)
    widget.render(image)  # a grab may be scaled to the screen
    bits = image.constBits()
    bits.setsize(image.byteCount())
    return np.frombuffer(bits, np.uint32).reshape(image.height(), image.width()).copy()


def test_close_up_the_samples_themselves_are_shown(screen, library):
    made = screen()
    made.open(library("first"))
    made.trace.set_view(View(10.0, 13.0))
    rect = made.trace._place().lanes[0]
    lower = slice(round(rect.top() + rect.height() * 0.65), round(rect.bottom()) - 2)
    across = slice(round(rect.left()) + 5, round(rect.right()) - 5)
    shown = pixels(made.trace)[lower, across]
    assert len(np.unique(shown)) > 1
    drawn = (shown != shown[0, 0]).any(axis=0)
    assert drawn.mean() > 0.95  # in every column


def test_a_short_span_has_figures_of_its_own(screen, library):
    made = screen()
    made.open(library("first"))
    made.trace.select(Span(20.0, 20.4))
    until(lambda: made.figures().span.stop_s == 20.4)
    assert "0.4 s used" in made.panel.figures.toPlainText()


def test_a_failed_opening_shows_nothing_of_the_session_before(screen, library):
    made = screen()
    made.open(library("first"))
    made.trace.select(Span(5.0, 9.0))
    broken = library("broken")
    (broken / "emg.csv").write_text("nothing\n")
    (broken / "tension.csv").write_text("nothing\n")
    made.window.open(broken)
    until(made.banner)
    assert made.page._status.text() == ""
    assert made.panel._span.text() == ""
    assert made.trace.selection is None
    made.press(KEY.Key_Escape)
    assert made.window.page() is made.list


def test_a_selection_by_the_mouse_ends_where_the_picture_does(screen, library):
    made = screen()
    made.open(library("first"))
    trace = made.trace
    trace.set_view(View(10.0, 30.0))
    left = QtCore.Qt.MouseButton.LeftButton
    for x, edge in ((0, 10.0), (trace.width(), 30.0)):
        trace.select(None)
        QtTest.QTest.mousePress(trace, left, SHIFT, QtCore.QPoint(made.x(20.0), 100))
        at = QtCore.QPointF(x, 100)
        move = QtGui.QMouseEvent(QtCore.QEvent.Type.MouseMove, at, left, left, SHIFT)
        QtWidgets.QApplication.sendEvent(trace, move)
        QtTest.QTest.mouseRelease(trace, left, SHIFT, at.toPoint())
        ends = (trace.selection.start_s, trace.selection.stop_s)
        assert edge in ends
        assert 10.0 <= ends[0] < ends[1] <= 30.0


@pytest.fixture(scope="module")
def eight(tmp_path_factory):
    """A session of eight channels, as another instrument records them."""
    folder = tmp_path_factory.mktemp("eight")
    rng = np.random.default_rng(1)
    rows = (",".join(f"{v:.2f}" for v in row) for row in rng.normal(0, 5, (20_000, 8)))
    names = ",".join(f"EXG Channel {k}" for k in range(8))
    text = "\n".join(f"{k / 1000:.3f},{row}" for k, row in enumerate(rows))
    (folder / "eight.csv").write_text(f"time_s,{names}\n{text}\n")
    return folder / "eight.csv"


def test_each_of_eight_channels_has_its_key_and_they_leave_the_figures_room(screen, eight):
    made = screen(root=eight.parent, path=eight)
    made.window.resize(800, 500)
    until(lambda: made.figures() is not None)
    made.trace.setFocus()
    made.press(KEY.Key_8)
    until(lambda: made.figures().channel == 7)
    assert made.panel.channels.currentText() == "EXG Channel 7 (8)"
    made.press(KEY.Key_9)
    assert made.panel.channel == 7
    line = made.panel.figures.fontMetrics().height()
    assert made.panel.figures.viewport().height() > 5 * line
    assert made.panel.width() < 0.5 * made.window.width()


@pytest.fixture(scope="module")
def slow(tmp_path_factory):
    """A session sampled too slowly for every band, brought in by the command line."""
    root = tmp_path_factory.mktemp("slow")
    rng = np.random.default_rng(1)
    rows = "".join(f"{k / 250:.3f},{v:.3f}\n" for k, v in enumerate(rng.normal(0, 50, 5_000)))
    (root / "slow.csv").write_text(f"time_s,jaw_uv\n{rows}")
    command = ["import", str(root / "slow.csv"), "--out", str(root / "sessions" / "slow")]
    done = CliRunner().invoke(cli, command)
    assert done.exit_code == 0, done.output
    return root / "sessions" / "slow"


def test_a_session_without_tension_is_listed_and_its_samples_are_shown(screen, slow):
    made = screen(root=slow.parent)
    until(lambda: made.list.model.rows[0].quality is not None)
    (row,) = made.list.model.rows
    assert not row.trouble
    assert row.cells[5:7] == ("–", "–")
    made.open(slow)
    assert made.banner() == ""
    assert "250 Hz is too low" in made.panel.figures.toPlainText()
    rect = made.trace._place().lanes[0].toRect().adjusted(5, 30, -5, -3)
    made.trace.set_view(View(10.0, 12.0))
    shown = pixels(made.trace)[rect.top() : rect.bottom(), rect.left() : rect.right()]
    drawn = (shown != shown[0, 0]).sum(axis=0)
    assert (drawn > 0).mean() > 0.95  # the samples, in nearly every column
    assert np.ptp(np.argmax(shown != shown[0, 0], axis=0)) > 0.4 * rect.height()


def test_the_largest_text_leaves_rows_and_lines_in_a_small_window(screen, library):
    for k in range(5):
        folder = library(f"s{k}", day=k + 1)
    made = screen()
    made.window.choices.settings.text_scale = 2.5
    made.window.apply_looks()
    made.window.resize(800, 500)
    QtWidgets.QApplication.processEvents()
    assert (made.window.width(), made.window.height()) == (800, 500)
    table = made.list.table
    assert table.viewport().height() >= 3 * table.rowHeight(0)
    made.open(folder)
    figures = made.panel.figures
    assert (made.window.width(), made.window.height()) == (800, 500)
    assert figures.viewport().height() >= 3 * figures.fontMetrics().height()
    assert made.panel.rect().contains(made.panel._foot.geometry())
    assert made.page.rect().contains(made.page._foot.geometry())
    made.window.choices.settings.text_scale = 1.0
    made.window.apply_looks()
    assert made.page._status.isVisible()


# Tags


def test_a_tag_is_added_changed_removed_and_taken_back_by_the_keyboard(screen, library):
    folder = library("first", events=STEPS)
    made = screen()
    made.open(folder)

    def tags():
        return [(t.start_s, t.stop_s, t.words) for t in open_review(folder).marks.tags]

    before = (12.0, 16.0, "thought: worry")
    made.trace.select(Span(20.0, 30.0))
    made.press(KEY.Key_A)
    made.type("posture: slouching")
    made.press(KEY.Key_Return)
    assert tags() == [before, (20.0, 30.0, "posture: slouching")]
    assert len(made.desk.scene.marks.tags) == 2
    assert made.trace.hasFocus()
    made.press(KEY.Key_Z, CTRL)
    assert tags() == [before]
    made.trace.move_cursor(13.0)
    made.press(KEY.Key_Return)
    made.press(KEY.Key_E)
    made.trace.select(Span(11.0, 14.0))
    made.type("thought: hurry")
    made.press(KEY.Key_Return)
    assert tags() == [(11.0, 14.0, "thought: hurry")]
    made.press(KEY.Key_Escape)
    made.press(KEY.Key_Return)  # the cursor is at its start
    made.press(KEY.Key_Delete)
    assert tags() == []
    made.press(KEY.Key_Z, CTRL, times=2)
    assert tags() == [before]
    made.press(KEY.Key_Z, CTRL)
    assert "no change to undo" in made.banner()
    kinds = [event.kind for event in open_session(folder).events()]
    assert kinds.count("step") == 3


def test_a_note_is_added_at_the_cursor(screen, library):
    folder = library("first")
    made = screen()
    made.open(folder)
    made.trace.move_cursor(21.0)
    made.press(KEY.Key_N)
    made.type("the door bell")
    made.press(KEY.Key_Return)
    notes = [(r.time_s, r.text) for r in open_review(folder).marks.remarks if r.kind == "note"]
    assert notes == [(21.0, "the door bell")]


def test_a_stretch_is_marked_as_rest_by_the_keyboard_and_taken_back(screen, library, monkeypatch):
    # Desk work is no rest, but this is about the keys.
    monkeypatch.setattr("unclench.training.placement.resting._steady", lambda *_: 9.0)
    monkeypatch.setattr("unclench.training.placement.resting.RESTLESS", 9.0)
    folder = library("first", events=STEPS)
    made = screen()
    made.open(folder)
    assert made.figures().rest.share is None
    made.press(KEY.Key_M)
    assert "select it first" in made.banner()
    made.trace.select(Span(15.0, 20.0))
    made.press(KEY.Key_M)
    made.press(KEY.Key_Return)
    assert "0:15 to 0:20 is 5 s; rest takes 20 s to 10 min" in made.banner()
    made.press(KEY.Key_Escape)
    made.trace.select(Span(10.0, 35.0))
    made.press(KEY.Key_M)
    made.press(KEY.Key_Return)
    until(lambda: made.figures().rest.share is not None)
    assert made.figures() == open_review(folder).figures(0, Span(10.0, 35.0))
    assert "Rest: marked from 0:10 to 0:35" in made.panel.figures.toPlainText()
    assert "Rest of Left shoulder: marked from 0:10 to 0:35" in made.page._notes.text()
    assert made.trace.hasFocus()
    made.press(KEY.Key_2)
    until(lambda: made.figures().label == "Jaw")
    assert made.figures().rest.share is None  # each channel has its own rest
    made.press(KEY.Key_Z, CTRL)
    made.press(KEY.Key_1)
    until(lambda: made.figures().label == "Left shoulder")
    assert made.figures().rest.share is None


def test_a_session_still_being_recorded_is_not_edited(screen, library):
    folder = library("first", ended="running")
    made = screen()
    made.open(folder)
    (folder / "emg.csv").touch()  # as its recorder does twice a second
    made.trace.select(Span(20.0, 30.0))
    made.press(KEY.Key_A)
    made.type("posture: slouching")
    before = (folder / "events.csv").read_bytes()
    made.press(KEY.Key_Return)
    assert "still being recorded" in made.banner()
    assert (folder / "events.csv").read_bytes() == before


def test_a_strangers_csv_is_shown_but_has_no_place_for_tags(screen, library, tmp_path):
    rng = np.random.default_rng(1)
    rows = "".join(f"{k / 1000:.3f},{v:.3f}\n" for k, v in enumerate(rng.normal(0, 5, 20_000)))
    path = tmp_path / "stranger.csv"
    path.write_text(f"time_s,neck_uv\n{rows}")
    made = screen(path=path)
    until(lambda: made.figures() is not None)
    assert made.figures().used_s > 15
    made.press(KEY.Key_A)
    assert "Import it with" in made.banner()
    assert not made.page.row.isVisible()


def test_a_session_that_does_not_open_says_why(screen, library):
    folder = library("first")
    made = screen()
    (folder / "session.json").unlink()
    made.window.open(folder)
    until(made.panel.figures.toPlainText)
    assert "not a session folder" in made.panel.figures.toPlainText()
    made.press(KEY.Key_Escape)
    assert made.window.page() is made.list


def test_two_windows_do_not_write_over_each_others_tags(screen, library):
    folder = library("first")
    one = screen()
    one.open(folder)
    other = screen()
    other.open(folder)

    def tag(made, start_s, words):
        activate(made.window)
        made.trace.setFocus()
        made.trace.select(Span(start_s, start_s + 2))
        made.press(KEY.Key_A)
        made.type(words)
        made.press(KEY.Key_Return)

    def tags():
        return [t.words for t in open_review(folder).marks.tags]

    tag(one, 10, "posture: slouching")
    tag(other, 20, "thought: worry")
    assert "in the meantime" in other.banner()
    assert tags() == ["posture: slouching"]
    assert [t.words for t in other.desk.scene.marks.tags] == ["posture: slouching"]  # read anew
    assert other.page.row.isVisible()  # with the words as they were typed
    other.press(KEY.Key_Return)
    assert tags() == ["posture: slouching", "thought: worry"]
    activate(one.window)
    one.trace.setFocus()
    one.press(KEY.Key_Z, CTRL)
    assert "in the meantime" in one.banner()
    assert tags() == ["posture: slouching", "thought: worry"]
    assert not one.desk.undoable


def test_an_edited_tag_stays_selected(screen, library):
    made = screen()
    made.open(library("first", events=STEPS))
    made.trace.move_cursor(13.0)
    made.press(KEY.Key_Return)
    made.press(KEY.Key_E)
    made.type("thought: hurry")
    made.press(KEY.Key_Return)
    assert made.panel.mark == TagSpan(12.0, 16.0, "thought", "hurry")
    made.press(KEY.Key_Z, CTRL)
    assert made.panel.mark == TagSpan(12.0, 16.0, "thought", "worry")


# Beyond one session


def test_two_of_one_site_are_compared_and_others_say_why_not(screen, library):
    one = library("one", day=1)
    two = library("two", day=2)
    other = library("other", day=3, sites=["Left hip", "Forehead"])
    narrow = {"name": "narrow", "low_hz": 100.0, "high_hz": 200.0, "order": 4}
    banded = library("banded", day=4, band=narrow)
    made = screen()
    page = made.window.compare_page

    def said(first, second):
        made.window.compare(first, second)
        until(lambda: "Reading" not in page.figures.toPlainText())
        return page.figures.toPlainText()

    made.list.table.setFocus()
    made.list.choose(two)
    made.press(KEY.Key_Down, SHIFT)
    made.press(KEY.Key_C)
    assert made.window.page() is page
    until(lambda: "Reading" not in page.figures.toPlainText())
    text = page.figures.toPlainText()
    assert "Left shoulder" in text
    assert "Jaw" in text
    assert "no clear difference" in text or "the same" in text  # they are the same recording
    assert page._titles[0].text() == "First: one"
    assert page.traces[0].scales() == page.traces[1].scales()
    page.traces[0].zoom(2.0)
    assert page.traces[1].view == page.traces[0].view
    assert "Every muscle has its own tension" in said(one, other)
    assert "Tension depends on the band" in said(one, banded)
    made.press(KEY.Key_Escape)
    assert made.window.page() is made.list


def test_export_writes_the_format_that_is_chosen(screen, library):
    folder = library("first")
    made = screen()
    made.open(folder)
    made.press(KEY.Key_X)
    dialog = made.window.findChild(ExportDialog)
    dialog.format.setCurrentIndex(dialog.format.findData("csv"))
    assert dialog.target.text() == str(folder.parent / "first.csv")
    dialog.target.setFocus()
    made.press(KEY.Key_Return)
    until(lambda: "Saved to" in dialog.news.text())
    assert (folder.parent / "first.csv").stat().st_size > 100_000
    made.press(KEY.Key_Escape)
    assert not dialog.isVisible()


def test_the_report_is_made_and_opened(screen, library, monkeypatch):
    folder = library("first", events=STEPS)
    shown: list[Path] = []
    monkeypatch.setattr(review_window, "show_outside", shown.append)
    made = screen()
    made.open(folder)
    made.press(KEY.Key_R)
    until(lambda: shown)
    assert shown == [folder / "report.html"]
    assert "<html" in shown[0].read_text()[:500]


def test_closing_ends_all_work_at_once(screen, library):
    for k in range(3):
        library(f"s{k}", day=k + 1)
    made = screen()
    made.window.open(library.root / "s0")
    made.window.close()
    heard: list[object] = []
    made.desk.ready.connect(heard.append)
    made.window.list.updated.connect(heard.append)
    mine = [t for t in threading.enumerate() if t.name.startswith("review:")]
    until(lambda: not any(t.is_alive() for t in mine))
    QtWidgets.QApplication.processEvents()
    assert heard == []


def test_every_control_has_a_name_for_those_who_do_not_see_it(screen, library):
    made = screen()
    made.open(library("first", events=STEPS))
    kinds = (QtWidgets.QAbstractButton, QtWidgets.QLineEdit, QtWidgets.QComboBox)
    pages = (made.list, made.page, made.window.compare_page)
    for page in pages:
        for kind in kinds:
            for each in page.findChildren(kind):
                inner = isinstance(each.parent(), QtWidgets.QComboBox | QtWidgets.QLineEdit)
                if each.objectName().startswith("qt_") or inner:
                    continue
                if isinstance(each.parent(), QtWidgets.QTableView):
                    continue
                assert each.accessibleName() or (isinstance(each, kinds[0]) and each.text())
    assert "Cursor at 0:00" in made.trace.accessibleDescription()
    made.trace.select(Span(3.0, 8.0))
    assert "Selected from 0:03 to 0:08" in made.trace.accessibleDescription()
