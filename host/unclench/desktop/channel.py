"""One channel's row: the large number and the signal's state beside the traces."""

from __future__ import annotations

import numpy as np
from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.plots import RawTrace, TensionTrace
from unclench.desktop.theme import Theme
from unclench.live.blocks import BoolArray, FloatArray, IntArray
from unclench.live.reading import READ_OVER_S, reading
from unclench.live.words import NO_NUMBER, floor_words, reference_words, tension_words
from unclench.settings import Settings
from unclench.translation import tr
from unclench.wording import capital
from unclench_dsp import SignalState

_RAW_SPAN_S = 5.0


class ChannelRow(QtWidgets.QWidget):
    """Card and traces of one channel; the raw trace is below, or beside it where rows are low."""

    def __init__(
        self,
        number: int,
        name: str,
        noise_uv: float | None,
        settings: Settings,
        n_channels: int,
        reference_uv: float | None = None,
    ) -> None:
        super().__init__()
        self._reference_uv = reference_uv
        self._number = number
        self._theme: Theme | None = None
        self._shown: tuple[str, ...] = ()
        self._feedback = True
        self._raw_beside = n_channels > 1
        self._dense = n_channels > 2
        self._crowded = n_channels > 3
        # In a low row, filling under the line adds little and takes a third of the drawing time.
        self.trace = TensionTrace(settings.span_s, noise_uv, filled=not self._dense)
        self.trace.setAccessibleName(tr("Tension of {name} over time", name=name))
        self.raw = RawTrace(_RAW_SPAN_S)
        self.raw.setVisible(settings.raw_shown)
        self._card = QtWidgets.QFrame(objectName="card")
        self._name = QtWidgets.QLabel(capital(name), objectName="title")
        size = "smallValue" if self._dense else "value"
        self._value = QtWidgets.QLabel(NO_NUMBER, objectName=size)
        self._value.setAccessibleName(tr("Tension of {name} now", name=name))
        self._unit = QtWidgets.QLabel("µV", objectName="unit")
        self._state = QtWidgets.QLabel(objectName="state")
        self._advice = QtWidgets.QLabel(objectName="small", wordWrap=True)
        self._percent = QtWidgets.QLabel(objectName="small")
        self._shown_span = QtWidgets.QLabel(objectName="small", wordWrap=True)
        self._noise_uv = noise_uv
        self._floor = QtWidgets.QLabel(floor_words(noise_uv), objectName="small", wordWrap=True)
        self._lay_out()

    def _lay_out(self) -> None:
        card = QtWidgets.QVBoxLayout(self._card)
        edge = 6 if self._dense else 12
        card.setContentsMargins(16, edge, 16, edge)
        card.setSpacing(2)
        number = QtWidgets.QHBoxLayout()
        number.setSpacing(8)
        number.addWidget(self._value)
        number.addWidget(self._unit, 0, QtCore.Qt.AlignmentFlag.AlignBottom)
        number.addStretch(1)
        card.addWidget(self._name)
        card.addStretch(1)
        card.addLayout(number)
        card.addWidget(self._percent)
        self._percent.setVisible(self._reference_uv is not None)
        card.addWidget(self._state)
        card.addWidget(self._advice)
        card.addStretch(1)
        card.addWidget(self._shown_span)
        self._shown_span.setVisible(not self._dense)
        card.addWidget(self._floor)
        self._floor.setVisible(not self._crowded)  # the trace has its line
        self._traces = traces = QtWidgets.QFrame(objectName="card")
        direction = QtWidgets.QBoxLayout.Direction
        pair = QtWidgets.QBoxLayout(
            direction.LeftToRight if self._raw_beside else direction.TopToBottom, traces
        )
        pair.setContentsMargins(8, 8, 8, 6)
        pair.addWidget(self.trace, 5)
        pair.addWidget(self.raw, 3)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._card)
        row.addWidget(traces, 1)

    def set_theme(self, theme: Theme, text_scale: float) -> None:
        """Set colours and sizes; the window's style sheet does the rest."""
        self._theme = theme
        self._shown = ()
        self._card.setFixedWidth(round(236 * text_scale))
        # Room for three digits: a changing number must not move what is beside it.
        self._value.ensurePolished()  # otherwise it measures itself in its previous font
        self._value.setMinimumWidth(self._value.fontMetrics().horizontalAdvance("88.8"))
        self.trace.set_theme(theme, text_scale, self._number)
        self.raw.set_theme(theme, text_scale)
        self._name.setStyleSheet(f"color: {theme.channel(self._number)}")

    def set_feedback(self, shown: bool) -> None:
        """Show or hide tension; the signal's state is always shown."""
        self._feedback = shown
        self._shown = ()
        for widget in (self._value, self._unit, self._traces):
            widget.setVisible(shown)
        self._percent.setVisible(shown and self._reference_uv is not None)
        self._shown_span.setVisible(shown and not self._dense)

    def draw(
        self, rows: IntArray, tension_uv: FloatArray, trusted: BoolArray, row_s: float
    ) -> None:
        """Show rows (k,) of this channel's tension."""
        self.trace.draw(rows, tension_uv, trusted, row_s)

    def show_summary(self, tension_uv: FloatArray, trusted: BoolArray, span: str) -> None:
        """Sum up the rows (k,) that the trace shows."""
        if not self._feedback:
            return
        seen = tension_uv[trusted & ~np.isnan(tension_uv)]
        if len(seen):
            lowest, median = tension_words(float(seen.min())), tension_words(float(np.median(seen)))
            self._shown_span.setText(
                tr(
                    "Last {span}: median {median}, lowest {lowest} µV",
                    span=span,
                    median=median,
                    lowest=lowest,
                )
            )
        else:
            self._shown_span.setText("")

    def show_reading(
        self,
        tension_uv: FloatArray,
        row_s: float,
        state: SignalState,
        trusted: bool,
        left_hz: float,
        removed: str,
        connected: bool,
    ) -> None:
        """Update number and words from the newest rows (k,) of tension."""
        newest = tension_uv[-max(1, round(READ_OVER_S / row_s)) :]
        now = reading(newest, state, trusted, connected, left_hz)
        now_uv = now.tension_uv if self._feedback else None
        value = NO_NUMBER if now_uv is None else tension_words(now_uv)
        if self._reference_uv is not None:
            self._percent.setText(reference_words(now_uv, self._reference_uv))
        words = now.words
        removed = removed if trusted and connected else ""
        advice = " ".join(part for part in (words.advice, removed) if part)
        floor = floor_words(self._noise_uv, now_uv)
        shown = (value, words.shape, words.word, advice, words.tone, floor)
        if shown == self._shown or self._theme is None:
            return
        self._shown = shown
        self._value.setText(value)
        self._unit.setVisible(now_uv is not None)
        self._state.setText(f"{words.shape} {words.word}")
        self._state.setStyleSheet(f"color: {self._theme.tone(words.tone)}")
        self._advice.setText(advice)
        self._floor.setText(floor)
