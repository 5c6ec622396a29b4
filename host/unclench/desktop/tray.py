"""`unclench watch` in the system tray: an icon that shows how tense the muscles are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyqtgraph as pg
from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.eventloop import start_qt, stopped_by_signals_and_faults, theme_of
from unclench.desktop.theme import Theme
from unclench.training.day.day import Standing, State
from unclench.training.tags import Tag
from unclench.translation import tr
from unclench.wording import roughly

PAUSE_S = 3600.0
_TICK_MS = 1000
_SIZES = (16, 22, 32, 48, 64)
_WORST_FIRST: tuple[State, ...] = ("long", "tense", "calm", "unknown")
_TITLES = {
    "calm": tr("Calm"),
    "tense": tr("Above the limit"),
    "long": tr("Above the limit for a long time"),
    "unknown": tr("No usable signal"),
}


def tray_available() -> bool:
    """Whether the system has a tray; call `display.check_display` first."""
    pg.mkQApp("unclench")
    return bool(QtWidgets.QSystemTrayIcon.isSystemTrayAvailable())


@dataclass(frozen=True)
class Actions:
    """What the menu can do."""

    pause: Callable[[float], None]  # alerts, for a number of seconds
    press: Callable[[str], None]  # the key of a tag, to start or end it
    tags: Sequence[Tag] = ()


class Tray(QtCore.QObject):
    """Icon, tooltip and menu."""

    def __init__(self, actions: Actions, theme: Theme | None = None) -> None:
        super().__init__()
        self._theme = theme or theme_of("system")
        self._state: State | None = None
        self.menu = QtWidgets.QMenu()
        self.now = self.menu.addAction(tr("Starting"))
        self.now.setEnabled(False)
        self.menu.addSeparator()
        self.pause = self.menu.addAction(
            tr("Pause alerts for {duration}", duration=roughly(PAUSE_S))
        )
        self.pause.triggered.connect(lambda: actions.pause(PAUSE_S))
        if actions.tags:
            self.tags = self.menu.addMenu(tr("Mark this moment"))
            for tag in actions.tags:
                entry = self.tags.addAction(tag.words.replace("&", "&&"))
                entry.setCheckable(True)
                entry.triggered.connect(lambda _=False, key=tag.key: actions.press(key))
        self.menu.addSeparator()
        self.quit = self.menu.addAction(tr("End the day"))
        self.icon = QtWidgets.QSystemTrayIcon()
        self.icon.setContextMenu(self.menu)
        self.show([], tr("starting"), paused=False)

    def show(self, standing: Sequence[Standing], words: str, paused: bool) -> None:
        """Show the current state."""
        states = {one.state for one in standing} or {"unknown"}
        state = next(one for one in _WORST_FIRST if one in states)
        if state != self._state:
            self._state = state
            self.icon.setIcon(draw_icon(state, self._theme))
        title = _TITLES[state] if standing else "unclench"
        silent = "\n" + tr("Alerts are paused.") if paused else ""
        if self.icon.toolTip() != (tip := f"{title}\n{words.replace('; ', chr(10))}{silent}"):
            self.icon.setToolTip(tip)
            self.now.setText(words)
        self.pause.setEnabled(not paused)

    def notify(self, sentence: str) -> None:
        """Show a sentence as a notification of the system."""
        self.icon.showMessage("unclench", sentence, self.icon.icon())


def draw_icon(state: State, theme: Theme) -> QtGui.QIcon:
    """Return the icon of a state, which differs in shape as well as colour.

    calm: a flat, filled pill; tense: a hump; long: a peak; unknown: an empty ring.
    """
    icon = QtGui.QIcon()
    for size in _SIZES:
        pixmap = QtGui.QPixmap(size, size)
        pixmap.fill(QtCore.Qt.GlobalColor.transparent)
        painter = QtGui.QPainter(pixmap)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.scale(size / 16, size / 16)
        _paint(painter, state, theme)
        painter.end()
        icon.addPixmap(pixmap)
    return icon


def run_tray(tray: Tray, tick: Callable[[], bool]) -> None:
    """Stay in the tray until the menu, a signal or `tick` ends it; `tick` runs once a second."""
    app = start_qt()
    app.setQuitOnLastWindowClosed(False)
    tray.quit.triggered.connect(app.quit)
    timer = QtCore.QTimer(timeout=lambda: app.quit() if tick() else None)
    timer.start(_TICK_MS)
    try:
        with stopped_by_signals_and_faults(app.quit) as failures:
            tray.icon.show()
            app.exec_()
    finally:
        timer.stop()
        tray.icon.hide()
        app.setQuitOnLastWindowClosed(True)  # for windows shown later
    if failures:
        raise failures[0]


def _paint(painter: QtGui.QPainter, state: State, theme: Theme) -> None:
    """Paint on a field of 16 x 16."""
    colour = {"calm": theme.good, "tense": theme.warn, "long": theme.warn, "unknown": theme.quiet}
    pen = QtGui.QPen(QtGui.QColor(colour[state]), 2.0)
    pen.setCapStyle(QtCore.Qt.PenCapStyle.RoundCap)
    pen.setJoinStyle(QtCore.Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    if state == "unknown":
        painter.drawEllipse(QtCore.QPointF(8, 8), 5.5, 5.5)
        return
    painter.setBrush(QtGui.QColor(colour[state]))
    if state == "calm":
        painter.drawRoundedRect(QtCore.QRectF(2, 8.5, 12, 3), 1.5, 1.5)
        return
    path = QtGui.QPainterPath(QtCore.QPointF(2, 12))
    if state == "tense":
        path.cubicTo(2.5, 3, 13.5, 3, 14, 12)
    else:
        path.lineTo(8, 2)
        path.lineTo(14, 12)
    path.closeSubpath()
    painter.drawPath(path)
