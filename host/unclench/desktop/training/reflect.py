"""A question, answered in words, on a scale from 0 to 10, or by a choice."""

from __future__ import annotations

import time

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.parts import button, label
from unclench.desktop.training.pictures import Picture, bare
from unclench.training.placement.values import TrainedChannel
from unclench.training.session.snapshot import Snapshot
from unclench.training.steps.step import Question
from unclench.translation import tr

_TOGETHER_S = 1.2  # "1" and "0" pressed within this time are a 10
_MOST = 10
_ROOMY_LINES = 17.0  # of text
_LONGEST_ANSWER = 500
_ENTER = (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter)


class Scale(QtWidgets.QSlider):
    """Eleven numbers in a row; none is chosen at first."""

    chosen = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__(QtCore.Qt.Orientation.Horizontal)
        self.setRange(0, _MOST)
        self.setPageStep(2)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Answer from 0 to 10"))
        self._theme = LIGHT
        self._font = QtGui.QFont()
        self._digit_s = -10.0
        self.answered = False

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._font.setPointSizeF(15 * text_scale)
        self.setMinimumHeight(round(QtGui.QFontMetricsF(self._font).height() * 2.2))
        self.update()

    def clear(self) -> None:
        """Clear the choice."""
        self.answered = False
        self.setValue(_MOST // 2)
        self.update()

    def choose(self, value: int) -> None:
        """Choose a number."""
        self.answered = True
        self.setValue(min(_MOST, max(0, value)))
        self.update()
        self.chosen.emit()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Digits choose; arrows move, from the middle if nothing is chosen."""
        digit = event.text()
        if digit.isascii() and digit.isdigit():
            now_s = time.monotonic()
            ten = digit == "0" and self.answered and self.value() == 1
            ten = ten and now_s - self._digit_s < _TOGETHER_S
            self._digit_s = now_s
            self.choose(_MOST if ten else int(digit))
            return
        before = self.value()
        super().keyPressEvent(event)
        if self.value() != before or (event.isAccepted() and event.key() not in _ENTER):
            self.choose(self.value())

    def mousePressEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Choose the clicked number."""
        self.choose(int(event.x() * (_MOST + 1) / max(1, self.width())))

    def mouseMoveEvent(self, event: QtGui.QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """Follow the pointer."""
        self.mousePressEvent(event)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw a circle for each number, the chosen one filled."""
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font)
        cell = self.width() / (_MOST + 1)
        radius = min(cell, self.height()) / 2 - 3
        accent, text = QtGui.QColor(self._theme.accent), QtGui.QColor(self._theme.text)
        for k in range(_MOST + 1):
            middle = QtCore.QPointF((k + 0.5) * cell, self.height() / 2)
            full = self.answered and k == self.value()
            focus = self.hasFocus() and k == self.value()
            painter.setPen(QtGui.QPen(accent if focus else QtGui.QColor(self._theme.edge), 2))
            painter.setBrush(accent if full else QtGui.QColor(self._theme.card))
            painter.drawEllipse(middle, radius, radius)
            painter.setPen(QtGui.QColor(self._theme.card) if full else text)
            rect = QtCore.QRectF(k * cell, 0, cell, self.height())
            painter.drawText(rect, QtCore.Qt.AlignmentFlag.AlignCenter, str(k))


class ReflectView(Picture):
    """A question and its answer; `answer` carries the words or the number."""

    alone = True

    def __init__(self, channels: tuple[TrainedChannel, ...] = (), span_s: float = 0.0) -> None:
        super().__init__(channels, span_s)
        self._asked: Question | None = None
        self._shown: tuple[int, Question] | None = None  # with the number of its step
        self._roomy = True
        self._question = label("heading", centred=True)
        self._say = label("quietLead", centred=True)
        self._words = QtWidgets.QLineEdit(
            placeholderText=tr("A few words"), maxLength=_LONGEST_ANSWER
        )
        self._words.setAccessibleName(tr("Your answer in words"))
        self._scale = Scale()
        self._low, self._high = label("quiet"), label("quiet")
        self._high.setAlignment(QtCore.Qt.AlignmentFlag.AlignRight)
        self._choices = QtWidgets.QWidget()
        self._choice_row = bare(QtWidgets.QHBoxLayout(self._choices))
        self._hint = label("quiet", centred=True)
        self._give = button(tr("Answer (Enter)"), tr("Keep this answer and continue"), primary=True)
        self._give.clicked.connect(self._answer)
        self._words.textChanged.connect(self._enable_answer)
        self._scale.chosen.connect(self._enable_answer)
        ends = QtWidgets.QHBoxLayout()
        ends.addWidget(self._low)
        ends.addWidget(self._high)
        self._column = column = QtWidgets.QVBoxLayout()
        column.addStretch(1)
        column.addWidget(self._question)
        column.addWidget(self._say)
        column.addWidget(self._words)
        column.addWidget(self._scale)
        column.addWidget(self._choices)
        column.addLayout(ends)
        column.addWidget(self._give, 0, QtCore.Qt.AlignmentFlag.AlignHCenter)
        column.addWidget(self._hint)
        column.addStretch(2)
        row = QtWidgets.QHBoxLayout(self)
        row.addStretch(1)
        row.addLayout(column, 6)
        row.addStretch(1)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._scale.set_looks(theme, text_scale)

    def set_room(self, lines: float, lines_each: float) -> None:
        """See Picture.set_room; without room, only question and answer stay."""
        self._roomy = lines >= _ROOMY_LINES
        self._question.setObjectName("heading" if self._roomy else "lead")
        self._question.style().polish(self._question)
        self._column.setSpacing(14 if self._roomy else 4)
        self._hint.setVisible(self._roomy)
        self._say.setVisible(self._roomy and bool(self._say.text()))

    def show_snapshot(self, snapshot: Snapshot) -> None:
        question = snapshot.question
        if question is not None and self._shown != (snapshot.step_number, question):
            self._shown = snapshot.step_number, question
            self.ask(question)

    def ask(self, question: Question) -> None:
        """Show a question, not answered yet."""
        self._asked = question
        on_scale, in_words = question.answer == "scale", question.answer == "words"
        self._question.setText(question.text)
        self._say.setText(question.say)
        self._say.setVisible(self._roomy and bool(question.say))
        self._low.setText(f"0: {question.low}")
        self._high.setText(f"10: {question.high}")
        for widget in (self._scale, self._low, self._high):
            widget.setVisible(on_scale)
        self._give.setVisible(not question.choices)
        self._words.setVisible(in_words)
        self._show_choices(question)
        self._words.clear()
        self._scale.clear()
        field = self._scale if on_scale else self._words
        field.setAccessibleDescription(question.text)
        self._hint.setText(
            tr("Press 0 to 9 or the arrow keys; press 1 and then 0 for ten.")
            if on_scale
            else tr("Your answer is kept with this session; only you read it.")
            if in_words
            else ""
        )
        self._enable_answer()
        self.take_focus()

    def _show_choices(self, question: Question) -> None:
        while (item := self._choice_row.takeAt(0)) is not None:
            item.widget().deleteLater()
        for number, (key, words) in enumerate(question.choices.items(), 1):
            choice = button(f"{words} ({number})", question.say)
            choice.clicked.connect(lambda _=False, key=key: self.answer.emit(key))
            self._choice_row.addWidget(choice)
            choice.show()  # or it has no place for the focus yet
        self._choices.setVisible(bool(question.choices))

    def _take_number(self, typed: str) -> bool:
        """Choose by number; other digits do nothing here."""
        assert self._asked is not None
        keys = list(self._asked.choices)
        if typed.isdigit() and 0 < int(typed) <= len(keys):
            self.answer.emit(keys[int(typed) - 1])
        return typed.isdigit()

    def take_focus(self) -> bool:
        """Focus the answer; return False if nothing is asked."""
        if self._asked is None:
            return False
        if self._asked.choices:
            self._choice_row.itemAt(0).widget().setFocus()
        else:
            (self._scale if self._asked.answer == "scale" else self._words).setFocus()
        return True

    def take_key(self, event: QtGui.QKeyEvent) -> bool:
        """Take keys typed outside the field, so that typing on does not skip the step."""
        typed = event.text()
        if self._asked is not None and self._asked.choices:
            return self._take_number(typed)
        if self._asked is None or self._asked.answer != "words" or not self._words.text():
            return False
        if event.key() != QtCore.Qt.Key.Key_Right and not (typed and typed.isprintable()):
            return False
        self._words.setFocus()
        self._words.end(False)
        self._words.insert(typed)
        return True

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter answers."""
        if event.key() in _ENTER:
            self._answer()
        else:
            event.ignore()

    def _enable_answer(self) -> None:
        self._give.setEnabled(bool(self._said()))

    def _said(self) -> str:
        if self._asked is not None and self._asked.answer == "scale":
            return str(self._scale.value()) if self._scale.answered else ""
        return str(self._words.text()).strip()

    def _answer(self) -> None:
        if said := self._said():
            self.answer.emit(said)
