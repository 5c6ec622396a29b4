"""One channel's row on the page of sites."""

from __future__ import annotations

from typing import cast

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.parts import label
from unclench.settings import Place
from unclench.training.placement.sites import OWN, SITES, Site, site_of
from unclench.training.placement.values import Side
from unclench.training.placement.words import SIDE_WORDS
from unclench.translation import tr
from unclench.wording import capital

_LONGEST_SITE = 40  # as in the settings


class PlaceRow(QtWidgets.QFrame):
    """One channel: not used, a known site or a person's own words; and the side."""

    touched = QtCore.pyqtSignal(int)  # the channel

    def __init__(self, channel: int) -> None:
        super().__init__(objectName="card")
        self.channel = channel
        self._site = _combo(tr("Site of channel {channel}", channel=channel))
        self._site.addItem(tr("Not used"), "")
        for key, site in SITES.items():
            self._site.addItem(capital(site.short), key)
        self._side = _combo(tr("Side of channel {channel}", channel=channel))
        self._words = QtWidgets.QLineEdit(
            placeholderText=tr("Where is it?"), maxLength=_LONGEST_SITE
        )
        self._words.setAccessibleName(
            tr("Your words for where channel {channel} is", channel=channel)
        )
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(16, 10, 16, 12)
        column.setSpacing(6)
        column.addWidget(label("title", tr("Channel {channel}", channel=channel)))
        column.addWidget(self._site)
        column.addWidget(self._words)
        column.addWidget(self._side)
        self._site.currentIndexChanged.connect(lambda _: self._change())
        self._side.currentIndexChanged.connect(lambda _: self.touched.emit(self.channel))
        self._words.textChanged.connect(lambda _: self.touched.emit(self.channel))
        for field in (self._site, self._side, self._words):
            field.installEventFilter(self)
        self._change()

    @property
    def lacks_words(self) -> bool:
        """Whether it is a site in a person's own words that has no words yet."""
        return self._site.currentData() == OWN and not self._words.text().strip()

    @property
    def site(self) -> Site | None:
        """The chosen site; None if not used."""
        return SITES.get(self._site.currentData())

    @property
    def side(self) -> Side:
        """The chosen side."""
        return cast(Side, self._side.currentData() or "middle")

    def place(self) -> Place | None:
        """Return the choice; None if not used, or without words."""
        key = self._site.currentData()
        site = self._words.text().strip() if key == OWN else key
        return Place(channel=self.channel, site=site, side=self.side) if site else None

    def show_place(self, place: Place | None) -> None:
        """Show the current site."""
        self.blockSignals(True)
        if place is None:
            self._site.setCurrentIndex(0)
        else:
            key = site_of(place).key
            self._site.setCurrentIndex(self._site.findData(key))
            self._words.setText(place.site if key == OWN else "")
        self._change()
        if place is not None:
            self._side.setCurrentIndex(max(0, self._side.findData(place.side)))
        self.blockSignals(False)

    def take_focus(self) -> None:
        """Focus the list of sites, or the field of the missing words."""
        (self._words if self.lacks_words else self._site).setFocus()

    def eventFilter(  # noqa: N802 - Qt's name
        self, watched: QtCore.QObject, event: QtCore.QEvent
    ) -> bool:
        """Show the drawing of the row that gets the focus."""
        if event.type() == QtCore.QEvent.Type.FocusIn:
            self.touched.emit(self.channel)
        return bool(super().eventFilter(watched, event))

    def _change(self) -> None:
        """Offer the sides that the site has."""
        key = self._site.currentData()
        sides = SITES[key].sides if key else ()
        before = cast(Side | None, self._side.currentData())
        self._side.blockSignals(True)
        self._side.clear()
        for side in sides:
            self._side.addItem(capital(SIDE_WORDS[side]), side)
        self._side.setCurrentIndex(max(0, self._side.findData(before)))
        self._side.blockSignals(False)
        self._side.setVisible(bool(key) and len(sides) > 1)
        self._words.setVisible(key == OWN)
        self.touched.emit(self.channel)


class _Combo(QtWidgets.QComboBox):
    """A list that passes Enter to the page; Space and Alt+Down open it."""

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Pass Enter and Esc to the page."""
        keys = QtCore.Qt.Key
        if event.key() in (keys.Key_Return, keys.Key_Enter, keys.Key_Escape):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QtGui.QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draw the arrow, which the style sheet removes."""
        super().paintEvent(event)
        painter = QtGui.QPainter(self)
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        painter.setPen(QtGui.QPen(self.palette().color(QtGui.QPalette.ColorRole.Text), 1.5))
        size = self.fontMetrics().xHeight() / 2
        x, y = self.width() - 4 * size, self.height() / 2
        tips = ((x - size, y - size / 2), (x, y + size / 2), (x + size, y - size / 2))
        painter.drawPolyline(QtGui.QPolygonF([QtCore.QPointF(*tip) for tip in tips]))

    def wheelEvent(self, event: QtGui.QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scroll the page, not the choice."""
        event.ignore()


def _combo(name: str) -> QtWidgets.QComboBox:
    made = _Combo(objectName="choice")
    made.setAccessibleName(name)
    made.setMinimumContentsLength(12)
    made.setSizeAdjustPolicy(made.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return made
