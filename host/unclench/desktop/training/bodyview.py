"""The drawing that shows where a site's electrodes go."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.training.placement.bodymap import SPOTS, Point, Shape, Spot, features, outlines
from unclench.training.placement.values import Side
from unclench.translation import tr

_DASHED = QtCore.Qt.PenStyle.DashLine
_LINE_PX = 1.4  # of the outline
_LIGHT = 90  # alpha of a second pair's colour, of 255
_SEEN = {
    "back": tr("Seen from behind"),
    "face": tr("Seen from in front"),
    "left": tr("Seen from your left"),
    "right": tr("Seen from your right"),
}


class BodyView(QtWidgets.QWidget):
    """Filled discs are the electrodes, light ones a second pair, the ring is the reference."""

    def __init__(self) -> None:
        super().__init__()
        self._theme = LIGHT
        self._font = QtGui.QFont()
        self._site = ""
        self._side: Side = "middle"
        self.setMinimumSize(220, 200)
        policy = QtWidgets.QSizePolicy.Policy.Expanding
        self.setSizePolicy(policy, policy)
        self.setAccessibleName(tr("Drawing of where the electrodes go"))

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._font.setPointSizeF(9 * text_scale)
        self.update()

    def show_spot(self, site: str, side: Side) -> None:
        """Draw a site; a site in a person's own words has no drawing."""
        self._site, self._side = site, side
        self.setAccessibleDescription(self.caption)
        self.update()

    @property
    def caption(self) -> str:
        """What is drawn, in words."""
        spot = SPOTS.get(self._site)
        if spot is None:
            return tr("There is no drawing of this site.")
        own = "right" if self._side == "right" else "left"
        seen = _SEEN[own if spot.view == "side" else spot.view]
        discs = tr("● ● electrodes")
        if spot.other:
            discs = tr("● ● electrodes (light ones: {pair})", pair=spot.other_words)
        where = spot.reference.words
        ring = tr("○ reference: {where}", where=where)
        if not spot.reference.sure:
            ring = tr("○ reference: {where} (not verified)", where=where)
        return f"{seen}. {discs}, {ring}"

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw body, landmarks and electrodes."""
        noted = SPOTS.get(self._site)
        if noted is None:
            return
        spot = noted.on(self._side)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        x, y, width, height = spot.crop
        zoom = min(self.width() / width, self.height() / height)
        place = QtGui.QTransform()
        place.translate((self.width() - zoom * width) / 2, (self.height() - zoom * height) / 2)
        place.scale(zoom, zoom)
        place.translate(-x, -y)
        shown = place.mapRect(QtCore.QRectF(x, y, width, height))
        painter.setClipRect(shown)
        self._draw_body(painter, spot, place)
        self._fade(painter, shown)
        self._draw_spot(painter, spot, place, zoom)

    def _fade(self, painter: QtGui.QPainter, shown: QtCore.QRectF) -> None:
        """Fade the body out at the edges of the picture."""
        ground = QtGui.QColor(self._theme.card)
        none = QtGui.QColor(ground)
        none.setAlpha(0)
        deep = shown.height() / 9
        for begin, end in (
            (shown.bottomLeft(), QtCore.QPointF(0.0, -deep)),
            (shown.topLeft(), QtCore.QPointF(0.0, deep)),
            (shown.topLeft(), QtCore.QPointF(deep, 0.0)),
            (shown.topRight(), QtCore.QPointF(-deep, 0.0)),
        ):
            soft = QtGui.QLinearGradient(begin, begin + end)
            soft.setColorAt(0.0, ground)
            soft.setColorAt(1.0, none)
            painter.fillRect(shown, soft)

    def _draw_body(self, painter: QtGui.QPainter, spot: Spot, place: QtGui.QTransform) -> None:
        turned = QtGui.QTransform(-1 if spot.turned else 1, 0, 0, 1, 0, 0) * place
        body = [turned.map(_path(shape)) for shape in outlines(spot.view)]
        quiet, none = QtGui.QColor(self._theme.quiet), QtCore.Qt.PenStyle.NoPen
        painter.setPen(QtGui.QPen(quiet, 2 * _LINE_PX))  # the fill covers its inner half
        for part in body:
            painter.drawPath(part)
        painter.setPen(none)
        painter.setBrush(QtGui.QColor(self._theme.grid))
        for part in body:
            painter.drawPath(part)
        quiet.setAlpha(110)
        painter.setPen(QtGui.QPen(quiet, 1.2))
        painter.setBrush(QtCore.Qt.BrushStyle.NoBrush)
        painter.drawPath(turned.map(_path(features(spot.view))))

    def _draw_spot(
        self, painter: QtGui.QPainter, spot: Spot, place: QtGui.QTransform, zoom: float
    ) -> None:
        def at(point: Point) -> QtCore.QPointF:
            return place.map(QtCore.QPointF(*point))

        quiet, text = QtGui.QColor(self._theme.quiet), QtGui.QColor(self._theme.text)
        accent = QtGui.QColor(self._theme.accent)
        if spot.line is not None:
            painter.setPen(QtGui.QPen(quiet, 1.5, _DASHED))
            painter.drawLine(at(spot.line[0]), at(spot.line[1]))
        radius = max(5.0, 1.15 * zoom)
        line = QtCore.Qt.PenStyle.SolidLine if spot.reference.sure else _DASHED
        painter.setPen(QtGui.QPen(accent, max(2.0, 0.3 * zoom), line))
        painter.setBrush(QtGui.QColor(self._theme.card))
        painter.drawEllipse(at(spot.reference.at), radius, radius)
        painter.setPen(QtGui.QPen(QtGui.QColor(self._theme.card), 2))
        light = QtGui.QColor(accent)
        light.setAlpha(_LIGHT)
        painter.setBrush(light)
        for electrode in spot.other or ():
            painter.drawEllipse(at(electrode), radius, radius)
        painter.setBrush(accent)
        for electrode in spot.electrodes:
            painter.drawEllipse(at(electrode), radius, radius)
        painter.setClipping(False)
        halo = QtGui.QPen(QtGui.QColor(self._theme.card), 4)
        halo.setJoinStyle(QtCore.Qt.PenJoinStyle.RoundJoin)
        metrics = QtGui.QFontMetricsF(self._font)
        for mark in spot.landmarks:
            width = metrics.horizontalAdvance(mark.words)
            middle = at(mark.at)
            left = min(max(2.0, middle.x() - width / 2), self.width() - width - 2)
            above, below = -radius - metrics.descent() - 4, radius + metrics.ascent() + 4
            base = middle.y() + (above if mark.above else below)
            written = QtGui.QPainterPath()
            written.addText(QtCore.QPointF(left, base), self._font, mark.words)
            painter.strokePath(written, halo)  # keeps the drawing's lines away from the words
            painter.fillPath(written, text)


def _path(shape: Shape) -> QtGui.QPainterPath:
    path = QtGui.QPainterPath()
    draw = {
        "M": path.moveTo,
        "L": path.lineTo,
        "C": path.cubicTo,
        "Q": path.quadTo,
        "Z": path.closeSubpath,
    }
    for kind, points in shape:
        draw[kind](*(number for point in points for number in point))
    return path
