"""The signal check: a light for each possible problem, what to try, and the interference meter."""

from __future__ import annotations

from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.meter import Meter
from unclench.desktop.training.parts import (
    LINE,
    Button,
    Column,
    Flow,
    Page,
    button,
    card,
    label,
    rename,
    say,
)
from unclench.training.placement.check import ITEM_WORDS, ITEMS, Colour, Interference, Light
from unclench.translation import tr
from unclench.wording import capital

_HINT_LINES = 24  # of text on the page, from which on the hint shows

_WORST_FIRST: tuple[Colour, ...] = ("red", "amber", "grey", "green")
_SHAPES: dict[Colour, tuple[str, str, str]] = {  # a shape, a word and a colour's role
    "green": ("●", tr("good"), "good"),
    "amber": ("▲", tr("could be better"), "warn"),
    "red": ("■", tr("not good"), "bad"),
    "grey": ("○", tr("not known yet"), "quiet"),
}


class CheckPage(Page):
    """One channel at a time; tabs lead to the others."""

    next = QtCore.pyqtSignal()
    back = QtCore.pyqtSignal()

    def __init__(self, channels: Sequence[str] = (tr("Channel {number}", number=1),)) -> None:
        super().__init__()
        self.setAccessibleName(tr("Signal check"))
        self._lights: list[tuple[Light, ...]] = [()] * len(channels)
        self._names = tuple(channels)
        self._channel = 0
        self._connected = True
        self._rows = [LightRow(ITEM_WORDS[item]) for item in ITEMS]
        self.meter = Meter()
        self._column = Column(96)
        self._verdict = label("quietLead")
        self._next = button(tr("Continue (Enter)"), tr("Continue to the next page"), primary=True)
        self._next.clicked.connect(self.next)
        self._back = button(tr("Back (Esc)"), tr("Return to where you were"))
        self._back.clicked.connect(self.back)
        self._tabs = [self._tab(k, name) for k, name in enumerate(channels)]
        self._lay_out()
        self._choose(0)

    def _tab(self, k: int, name: str) -> Button:
        made = button(name, tr("Show {name} (key {key})", name=name, key=k + 1), switch=True)
        made.clicked.connect(lambda: self._choose(k))
        return made

    def _lay_out(self) -> None:
        rows = self._column.rows
        rows.addWidget(label("heading", tr("Is the signal good?")))
        rows.addWidget(self._verdict)
        tabs = Flow()
        for tab in self._tabs:
            tab.setVisible(len(self._tabs) > 1)
            tabs.addWidget(tab)
        rows.addLayout(tabs)
        lights, inner = card(10)
        for row in self._rows:
            inner.addWidget(row)
        rows.addWidget(lights)
        rows.addStretch(1)
        self._metered, inner = card(2)
        bar = QtWidgets.QHBoxLayout()
        bar.setSpacing(16)
        bar.addWidget(QtWidgets.QLabel(tr("Mains hum"), objectName="title"))
        bar.addWidget(self.meter, 1)
        inner.addLayout(bar)
        words = tr("Move cables, chargers and yourself. Keep what makes the bar shorter.")
        self._hint = label("small", words)
        inner.addWidget(self._hint)
        below = QtWidgets.QHBoxLayout()
        below.setContentsMargins(self._column.rows.contentsMargins())  # as the card above
        below.addStretch(1)
        below.addWidget(self._metered, 1000)
        below.addStretch(1)
        foot = QtWidgets.QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._back)
        foot.addWidget(self._next)
        foot.addStretch(1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(10)
        column.addWidget(self._column, 1)
        column.addLayout(below)
        column.addLayout(foot)

    def _apply_looks(self) -> None:
        """See Page."""
        theme, text_scale = self.theme, self.text_scale
        self._column.set_looks(text_scale)
        edges = self._column.rows.contentsMargins()
        self._metered.setMaximumWidth(self._column.widest - edges.left() - edges.right())
        self.meter.set_looks(theme, text_scale)
        self._fit()
        for row in self._rows:
            row.set_looks(theme, text_scale)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Leave the room to the lights if there is little."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        self._hint.setVisible(self.height() >= _HINT_LINES * LINE * self.text_scale)

    def name_channels(self, names: Sequence[str]) -> None:
        """Name the channels after their sites."""
        self._names = tuple(names)
        for k, lights in enumerate(self._lights):
            rename(self._tabs[k], f"{_SHAPES[_worst(lights)][0]} {names[k]}")

    @property
    def channel(self) -> int:
        """Number of the channel shown, from 0."""
        return self._channel

    def show_lights(self, channel: int, lights: Sequence[Light]) -> None:
        """Show the results for a channel; twice a second is enough."""
        self._lights[channel] = tuple(lights)
        shape, _, _ = _SHAPES[_worst(self._lights[channel])]
        rename(self._tabs[channel], f"{shape} {self._names[channel]}")
        self._show_found()

    def show_connected(self, connected: bool) -> None:
        """Take whether there is a signal; `show_lights` then shows it."""
        self._connected = connected

    def show_interference(self, interference: Interference | None) -> None:
        """Show the interference on the channel shown; None without a signal."""
        if interference is None:
            self.meter.set_level(None, None)
        else:
            self.meter.set_level(interference.level, interference.hum_uv)

    def tick(self, elapsed_s: float) -> None:
        """Move the meter; called at the screen's rate."""
        self.meter.tick(elapsed_s)

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Focus the button that continues."""
        super().showEvent(event)
        self._next.setFocus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Digits choose a channel, Enter continues, Esc goes back."""
        if event.text() in {str(k + 1) for k in range(len(self._tabs))}:
            self._choose(int(event.text()) - 1)
        elif event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            self.next.emit()
        elif event.key() == QtCore.Qt.Key.Key_Escape:
            self.back.emit()
        elif not self._column.scroll_by(event):
            event.ignore()

    def _choose(self, channel: int) -> None:
        self._channel = channel
        for k, tab in enumerate(self._tabs):
            tab.setChecked(k == channel)
        self.meter.set_level(None, None)
        self._show_found()

    def _show_found(self) -> None:
        found = {light.item: light for light in self._lights[self._channel]}
        for item, row in zip(ITEMS, self._rows, strict=True):
            row.show_light(found.get(item))
        worst = {_worst(lights) for lights in self._lights}
        on = tr("Continue anyway (Enter)")
        if not self._connected:
            verdict = tr("There is no signal to check.")
        elif worst == {"green"}:
            verdict, on = tr("Everything looks good."), tr("Continue (Enter)")
        elif worst & {"red", "amber"}:
            verdict = tr("Something could be better. See what helps.")
        else:
            verdict = tr("Sit still for a moment and let go.")
        say(self._verdict, verdict)
        rename(self._next, on)


class LightRow(QtWidgets.QWidget):
    """One light: shape, name, figure, sentence, and what to try."""

    def __init__(self, item: str) -> None:
        super().__init__()
        self._theme = LIGHT
        self._light: Light | None = None
        self._shape = QtWidgets.QLabel("○", objectName="title")
        self._name = QtWidgets.QLabel(capital(item), objectName="title")
        self._value = label("quiet")
        self._words = label("")
        self._try = label("quiet")
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        top = QtCore.Qt.AlignmentFlag.AlignTop
        row.addWidget(self._shape, 0, top)
        self._left = QtWidgets.QWidget()
        left = QtWidgets.QVBoxLayout(self._left)
        left.setContentsMargins(0, 0, 0, 0)
        left.setSpacing(0)
        left.addWidget(self._name)
        left.addWidget(self._value)
        row.addWidget(self._left, 0, top)
        right = QtWidgets.QVBoxLayout()
        right.setSpacing(1)
        right.addWidget(self._words)
        right.addWidget(self._try)
        right.addStretch(1)
        row.addLayout(right, 1)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._left.setFixedWidth(round(190 * text_scale))
        self._shape.setFixedWidth(round(22 * text_scale))
        self._restyle()

    def show_light(self, light: Light | None) -> None:
        """Show a result; None means none yet."""
        if light == self._light and light is not None:
            return
        self._light = light
        say(self._value, "" if light is None else light.value)
        self._value.setVisible(bool(self._value.text()))
        say(self._words, tr("Checking …") if light is None else light.sentence)
        tip = "" if light is None else light.try_this
        say(self._try, tr("Try this: {tip}", tip=tip) if tip else "")
        self._try.setVisible(bool(tip))
        self._restyle()

    def _restyle(self) -> None:
        colour: Colour = "grey" if self._light is None else self._light.colour
        shape, word, role = _SHAPES[colour]
        self._shape.setText(shape)
        self._shape.setAccessibleName(f"{self._name.text()}: {word}")
        self._shape.setStyleSheet(f"color: {self._theme.tone(role)}")


def _worst(lights: tuple[Light, ...]) -> Colour:
    """Return the worst colour of some lights; grey for none."""
    colours = {light.colour for light in lights}
    return next((colour for colour in _WORST_FIRST if colour in colours), "grey")
