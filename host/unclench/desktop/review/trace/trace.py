"""The trace of a session: zoom, move along, and select a span."""

from __future__ import annotations

from typing import Literal

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.review.trace.axes import TensionScale, TimeScale, View, round_up, time_words
from unclench.desktop.review.trace.painting import ScenePainter, Spot
from unclench.desktop.review.trace.place import Places, places, rows_of
from unclench.desktop.review.trace.scene import Scene
from unclench.desktop.theme import LIGHT, Theme
from unclench.review.results import Remark, Span
from unclench.translation import tr

_ZOOM = 1.25  # a step of the wheel or of + and -
_KEY_STEP = 1 / 40  # of the view
_GRIP = 6  # pixels around an edge of the selection
_CLICK = 4  # pixels that the mouse may move during a click
_TOPS = 2.0

Drag = Literal["", "pan", "start", "stop", "new"]


class TraceView(QtWidgets.QWidget):
    """Shows a session's tension over time. Keys can do all that the mouse can."""

    selected = QtCore.pyqtSignal(object)  # Span, or None for the whole session
    viewed = QtCore.pyqtSignal(object)  # View, changed by a person
    pointed = QtCore.pyqtSignal(object)  # Phase, TagSpan or Remark that was clicked
    cursor_moved = QtCore.pyqtSignal(float)
    scaled = QtCore.pyqtSignal(bool, float)  # logarithmic; factor of the scale's top

    def __init__(self) -> None:
        super().__init__()
        self.scene: Scene | None = None
        self.view = View(0.0, 1.0)
        self.selection: Span | None = None
        self.cursor_s = 0.0
        self.log = False
        self._times = 1.0  # factor of the scale's top
        self._shared: tuple[float, float] | None = None  # length and peak of two compared sessions
        self._theme = LIGHT
        self._small = QtGui.QFont()
        self._spots: list[Spot] = []
        self._drag: Drag = ""
        self._pressed = QtCore.QPointF()
        self._view_then = self.view
        self._anchor_s = 0.0
        self.frames = 0  # painted so far
        self.setMouseTracking(True)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(240, 120)
        self.setAccessibleName(tr("Trace"))

    # Content

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Set colours and text size."""
        self._theme = theme
        self._small.setPointSizeF(9 * text_scale)
        self.update()

    def show_scene(self, scene: Scene | None, keep_view: bool = False) -> None:
        """Show a session: all of it, or the part that is already in view."""
        self.scene = scene
        if not keep_view:
            self.selection, self.cursor_s, self._times = None, 0.0, 1.0
            self._shared = None
            self.view = View(0.0, self.whole_s)
        self._describe()
        self.update()

    def set_view(self, view: View) -> None:
        """Show a stretch of time."""
        if self.scene is not None:
            self.view = view.within(self.whole_s)
            self.update()

    def set_scale(self, log: bool, times: float) -> None:
        """Set a linear or logarithmic scale, and the factor of its usual top."""
        self.log, self._times = log, times
        self.update()

    def share_scale(self, whole_s: float, peak_uv: float) -> None:
        """Use the length and peak of two sessions, so that both can be compared by eye."""
        if self._shared != (whole_s, peak_uv):
            self._shared = whole_s, peak_uv
            self.set_view(View(0.0, whole_s))

    @property
    def whole_s(self) -> float:
        """Length of the time axis."""
        own_s = self.scene.duration_s if self.scene is not None else 0.0
        return max(0.1, own_s, self._shared[0] if self._shared else 0.0)

    def select(self, span: Span | None) -> None:
        """Select a stretch of time, or the whole session (None)."""
        if span is not None and self.scene is not None:
            low, high = sorted((span.start_s, span.stop_s))
            span = Span(max(0.0, low), min(self.scene.duration_s, high))
        if span != self.selection:
            self.selection = span
            self.selected.emit(span)
            self._describe()
            self.update()

    def show_span(self, span: Span) -> None:
        """Select a span and bring it into view, with some margin."""
        self.select(span)
        self.cursor_s = span.start_s
        air_s = max(span.length_s * 0.15, 1.0)
        if not self.view.start_s <= span.start_s <= span.stop_s <= self.view.stop_s:
            self._look(View(span.start_s - air_s, span.stop_s + air_s))

    def fit(self) -> None:
        """Show all of it."""
        if self.scene is not None:
            self._look(View(0.0, self.whole_s))

    def fit_selection(self) -> None:
        """Fill the view with the selected span."""
        if self.selection is not None and self.selection.length_s > 0:
            air_s = self.selection.length_s * 0.03
            self._look(View(self.selection.start_s - air_s, self.selection.stop_s + air_s))

    def zoom(self, times: float, about_s: float | None = None) -> None:
        """Zoom in (more than 1) or out, around `about_s` or else the cursor."""
        if about_s is None:
            inside = self.view.start_s <= self.cursor_s <= self.view.stop_s
            middle_s = (self.view.start_s + self.view.stop_s) / 2
            about_s = self.cursor_s if inside else middle_s
        self._look(self.view.zoomed(times, about_s))

    def move_cursor(self, to_s: float) -> None:
        """Move the cursor to a moment; the view follows."""
        if self.scene is None:
            return
        self.cursor_s = min(max(0.0, to_s), self.scene.duration_s)
        if self.cursor_s < self.view.start_s:
            self._look(self.view.moved(self.cursor_s - self.view.start_s))
        elif self.cursor_s > self.view.stop_s:
            self._look(self.view.moved(self.cursor_s - self.view.stop_s))
        self.cursor_moved.emit(self.cursor_s)
        self._describe()
        self.update()

    def scales(self) -> tuple[TensionScale, ...]:
        """Return each lane's scale: the same for all, so that lanes compare by eye."""
        if self.scene is None:
            return ()
        peak_uv = max(lane.peak_uv for lane in self.scene.lanes)
        peak_uv = max(peak_uv, self._shared[1] if self._shared else 0.0)
        top_uv = round_up(max(peak_uv, 1.0)) * self._times
        return (TensionScale(top_uv, self.log),) * len(self.scene.lanes)

    def _look(self, view: View) -> None:
        self.set_view(view)
        self.viewed.emit(self.view)

    def _describe(self) -> None:
        if self.scene is None:
            self.setAccessibleDescription(tr("No session is open."))
            return
        at, whole = time_words(self.cursor_s), time_words(self.scene.duration_s)
        words = tr("Cursor at {at} of {whole}.", at=at, whole=whole)
        if self.selection is not None:
            start, stop = time_words(self.selection.start_s), time_words(self.selection.stop_s)
            words += " " + tr("Selected from {start} to {stop}.", start=start, stop=stop)
        self.setAccessibleDescription(words)

    # Painting

    def _place(self) -> Places | None:
        if self.scene is None or not self.scene.lanes:
            return None
        _, tag_rows = rows_of(self.scene.marks.tags)
        return places(self.scene, tag_rows, self.size(), QtGui.QFontMetricsF(self._small))

    def _time(self, place: Places) -> TimeScale:
        return TimeScale(self.view, place.lanes[0].left(), place.lanes[0].width())

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw what is in view."""
        painter = QtGui.QPainter(self)
        painter.fillRect(self.rect(), QtGui.QColor(self._theme.page))
        place = self._place()
        if place is None or self.scene is None:
            return
        drawing = ScenePainter(
            painter, self.scene, place, self._time(place), self._theme, self._small
        )
        drawing.paint(self.scales())
        if self.selection is not None:
            drawing.selection(self.selection)
        drawing.cursor(self.cursor_s, self.hasFocus())
        self._spots = drawing.spots
        self.frames += 1

    # The mouse

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Zoom at the pointer; with Shift or sideways move along; with Ctrl scale tension."""
        place = self._place()
        if place is None:
            return
        steps, aside = event.angleDelta().y() / 120, event.angleDelta().x() / 120
        modifiers, held = event.modifiers(), QtCore.Qt.KeyboardModifier
        if modifiers & held.ShiftModifier or (aside and not steps):
            self._look(self.view.moved(-(steps or aside) * self.view.length_s / 10))
        elif modifiers & held.ControlModifier:
            self.scale_by(_TOPS**-steps)
        else:
            at_s = self._time(place).time_s(event.position().x())
            self.zoom(_ZOOM**steps, at_s)
        event.accept()

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Start to drag: a new selection with Shift, an edge of the selection, or the view."""
        place = self._place()
        if place is None or event.button() != QtCore.Qt.MouseButton.LeftButton:
            return
        self._pressed, self._view_then = event.localPos(), self.view
        at_s = self._time(place).time_s(event.localPos().x())
        edge = self._edge_at(event.localPos(), place)
        if event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier:
            self._drag, self._anchor_s = "new", at_s
        elif edge and self.selection is not None:
            self._drag = edge
            other = self.selection.stop_s if edge == "start" else self.selection.start_s
            self._anchor_s = other
        else:
            self._drag = "pan"

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Drag, or show by the pointer's shape what can be dragged."""
        place = self._place()
        if place is None:
            return
        time = self._time(place)
        if self._drag == "pan":
            moved = event.localPos().x() - self._pressed.x()
            self._look(self._view_then.moved(-moved * time.pixel_s))
        elif self._drag:
            at_s = time.time_s(event.localPos().x())
            at_s = min(max(at_s, self.view.start_s), self.view.stop_s)
            self.select(Span(self._anchor_s, at_s))
        else:
            shape = QtCore.Qt.CursorShape
            edge = self._edge_at(event.localPos(), place)
            spot = self._spot_at(event.localPos())
            self.setCursor(
                shape.SizeHorCursor
                if edge
                else shape.PointingHandCursor
                if spot
                else shape.ArrowCursor
            )
            self.setToolTip(spot.words if spot else "")

    def mouseReleaseEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Treat a press without movement as a click."""
        place, drag = self._place(), self._drag
        self._drag = ""
        if place is None or not drag:
            return
        if (event.localPos() - self._pressed).manhattanLength() > _CLICK:
            return
        spot = self._spot_at(event.localPos())
        if spot is not None:
            self.point_at(spot.what)
        else:
            self.move_cursor(self._time(place).time_s(event.localPos().x()))

    def point_at(self, what: object) -> None:
        """Select a phase or a tag, or go to a note."""
        if isinstance(what, Remark):
            self.move_cursor(what.time_s)
        elif isinstance(what, Span):
            self.cursor_s = what.start_s
            self.select(Span(what.start_s, what.stop_s))
        self.pointed.emit(what)

    def _edge_at(self, at: QtCore.QPointF, place: Places) -> Drag:
        if self.selection is None or not place.ground.contains(at):
            return ""
        time = self._time(place)
        if abs(time.x(self.selection.stop_s) - at.x()) <= _GRIP:
            return "stop"
        return "start" if abs(time.x(self.selection.start_s) - at.x()) <= _GRIP else ""

    def _spot_at(self, at: QtCore.QPointF) -> Spot | None:
        under = [spot for spot in self._spots if spot.rect.contains(at)]
        return min(under, key=lambda spot: spot.rect.width(), default=None)

    # The keys

    def scale_by(self, times: float) -> None:
        """Multiply the scale's top by a factor."""
        self.set_scale(self.log, min(16.0, max(1 / 1024, self._times * times)))
        self.scaled.emit(self.log, self._times)

    def toggle_log(self) -> None:
        """Switch between a linear and a logarithmic scale."""
        self.set_scale(not self.log, self._times)
        self.scaled.emit(self.log, self._times)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Handle the keys that the help lists."""
        if self.scene is None or not self._do(event):
            event.ignore()

    def _do(self, event: QtGui.QKeyEvent) -> bool:
        key, keys = event.key(), QtCore.Qt.Key
        shift = bool(event.modifiers() & QtCore.Qt.KeyboardModifier.ShiftModifier)
        assert self.scene is not None
        step_s = self.view.length_s * _KEY_STEP
        moves = {
            keys.Key_Left: self.cursor_s - step_s,
            keys.Key_Right: self.cursor_s + step_s,
            keys.Key_Home: 0.0,
            keys.Key_End: self.scene.duration_s,
        }
        if key in moves:
            self._step(moves[key], shift)
        elif key in (keys.Key_PageUp, keys.Key_PageDown):
            half_s = self.view.length_s / 2
            self._look(self.view.moved(half_s if key == keys.Key_PageDown else -half_s))
        elif key in (keys.Key_Up, keys.Key_Down):
            self.scale_by(1 / _TOPS if key == keys.Key_Up else _TOPS)
        elif key in (keys.Key_Return, keys.Key_Enter):
            self._select_here()
        elif key == keys.Key_Escape and self.selection is not None:
            self.select(None)
        else:
            return self._do_letter(event.text())
        return True

    def _do_letter(self, letter: str) -> bool:
        assert self.scene is not None
        if letter in ("+", "="):
            self.zoom(_ZOOM**2)
        elif letter == "-":
            self.zoom(_ZOOM**-2)
        elif letter == "0":
            self.fit()
        elif letter in ("[", "]"):
            self.set_end(letter)
        else:
            return False
        return True

    def set_end(self, which: str) -> None:
        """Begin ("[") or end ("]") the selected span at the cursor."""
        if self.scene is None:
            return
        known = self.selection or Span(0.0, self.scene.duration_s)
        if which == "[":
            stop_s = known.stop_s if known.stop_s > self.cursor_s else self.scene.duration_s
            self.select(Span(self.cursor_s, stop_s))
        else:
            self.select(
                Span(known.start_s if known.start_s < self.cursor_s else 0.0, self.cursor_s)
            )

    def _step(self, to_s: float, shift: bool) -> None:
        """Move the cursor; with Shift extend the selection."""
        was_s = self.cursor_s
        self.move_cursor(to_s)
        if not shift:
            return
        if self.selection is not None and was_s in (self.selection.start_s, self.selection.stop_s):
            ends = (self.selection.start_s, self.selection.stop_s)
            self.select(Span(ends[0] if was_s == ends[1] else ends[1], self.cursor_s))
        else:
            self.select(Span(was_s, self.cursor_s))

    def _select_here(self) -> None:
        """Select the shortest tag or phase at the cursor; pressed again, the next one."""
        assert self.scene is not None
        marks = self.scene.marks
        here = [s for s in (*marks.tags, *marks.phases) if s.start_s <= self.cursor_s <= s.stop_s]
        here.sort(key=lambda span: span.length_s)
        spans = [Span(span.start_s, span.stop_s) for span in here]
        at = spans.index(self.selection) + 1 if self.selection in spans else 0
        if here:
            self.select(spans[at % len(spans)])
            self.pointed.emit(here[at % len(here)])
