"""The list of programs: a calm line or two for each."""

from __future__ import annotations

from dataclasses import dataclass

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.words import minutes_words
from unclench.training.programs.file import ListedProgram, list_programs
from unclench.translation import tr

_EDGE = 10  # pixels around an entry's words
# From the first day to what needs practice; a person's own programs follow, by name.
_ORDER = (
    *("first-ten-minutes", "breathe-6", "quiet-five", "let-go", "shoulder-drop"),
    *("jaw-unclench", "relax-short", "relax-long", "stress-profile"),
)
_ROLE = QtCore.Qt.ItemDataRole


@dataclass(frozen=True)
class ProgramInfo:
    """A program as the list shows it."""

    name: str
    title: str
    purpose: str
    evidence: str
    minutes: float | None  # at most, without questions; None if it cannot be read
    own: bool = False  # written by the person
    trouble: str = ""  # reason it cannot be used


def program_infos() -> list[ProgramInfo]:
    """Return all programs, a person's own ones last."""
    infos = []
    for listed in sorted(list_programs(), key=_order):
        program = listed.program
        infos.append(
            ProgramInfo(
                listed.name,
                program.title if program else listed.name,
                program.purpose.strip() if program else "",
                program.evidence.strip() if program else "",
                program.longest_s() / 60 if program else None,
                own=not listed.shipped,
                trouble=listed.trouble or "",
            )
        )
    return infos


def _order(listed: ListedProgram) -> tuple[bool, int]:
    known = listed.shipped and listed.name in _ORDER
    return bool(listed.trouble), _ORDER.index(listed.name) if known else len(_ORDER)


class ProgramList(QtWidgets.QListWidget):
    """Programs to choose from; broken ones can be selected, but not begun."""

    begun = QtCore.pyqtSignal()  # Enter or a double click

    def __init__(self) -> None:
        super().__init__()
        self._programs: tuple[ProgramInfo, ...] = ()
        self._entry = _Entry(self)
        self.setItemDelegate(self._entry)
        self.setAccessibleName(tr("Programs"))
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(self.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        self.itemDoubleClicked.connect(lambda _: self.begun.emit())

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._entry.set_looks(theme, text_scale)
        self.scheduleDelayedItemsLayout()

    def show_programs(self, programs: tuple[ProgramInfo, ...]) -> None:
        """Fill the list; the chosen program stays chosen, else the first usable one is."""
        chosen = self.chosen
        self._programs = programs
        self.blockSignals(True)
        self.clear()
        for program in programs:
            item = QtWidgets.QListWidgetItem(program.title or program.name)
            words = (item.text(), minutes_words(program.minutes), program.trouble)
            item.setData(_ROLE.AccessibleTextRole, ", ".join(w for w in words if w))
            item.setData(_ROLE.AccessibleDescriptionRole, program.purpose)
            item.setData(_ROLE.UserRole, program)
            self.addItem(item)
        self.blockSignals(False)
        names = [p.name for p in programs]
        usable = next((k for k, p in enumerate(programs) if not p.trouble), 0)
        at = names.index(chosen.name) if chosen and chosen.name in names else usable
        self.setCurrentRow(-1)
        self.setCurrentRow(at)

    @property
    def chosen(self) -> ProgramInfo | None:
        """The chosen program."""
        row = self.currentRow()
        return self._programs[row] if 0 <= row < len(self._programs) else None

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter begins; letters are the page's keys, and do not search."""
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            self.begun.emit()
        elif event.text().isprintable() and event.text():
            event.ignore()
        else:
            super().keyPressEvent(event)


class _Entry(QtWidgets.QStyledItemDelegate):
    """Paints title and minutes, and below them the program's purpose or what is wrong."""

    def __init__(self, parent: QtCore.QObject) -> None:
        super().__init__(parent)
        self._theme = LIGHT
        self._title, self._small = QtGui.QFont(), QtGui.QFont()

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self._title.setPointSizeF(12 * text_scale)
        self._small.setPointSizeF(9.5 * text_scale)

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QtWidgets.QStyleOptionViewItem, index: QtCore.QModelIndex
    ) -> QtCore.QSize:
        """Two lines."""
        height = QtGui.QFontMetricsF(self._title).height()
        height += QtGui.QFontMetricsF(self._small).height()
        return QtCore.QSize(120, round(height) + 2 * _EDGE)

    def paint(
        self,
        painter: QtGui.QPainter,
        option: QtWidgets.QStyleOptionViewItem,
        index: QtCore.QModelIndex,
    ) -> None:
        """Paint one entry."""
        program: ProgramInfo = index.data(_ROLE.UserRole)
        state = QtWidgets.QStyle.StateFlag
        painter.save()
        painter.setRenderHint(QtGui.QPainter.RenderHint.Antialiasing)
        rect = QtCore.QRectF(option.rect).adjusted(2, 2, -2, -2)
        if option.state & (state.State_Selected | state.State_MouseOver):
            chosen = bool(option.state & state.State_Selected)
            focus = chosen and bool(option.state & state.State_HasFocus)
            accent = QtGui.QColor(self._theme.accent)
            edge = accent if focus else QtGui.QColor(self._theme.edge)
            painter.setPen(QtGui.QPen(edge, 2 if focus else 1))
            accent.setAlpha(34 if chosen else 12)
            painter.setBrush(accent)
            painter.drawRoundedRect(rect, 6, 6)
        self._words(painter, program, rect.adjusted(_EDGE, _EDGE - 3, -_EDGE, 3 - _EDGE))
        painter.restore()

    def _words(self, painter: QtGui.QPainter, program: ProgramInfo, rect: QtCore.QRectF) -> None:
        align = QtCore.Qt.AlignmentFlag
        text, quiet = QtGui.QColor(self._theme.text), QtGui.QColor(self._theme.quiet)
        small, title = QtGui.QFontMetricsF(self._small), QtGui.QFontMetricsF(self._title)
        marks = (tr("yours") if program.own else "", minutes_words(program.minutes))
        aside = "   ".join(mark for mark in marks if mark)
        room = rect.width() - small.horizontalAdvance(aside) - 12
        painter.setFont(self._title)
        painter.setPen(quiet if program.trouble else text)
        elide = QtCore.Qt.TextElideMode.ElideRight
        name = title.elidedText(program.title or program.name, elide, room)
        painter.drawText(rect, align.AlignLeft | align.AlignTop, name)
        painter.setFont(self._small)
        painter.setPen(quiet)
        top = rect.adjusted(0, title.ascent() - small.ascent(), 0, 0)
        painter.drawText(top, align.AlignRight | align.AlignTop, aside)
        below = f"▲ {program.trouble}" if program.trouble else program.purpose
        below = small.elidedText(below.replace("\n", " "), elide, rect.width())
        painter.drawText(rect, align.AlignLeft | align.AlignBottom, below)
