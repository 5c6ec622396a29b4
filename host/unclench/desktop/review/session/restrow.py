"""The row in which a person chooses what was rest: the selected span, or a calibration."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.review.session.figurewords import span_words
from unclench.desktop.training.parts import button, label, say
from unclench.review.restedits import Offer
from unclench.review.results import Span
from unclench.review.session import SessionReview
from unclench.translation import tr


@dataclass(frozen=True)
class RestItem:
    """One way to name rest: `what` is None to go back to what was measured."""

    words: str
    what: Span | Offer | None


def rest_items(
    review: SessionReview, channel: int, span: Span | None, offers: Sequence[Offer]
) -> list[RestItem]:
    """Return the ways to name a channel's rest; those that are refused come last."""
    items: list[RestItem] = []
    if span is not None:
        words = tr("selected span, {span}", span=span_words(span, review.duration_s))
        items.append(RestItem(words, span))
    items += [RestItem(offer.words, offer) for offer in offers if not offer.refusal]
    if review.contexts[channel].named is not None:
        items.append(RestItem(tr("as measured, without what was named here"), None))
    items += [
        RestItem(tr("not possible: {what}", what=offer.words), offer)
        for offer in offers
        if offer.refusal
    ]
    return items


class RestRow(QtWidgets.QWidget):
    """A list to choose from; Enter uses the choice, Esc changes nothing."""

    kept = QtCore.pyqtSignal(object)  # Span, Offer or None
    cancelled = QtCore.pyqtSignal()

    def __init__(self) -> None:
        super().__init__()
        self._prompt = label("")
        self.choices = QtWidgets.QComboBox(objectName="choice")
        self.choices.setAccessibleName(tr("Rest"))
        self.choices.setSizeAdjustPolicy(
            self.choices.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        keep = button(tr("Use as rest (Enter)"), tr("Compute the rest figures with this"))
        cancel = button(tr("Cancel (Esc)"), tr("Change nothing"))
        keep.clicked.connect(self._keep)
        cancel.clicked.connect(self.cancelled)
        across = QtWidgets.QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self._prompt, 1)
        across.addWidget(self.choices, 3)
        across.addWidget(keep)
        across.addWidget(cancel)
        self.hide()

    def ask(self, prompt: str, items: Sequence[RestItem]) -> None:
        """Offer ways to name rest, the first one chosen."""
        say(self._prompt, prompt)
        self.choices.setAccessibleName(prompt)
        self.choices.clear()
        for item in items:
            self.choices.addItem(item.words, item)
        self.show()
        self.choices.setFocus()

    def _keep(self) -> None:
        item = self.choices.currentData()
        if isinstance(item, RestItem):
            self.kept.emit(item.what)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Use the choice on Enter, cancel on Esc; other keys are not commands meanwhile."""
        keys = QtCore.Qt.Key
        if event.key() == keys.Key_Escape:
            self.cancelled.emit()
        elif event.key() in (keys.Key_Return, keys.Key_Enter):
            self._keep()
