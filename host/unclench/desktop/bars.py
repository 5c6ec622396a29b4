"""Header, banner for news and trouble, and the row of buttons."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.plots import SCALES_UV
from unclench.desktop.theme import Theme
from unclench.desktop.words import EXPLANATION
from unclench.live.blocks import LiveStatus
from unclench.live.words import loss_words
from unclench.notices import told, words
from unclench.settings import Settings
from unclench.translation import tr
from unclench.wording import clock, exactly

_SPANS_S = (30.0, 60.0, 120.0, 300.0, 600.0)
_NEWS_S = 12.0
_NOTICES_MS = 500


class Header(QtWidgets.QFrame):
    """Source, elapsed time, missing samples, and whether the signal is recorded."""

    def __init__(self, source: str) -> None:
        super().__init__(objectName="header")
        self._theme: Theme | None = None
        self._source = QtWidgets.QLabel(source, objectName="title")
        explanation = QtWidgets.QLabel(EXPLANATION, objectName="quiet", wordWrap=True)
        self._live = QtWidgets.QLabel(objectName="state")
        self._facts = QtWidgets.QLabel(objectName="quiet")
        self._record = QtWidgets.QLabel(objectName="state")
        left = QtWidgets.QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self._source)
        left.addWidget(explanation)
        right = QtWidgets.QVBoxLayout()
        right.setSpacing(2)
        top = QtWidgets.QHBoxLayout()
        top.setSpacing(14)
        top.addStretch(1)
        top.addWidget(self._record)
        top.addWidget(self._live)
        right.addLayout(top)
        right.addWidget(self._facts, 0, QtCore.Qt.AlignmentFlag.AlignRight)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(16, 10, 16, 10)
        row.addLayout(left, 1)
        row.addLayout(right)

    def set_theme(self, theme: Theme) -> None:
        """Colours."""
        self._theme = theme

    def show_status(
        self, status: LiveStatus, fs_hz: float, recording_s: float | None, paused: bool
    ) -> None:
        """Update every label."""
        if self._theme is None:
            return
        if status.ended:
            live, tone = tr("■ Ended"), "quiet"
        elif not status.connected:
            live, tone = tr("○ Waiting for the board"), "bad"
        elif paused:
            live, tone = tr("‖ Display paused"), "warn"
        else:
            live, tone = tr("● Live"), "good"
        _say(self._live, live, self._theme.tone(tone))
        record = "" if recording_s is None else tr("⬤ Recording {time}", time=clock(recording_s))
        _say(self._record, record, self._theme.bad)
        facts = [
            clock(status.n_samples / fs_hz),
            f"{fs_hz:g} Hz",
            loss_words(status.lost_samples, fs_hz),
        ]
        if status.reconnections:
            facts.append(tr("reconnected {n}×", n=status.reconnections))
        self._facts.setText("   ·   ".join(facts))


class Banner(QtWidgets.QFrame):
    """One line for news and trouble: news passes after a while, trouble stays until it is over.

    An answer to the latest key press is shown before both, for a while.
    """

    def __init__(self) -> None:
        super().__init__(objectName="banner")
        self._text = QtWidgets.QLabel(wordWrap=True)
        self._close = QtWidgets.QPushButton(tr("Close"))
        self._close.clicked.connect(self._next)
        row = QtWidgets.QHBoxLayout(self)
        row.setContentsMargins(14, 6, 8, 6)
        row.addWidget(self._text, 1)
        row.addWidget(self._close)
        self._news: list[str] = []
        self._held = self._answer = ""
        self._timer = QtCore.QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._next)
        self._n_noticed = 0
        self._notices = QtCore.QTimer(self)
        self._notices.timeout.connect(self._show_notices)
        self._notices.start(_NOTICES_MS)
        self.hide()
        self._show_notices()

    def show_news(self, text: str) -> None:
        """Show news for a while, once earlier news has passed; equal news is queued only once."""
        if text in (*self._news, self._answer):
            return
        self._news.append(text)
        if len(self._news) == 1 and not self._held and not self._answer:
            self._show()

    def answer(self, text: str) -> None:
        """Show the result of a key press at once, in place of the previous answer."""
        self._answer = text
        self._news = [news for news in self._news if news != text]
        self._show()

    def hold(self, text: str) -> None:
        """Show trouble until `release` is called."""
        if text != self._held:
            self._held = text
            self._show()

    def release(self) -> None:
        """Hide the trouble that `hold` shows."""
        if self._held:
            self._held = ""
            self._show()

    def _show_notices(self) -> None:
        """Show the notices, from any thread, that this window has not shown yet."""
        for notice in told(self._n_noticed):
            self._n_noticed += 1
            self.show_news(words(notice))

    def _next(self) -> None:
        if self._answer:
            self._answer = ""
        else:
            self._news = self._news[1:]
        self._show()

    def _show(self) -> None:
        passing = self._answer or (self._news[0] if self._news and not self._held else "")
        text = passing or self._held
        self._text.setText(text)
        self._close.setVisible(bool(passing))
        self.setVisible(bool(text))
        if passing:
            self._timer.start(round(_NEWS_S * 1000))
        else:
            self._timer.stop()


class Footer(QtWidgets.QFrame):
    """A button for each action, with its key."""

    span_changed = QtCore.pyqtSignal(float)
    scale_changed = QtCore.pyqtSignal(float)  # 0: automatic

    def __init__(self, settings: Settings) -> None:
        super().__init__(objectName="footer")
        self.train = _button(
            tr("Train (G)"), tr("Guided training: check the sensor, calibrate, learn to let go")
        )
        self.record = _button(tr("Record (R)"), tr("Record everything to a new session folder"))
        self.mark = _button(tr("Mark (M)"), tr("Mark this moment; Shift+M adds a note"))
        self.pause = _button(tr("Pause (P)"), tr("Freeze the display; recording continues"), True)
        self.review = _button(tr("Review (V)"), tr("Look at recorded sessions and their figures"))
        self.history = _button(
            tr("History (H)"), tr("How tension changes over weeks, and what raises it")
        )
        self.raw = _button(
            tr("Raw signal (W)"), tr("Show the signal as sampled, before filtering"), True
        )
        self.theme = _button(tr("Light/dark (T)"), tr("Switch between light and dark"))
        self.help = _button(tr("Help (F1)"), tr("Explains this window and lists its keys"))
        self._span = QtWidgets.QComboBox(toolTip=tr("How much time the trace shows"))
        self._span.setAccessibleName(tr("Time shown"))
        for span_s in _SPANS_S:
            self._span.addItem(exactly(span_s), span_s)
        self._span.setCurrentIndex(max(0, self._span.findData(settings.span_s)))
        self._scale = QtWidgets.QComboBox(toolTip=tr("Top of the tension scale"))
        self._scale.setAccessibleName(tr("Tension scale"))
        self._scale.addItem(tr("Auto scale"), 0.0)
        for top_uv in SCALES_UV:
            self._scale.addItem(f"0–{top_uv:g} µV", top_uv)
        self._scale.setCurrentIndex(max(0, self._scale.findData(settings.scale_uv or 0.0)))
        self._span.currentIndexChanged.connect(
            lambda _: self.span_changed.emit(self._span.currentData())
        )
        self._scale.currentIndexChanged.connect(
            lambda _: self.scale_changed.emit(self._scale.currentData())
        )
        self._groups = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.LeftToRight, self)
        self._groups.setContentsMargins(12, 8, 12, 8)
        self._groups.setSpacing(8)
        acting, looking = QtWidgets.QHBoxLayout(), QtWidgets.QHBoxLayout()
        for widget in (self.train, self.review, self.history, self.record, self.mark, self.pause):
            acting.addWidget(widget)
        acting.addStretch(1)
        looking.addStretch(1)
        for widget in (self._span, self._scale, self.raw, self.theme, self.help):
            looking.addWidget(widget)
        self._groups.addLayout(acting)
        self._groups.addLayout(looking)

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """The width of the wider group: in a narrow window the groups are stacked."""
        widths = [self._groups.itemAt(i).minimumSize().width() for i in range(2)]
        return QtCore.QSize(max(widths) + 26, super().minimumSizeHint().height())

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Stack the two groups if they do not fit side by side."""
        super().resizeEvent(event)
        widths = [self._groups.itemAt(i).minimumSize().width() for i in range(2)]
        direction = QtWidgets.QBoxLayout.Direction
        fits = sum(widths) + 40 <= self.width()
        self._groups.setDirection(direction.LeftToRight if fits else direction.TopToBottom)

    def show_switches(self, recording: bool, paused: bool, raw_shown: bool) -> None:
        """Show which switches are on."""
        self.record.setText(tr("Stop recording (R)") if recording else tr("Record (R)"))
        self.pause.setChecked(paused)
        self.raw.setChecked(raw_shown)


def _button(text: str, tip: str, checkable: bool = False) -> QtWidgets.QPushButton:
    button = QtWidgets.QPushButton(text, toolTip=tip, checkable=checkable)
    button.setAccessibleDescription(tip)
    return button


def _say(label: QtWidgets.QLabel, text: str, colour: str) -> None:
    if label.text() != text:
        label.setText(text)
    style = f"color: {colour}"
    if label.styleSheet() != style:
        label.setStyleSheet(style)
