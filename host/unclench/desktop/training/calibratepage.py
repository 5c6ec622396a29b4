"""Choose what to calibrate: rest only, or rest and a contraction."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import Theme
from unclench.desktop.training.parts import Column, Page, button, card, label, say
from unclench.translation import tr

_CHOICES = (
    (
        "calibrate-gentle",
        tr("Rest and a gentle contraction"),
        tr(
            "About two and a half minutes. You sit still for a minute, then tense the muscle "
            "gently three times. Suits most people."
        ),
    ),
    (
        "calibrate-rest",
        tr("Rest only"),
        tr("A little over a minute. Enough for goals based on your resting baseline."),
    ),
    (
        "calibrate-maximum",
        tr("Rest and a maximum contraction"),
        tr(
            "About two and a half minutes. Needed to compare percentages with published ones. Do "
            "not choose it if tensing hard hurts, or if you were advised against it."
        ),
    ),
)
_PURPOSE = tr(
    "Goals are based on your resting baseline. It is kept until you say that a sensor moved."
)


class CalibratePage(Page):
    """Three choices, each with a key."""

    chosen = QtCore.pyqtSignal(str)  # name of the calibrating program
    back = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName(tr("Calibrate"))
        self._column = Column(84)
        self._reason = label("quietLead")
        rows = self._column.rows
        rows.addStretch(1)
        rows.addWidget(label("heading", tr("Calibrate")))
        rows.addWidget(self._reason)
        self._buttons = []
        for number, (name, title, words) in enumerate(_CHOICES, 1):
            frame, inner = card(6)
            made = button(f"{title} ({number})", words, primary=number == 1)
            made.clicked.connect(lambda _=False, name=name: self.chosen.emit(name))
            inner.addWidget(made, 0, QtCore.Qt.AlignmentFlag.AlignLeft)
            inner.addWidget(label("quiet", words))
            rows.addWidget(frame)
            self._buttons.append(made)
        rows.addStretch(1)
        later = button(tr("Not now (Esc)"), tr("Continue without calibrating"))
        later.clicked.connect(self.back)
        foot = QtWidgets.QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(later)
        foot.addStretch(1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.addWidget(self._column, 1)
        column.addLayout(foot)
        self.show_reason("")

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """See Page."""
        super().set_looks(theme, text_scale)
        self._column.set_looks(text_scale)

    def show_reason(self, reason: str) -> None:
        """Show why it is needed now, in a sentence, or else what it is for."""
        say(self._reason, reason or _PURPOSE)

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Focus the first choice, so that Enter takes it."""
        super().showEvent(event)
        self._buttons[0].setFocus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """A number chooses, Esc goes back."""
        if event.text() in ("1", "2", "3"):
            self.chosen.emit(_CHOICES[int(event.text()) - 1][0])
        elif event.key() == QtCore.Qt.Key.Key_Escape:
            self.back.emit()
        elif not self._column.scroll_by(event):
            event.ignore()
