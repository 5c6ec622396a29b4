"""Paints a scene: lanes, scales, phases, tags, notes and the selected span."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyqtgraph as pg
from pyqtgraph.Qt import QtCore, QtGui

from unclench.desktop.review.trace.axes import TensionScale, TimeScale
from unclench.desktop.review.trace.lines import RAW_BELOW_S, draw_raw, draw_tension
from unclench.desktop.review.trace.place import Places, rows_of
from unclench.desktop.review.trace.scene import Lane, Scene
from unclench.desktop.theme import Theme
from unclench.report.words import why_words
from unclench.review.results import Excluded, Phase, Remark, Span, TagSpan
from unclench.translation import tr
from unclench.wording import length

_ROLE_TONES = {"baseline": "good", "activity": "warn", "recovery": "accent", "other": "quiet"}
_PHASE_ALPHA = 26
_SELECTED_ALPHA = 40
_REST_ALPHA = 50
_LEAST_BAR = 5.0  # pixels: a moment stays visible and can be clicked
_TENSION_SHARE = 0.55  # of a lane's height, if the samples are drawn below
_ALIGN = QtCore.Qt.AlignmentFlag
_LEFT = _ALIGN.AlignLeft | _ALIGN.AlignVCenter
_ELIDE = QtCore.Qt.TextElideMode.ElideRight


@dataclass(frozen=True)
class Spot:
    """Something on the trace that can be clicked."""

    rect: QtCore.QRectF
    what: Phase | TagSpan | Remark
    words: str


class ScenePainter:
    """Paints one frame; afterwards `spots` holds what can be clicked."""

    def __init__(
        self,
        painter: QtGui.QPainter,
        scene: Scene,
        place: Places,
        time: TimeScale,
        theme: Theme,
        small: QtGui.QFont,
    ) -> None:
        self._painter = painter
        self._scene = scene
        self._place = place
        self._time = time
        self._theme = theme
        self._metrics = QtGui.QFontMetricsF(small)
        self.spots: list[Spot] = []
        painter.setFont(small)

    def paint(self, scales: tuple[TensionScale, ...]) -> None:
        """Paint everything except selection and cursor."""
        painter, place = self._painter, self._place
        self._axis()
        for lane in place.lanes:
            painter.fillRect(lane, QtGui.QColor(self._theme.card))
        self._phases()
        for k, rect in enumerate(place.lanes):
            self._lane(k, rect, self._scene.lanes[k], scales[k])
        self._tags()
        self._remarks()

    # Scales

    def _axis(self) -> None:
        painter, axis = self._painter, self._place.axis
        ground = self._place.ground
        for time_s, words in self._time.ticks(self._metrics.horizontalAdvance("00:00:00") + 24):
            x = self._time.x(time_s)
            painter.setPen(pg.mkPen(self._theme.edge))
            painter.drawLine(QtCore.QLineF(x, ground.bottom(), x, axis.top() + 4))
            painter.setPen(QtGui.QColor(self._theme.quiet))
            width = self._metrics.horizontalAdvance(words)
            left = min(max(x - width / 2, axis.left()), axis.right() - width)
            painter.drawText(QtCore.QRectF(left, axis.top() + 3, width + 2, axis.height()), words)

    def _grid(self, rect: QtCore.QRectF, scale: TensionScale) -> None:
        painter = self._painter
        most = max(1, int(rect.height() / (self._metrics.height() * 2.4)))
        lowest = rect.bottom() + self._metrics.height()
        for value in scale.ticks(most):
            y = rect.bottom() - scale.height(value) * rect.height()
            painter.setPen(pg.mkPen(self._theme.grid))
            painter.drawLine(QtCore.QLineF(rect.left(), y, rect.right(), y))
            if lowest - y < self._metrics.height() * 0.9:
                continue
            lowest = y
            self._scale_words(rect, y, f"{value:g}")

    def _scale_words(self, rect: QtCore.QRectF, y: float, words: str) -> None:
        height = self._metrics.height()
        top = min(max(y - height / 2, rect.top() - 2), rect.bottom() - height + 2)
        self._painter.setPen(QtGui.QColor(self._theme.quiet))
        self._painter.drawText(
            QtCore.QRectF(0, top, rect.left() - 6, height),
            _ALIGN.AlignRight | _ALIGN.AlignVCenter,
            words,
        )

    # Lanes

    def _lane(self, k: int, rect: QtCore.QRectF, lane: Lane, scale: TensionScale) -> None:
        painter, recording = self._painter, self._scene.recording
        raw = recording is not None and self._time.view.length_s <= RAW_BELOW_S
        upper = QtCore.QRectF(rect)
        if raw and not lane.empty:
            upper.setHeight(rect.height() * _TENSION_SHARE)
        if not lane.empty:
            self._grid(upper, scale)
        painter.save()
        painter.setClipRect(rect)
        if not (raw and lane.empty):  # only the samples are drawn there
            self._hatch(k, rect)
        self._rest(k, rect)
        colour = self._theme.channel(k)
        if lane.floor_uv > 0:
            y = upper.bottom() - scale.height(lane.floor_uv) * upper.height()
            painter.setPen(pg.mkPen(self._theme.quiet, style=QtCore.Qt.PenStyle.DashLine))
            painter.drawLine(QtCore.QLineF(upper.left(), y, upper.right(), y))
        draw_tension(painter, lane.doubtful, self._time, scale, upper, self._theme.quiet)
        draw_tension(painter, lane.used, self._time, scale, upper, colour)
        words = tr("{site} · tension, µV", site=lane.label)
        if lane.empty and raw:
            words = tr("{site} · no tension", site=lane.label)
        elif lane.empty:
            words = tr(
                "{site} · no tension; zoom in to under {seconds:g} s to see the samples",
                site=lane.label,
                seconds=RAW_BELOW_S,
            )
        if raw and recording is not None:
            lower = QtCore.QRectF(rect)
            if not lane.empty:
                lower.setTop(upper.bottom() + 4)
            half_uv = draw_raw(
                painter, recording, self._scene.origin, k, self._time, lower, self._theme.quiet
            )
            samples = tr("as sampled, ±{uv:g} µV", uv=half_uv) if half_uv else tr("no samples here")
            if lane.empty:
                words = f"{words}; {samples}"
            else:
                self._name(lower, samples)
        self._name(upper, words)
        painter.restore()
        painter.setPen(pg.mkPen(self._theme.edge))
        painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
        painter.drawRect(rect)

    def _name(self, rect: QtCore.QRectF, words: str) -> None:
        words = self._metrics.elidedText(words, _ELIDE, rect.width() - 12)
        self._on_ground(QtCore.QPointF(rect.left() + 5, rect.top() + 3), words)

    def _on_ground(self, at: QtCore.QPointF, words: str) -> None:
        """Words that stay readable over a line or a hatch."""
        width, height = self._metrics.horizontalAdvance(words), self._metrics.height()
        rect = QtCore.QRectF(at.x(), at.y(), width + 6, height)
        ground = QtGui.QColor(self._theme.card)
        ground.setAlpha(215)
        self._painter.fillRect(rect, ground)
        self._painter.setPen(QtGui.QColor(self._theme.quiet))
        self._painter.drawText(rect.adjusted(3, 0, 0, 0), _LEFT, words)

    def _hatch(self, k: int, rect: QtCore.QRectF) -> None:
        grey = QtGui.QColor(self._theme.quiet)
        grey.setAlpha(70)
        brush = QtGui.QBrush(grey, QtCore.Qt.BrushStyle.BDiagPattern)
        right = rect.left()
        own = [e for e in self._scene.excluded if e.channel == k and self._seen(e)]
        for part, said in self._merged(own):
            why = why_words(said)
            self._painter.fillRect(part.intersected(rect).united(_thin(part, rect)), brush)
            where = part.intersected(rect)
            width = self._metrics.horizontalAdvance(why) + 6
            if where.width() > width + 8 and where.left() >= right:
                at = QtCore.QPointF(where.left() + 4, rect.bottom() - self._metrics.height() - 3)
                self._on_ground(at, why)
                right = at.x() + width

    def _rest(self, k: int, rect: QtCore.QRectF) -> None:
        """Tint the time that was marked as the channel's rest."""
        for rest in self._scene.marks.rests:
            named = self._scene.channels[k : k + 1] == (rest.channel,)
            if not named or rest.calibration is not None or not self._seen(rest):
                continue
            part = _thin(self._across(rest), rect)
            tone = QtGui.QColor(self._theme.tone("good"))
            self._painter.setPen(pg.mkPen(tone))
            for x in (part.left(), part.right()):
                self._painter.drawLine(QtCore.QLineF(x, rect.top(), x, rect.bottom()))
            tone.setAlpha(_REST_ALPHA)
            self._painter.fillRect(part, tone)
            words = tr("marked as rest")
            if part.width() > self._metrics.horizontalAdvance(words) + 14:
                at = QtCore.QPointF(part.left() + 4, rect.bottom() - self._metrics.height() - 3)
                self._on_ground(at, words)

    def _merged(self, spans: Iterable[Excluded]) -> list[tuple[QtCore.QRectF, str]]:
        """Return rectangles of spans; those of one reason that touch on screen are merged."""
        merged: list[tuple[QtCore.QRectF, str]] = []
        for each in spans:
            part = self._across(each)
            if merged and merged[-1][1] == each.why and part.left() - merged[-1][0].right() < 1.0:
                merged[-1][0].setRight(max(part.right(), merged[-1][0].right()))
            else:
                merged.append((part, each.why))
        return merged

    # Phases, tags and notes

    def _phases(self) -> None:
        strip = self._place.phases
        for phase in self._scene.marks.phases:
            if not self._seen(phase):
                continue
            part = _thin(self._across(phase), self._place.ground)
            tone = QtGui.QColor(self._theme.tone(_ROLE_TONES[phase.role]))
            if phase.start_s > self._time.view.start_s:
                x, bottom = part.left(), self._place.lanes[-1].bottom()
                self._painter.setPen(pg.mkPen(tone))
                self._painter.drawLine(QtCore.QLineF(x, strip.top(), x, bottom))
            tone.setAlpha(_PHASE_ALPHA)
            for rect in (strip, *self._place.lanes):
                self._painter.fillRect(_thin(part, rect), tone)
            rect = _thin(part, strip)
            self._words_in(rect, phase.title or phase.kind)
            self.spots.append(Spot(rect, phase, _spot_words(phase, phase.title or phase.kind)))

    def _tags(self) -> None:
        place = self._place
        tags = self._scene.marks.tags if place.tags.height() else ()
        rows, _ = rows_of(tags)
        ends: dict[int, float] = {}
        for tag, row in zip(tags, rows, strict=True):
            if not self._seen(tag):
                continue
            part = self._across(tag).intersected(place.ground)
            y = place.tags.top() + row * place.tag_height
            bar = QtCore.QRectF(part.left(), y + 2, max(_LEAST_BAR, part.width()), 0)
            bar.setHeight(place.tag_height - 4)
            tone = QtGui.QColor(self._theme.accent)
            tone.setAlpha(70)
            self._painter.setPen(pg.mkPen(self._theme.accent))
            self._painter.setBrush(tone)
            self._painter.drawRoundedRect(bar, 3, 3)
            name = tag.text
            self._words_beside(bar, name, tags, rows, row, ends)
            self.spots.append(Spot(bar, tag, _spot_words(tag, tag.words)))

    def _words_beside(
        self,
        bar: QtCore.QRectF,
        name: str,
        tags: tuple[TagSpan, ...],
        rows: list[int],
        row: int,
        ends: dict[int, float],
    ) -> None:
        """Write inside a bar if the words fit, else after it, up to the next bar."""
        width = self._metrics.horizontalAdvance(name)
        if bar.width() >= width + 8 or bar.width() > 60:
            self._words_in(bar, name)
            return
        starts = (
            self._time.x(other.start_s)
            for other, at in zip(tags, rows, strict=True)
            if at == row and self._time.x(other.start_s) > bar.left() + 1
        )
        room = min(next(iter(sorted(starts)), bar.right() + width + 8), self._place.tags.right())
        if room - bar.right() >= min(width + 6, 40.0):
            self._words_in(
                QtCore.QRectF(bar.right(), bar.top(), room - bar.right(), bar.height()), name
            )

    def _remarks(self) -> None:
        strip = self._place.remarks
        shown = [
            r
            for r in self._scene.marks.remarks
            if self._time.view.start_s <= r.time_s <= self._time.view.stop_s
        ]
        for k, remark in enumerate(shown):
            x = self._time.x(remark.time_s)
            self._painter.setPen(pg.mkPen(self._theme.quiet, style=QtCore.Qt.PenStyle.DotLine))
            for lane in self._place.lanes:
                self._painter.drawLine(QtCore.QLineF(x, lane.top(), x, lane.bottom()))
            dot = QtCore.QRectF(x - 3, strip.center().y() - 3, 6, 6)
            if not strip.height():
                continue
            self._painter.setPen(QtCore.Qt.PenStyle.NoPen)
            self._painter.setBrush(QtGui.QColor(self._theme.quiet))
            self._painter.drawEllipse(dot)
            last = k + 1 == len(shown)
            right = strip.right() if last else self._time.x(shown[k + 1].time_s) - 4
            self._words_in(
                QtCore.QRectF(x + 3, strip.top(), right - x - 3, strip.height()), remark.text
            )
            self.spots.append(Spot(dot.adjusted(-4, -6, 4, 6), remark, remark.text))

    # Selection and cursor

    def selection(self, span: Span) -> None:
        """Paint the selected span with its handles."""
        ground = self._place.ground
        part = self._across(span)
        soft = QtGui.QColor(self._theme.accent)
        soft.setAlpha(_SELECTED_ALPHA)
        self._painter.fillRect(part.intersected(ground), soft)
        self._painter.setPen(pg.mkPen(self._theme.accent))
        for x in (part.left(), part.right()):
            if ground.left() - 1 <= x <= ground.right() + 1:
                self._painter.drawLine(QtCore.QLineF(x, ground.top(), x, ground.bottom()))
                knob = QtCore.QRectF(x - 4, ground.center().y() - 14, 8, 28)
                self._painter.setBrush(QtGui.QColor(self._theme.accent))
                self._painter.drawRoundedRect(knob, 3, 3)

    def cursor(self, time_s: float, focused: bool) -> None:
        """Paint the cursor: the moment that the keys act on."""
        x, ground = self._time.x(time_s), self._place.ground
        if ground.left() <= x <= ground.right():
            colour = self._theme.text if focused else self._theme.quiet
            self._painter.setPen(pg.mkPen(colour))
            self._painter.drawLine(QtCore.QLineF(x, ground.top(), x, self._place.axis.top() + 4))

    # Helpers

    def _seen(self, span: Span) -> bool:
        view = self._time.view
        return span.stop_s >= view.start_s and span.start_s <= view.stop_s

    def _across(self, span: Span) -> QtCore.QRectF:
        ground = self._place.ground
        left, right = self._time.x(span.start_s), self._time.x(span.stop_s)
        return QtCore.QRectF(left, ground.top(), max(1.0, right - left), ground.height())

    def _words_in(self, rect: QtCore.QRectF, words: str) -> None:
        if rect.width() < 24:
            return
        fitting = self._metrics.elidedText(words, _ELIDE, rect.width() - 6)
        if len(fitting) < min(3, len(words)):  # three dots alone say nothing
            return
        self._painter.setPen(QtGui.QColor(self._theme.text))
        self._painter.drawText(rect.adjusted(4, 0, 0, 0), _LEFT, fitting)


def _thin(part: QtCore.QRectF, rect: QtCore.QRectF) -> QtCore.QRectF:
    """`part` from left to right, `rect` from top to bottom."""
    left, right = max(part.left(), rect.left()), min(part.right(), rect.right())
    return QtCore.QRectF(left, rect.top(), max(0.0, right - left), rect.height())


def _spot_words(span: Span, name: str) -> str:
    return name if span.length_s == 0 else f"{name}, {length(span.length_s)}"
