"""The page of sites: a site and a side for each channel, with a drawing and instructions."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.bodyview import BodyView
from unclench.desktop.training.parts import Column, Page, button, card, label, say
from unclench.desktop.training.placerow import PlaceRow
from unclench.errors import InputError
from unclench.settings import Place
from unclench.training.placement.bodymap import SPOTS
from unclench.training.placement.sites import check_places, sensor_warning
from unclench.training.placement.words import SNAPS, TROUBLE_WORDS, Site
from unclench.translation import tr
from unclench.wording import capital

_MOST_PARTS = 8
_WIDE_PX = 1350  # at text of usual size


class PlacementPage(Page):
    """A row for each channel; drawing and words describe the row used last."""

    chosen = QtCore.pyqtSignal(object)  # tuple[Place, ...]
    back = QtCore.pyqtSignal()

    def __init__(self, n_channels: int = 1) -> None:
        super().__init__()
        self.setAccessibleName(tr("Where the sensors are"))
        self._rows = [PlaceRow(k + 1) for k in range(n_channels)]
        self._shown = self._rows[0]
        self._drawing = BodyView()
        self._caption = label("small", centred=True)
        self._name = label("title")
        self._parts = [(label("quiet"), label("")) for _ in range(_MOST_PARTS)]
        self._status = label("small")
        self._mistake = label("")
        self._done = button(tr("Done (Enter)"), tr("Keep these sites and continue"), primary=True)
        self._done.clicked.connect(self._finish)
        self._back = button(tr("Back (Esc)"), tr("Go back without changes"))
        self._back.clicked.connect(self.back)
        self._left, self._right = Column(80), Column(80)
        self._lay_out()
        for key, pages in (("PgUp", -1), ("PgDown", 1)):  # before a list of sites takes the keys
            QtWidgets.QShortcut(QtGui.QKeySequence(key), self, partial(self._scroll, pages))
        for row in self._rows:
            row.touched.connect(self._use)
        self._show_site()

    def _lay_out(self) -> None:
        rows = self._left.rows
        rows.addWidget(label("heading", tr("Where are the sensors?")))
        for row in self._rows:
            rows.addWidget(row)
        rows.addStretch(1)
        about, right = card(8)
        drawn = QtWidgets.QVBoxLayout()
        drawn.addWidget(self._drawing, 1)
        drawn.addWidget(self._caption)
        words = self._right.rows
        words.setSpacing(3)
        words.addWidget(self._name)
        for heading, text in self._parts:
            words.addSpacing(6)
            words.addWidget(heading)
            words.addWidget(text)
        words.addSpacing(6)
        words.addWidget(self._status)
        words.addStretch(1)
        self._about = QtWidgets.QBoxLayout(QtWidgets.QBoxLayout.Direction.TopToBottom)
        self._about.addLayout(drawn, 1)
        self._about.addWidget(self._right, 1)
        right.addLayout(self._about)
        middle = QtWidgets.QHBoxLayout()
        middle.setSpacing(12)
        middle.addWidget(self._left, 2)
        middle.addWidget(about, 3)
        foot = QtWidgets.QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(self._back)
        foot.addWidget(self._done)
        foot.addStretch(1)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(20, 16, 20, 16)
        column.addLayout(middle, 1)
        column.addWidget(self._mistake)
        column.addLayout(foot)

    def _apply_looks(self) -> None:
        """See Page."""
        theme, text_scale = self.theme, self.text_scale
        self._left.set_looks(text_scale)
        self._right.set_looks(text_scale)
        self._drawing.set_looks(theme, text_scale)
        self._mistake.setStyleSheet(f"color: {theme.warn}")
        self._arrange()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Arrange the words again."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        """Put the words beside the drawing if there is room for both."""
        ways = QtWidgets.QBoxLayout.Direction
        wide = self.width() >= _WIDE_PX * self.text_scale
        self._about.setDirection(ways.LeftToRight if wide else ways.TopToBottom)

    def show_places(self, places: Sequence[Place]) -> None:
        """Show the current sites; channels without one are not used."""
        by_channel = {place.channel: place for place in places}
        for row in self._rows:
            row.show_place(by_channel.get(row.channel))
        used = [row for row in self._rows if row.place() is not None]
        self._shown = used[0] if used else self._rows[0]
        self._show_site()

    def places(self) -> tuple[Place, ...]:
        """The current choice."""
        return tuple(place for row in self._rows if (place := row.place()) is not None)

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Focus the row shown, so that arrows choose."""
        super().showEvent(event)
        self._shown.take_focus()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter keeps the sites, Esc goes back."""
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            self._finish()
        elif event.key() == QtCore.Qt.Key.Key_Escape:
            self.back.emit()
        else:
            event.ignore()

    def _scroll(self, pages: int) -> None:
        """Scroll the site's words, whatever has the focus."""
        bar = self._right.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep() * 4 // 5)

    def _use(self, channel: int) -> None:
        self._shown = self._rows[channel - 1]
        self._show_site()

    def _finish(self) -> None:
        if self._is_valid():
            self.chosen.emit(self.places())

    def _is_valid(self) -> bool:
        """Show a mistake, if there is one; return whether there is none."""
        mistake = ""
        try:
            check_places(self.places(), len(self._rows))
        except InputError as error:
            mistake = str(error)
        if not mistake and (row := next((r for r in self._rows if r.lacks_words), None)):
            mistake = tr(
                "Channel {channel} has no description. Say where its sensor is, or choose "
                "“Not used”.",
                channel=row.channel,
            )
            row.take_focus()
        if not mistake and not self.places():
            mistake = tr("No channel has a site yet. Choose a site for at least one sensor.")
        self._warn(mistake or sensor_warning(self.places()))
        return not mistake

    def _warn(self, sentence: str) -> None:
        say(self._mistake, f"▲ {sentence}" if sentence else "")

    def _show_site(self) -> None:
        """Draw and describe the site of the row used last."""
        site = self._shown.site
        drawn = site is not None and site.key in SPOTS
        self._drawing.setVisible(drawn)
        self._caption.setVisible(drawn)
        self._warn(sensor_warning(self.places()))
        self._drawing.show_spot("" if site is None else site.key, self._shown.side)
        say(self._caption, self._drawing.caption)
        if site is None:
            say(self._name, tr("Channel {channel} is not used", channel=self._shown.channel))
            self._show_parts((("", tr("Choose a site to see where the electrodes go.")),))
            say(self._status, "")
        else:
            say(self._name, site.name)
            self._show_parts(_parts(site))
            say(self._status, f"{capital(site.status)}. {SNAPS}")
        self._right.verticalScrollBar().setValue(0)

    def _show_parts(self, parts: Sequence[tuple[str, str]]) -> None:
        for (heading, text), (title, words) in zip(self._parts, parts, strict=False):
            say(heading, title)
            say(text, words)
        for k, (heading, text) in enumerate(self._parts):
            heading.setVisible(k < len(parts) and bool(parts[k][0]))
            text.setVisible(k < len(parts))


def _parts(site: Site) -> tuple[tuple[str, str], ...]:
    """Return a site's words under their headings; the guide says more."""
    return (
        (tr("Find the site"), site.placement),
        (tr("Direction of the pair"), site.lie),
        (tr("Reference electrode"), site.reference),
        (tr("Snaps or leads"), site.leads),
        (tr("Skin"), tr("Clean, dry, without hair or cream. {skin}", skin=site.skin)),
        (tr("It is in the right place if this shows"), site.movement),
        (tr("Common mistakes"), "\n".join(f"•  {mistake}" for mistake in site.mistakes)),
        (
            tr("Most common problem: {problem}", problem=TROUBLE_WORDS[site.trouble]),
            site.trouble_words,
        ),
    )
