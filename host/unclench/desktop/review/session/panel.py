"""The panel beside the trace: figures of the selected span, and the list of marks."""

from __future__ import annotations

from collections.abc import Mapping

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.review.flowarea import FlowArea
from unclench.desktop.review.session.figurewords import figures_page, span_words
from unclench.desktop.review.trace.axes import time_words
from unclench.desktop.review.trace.scene import NO_MARKS
from unclench.desktop.theme import LIGHT, Theme
from unclench.desktop.training.parts import Flow, button, label, say
from unclench.review.namedrest import day_words
from unclench.review.results import (
    ChannelContext,
    Figures,
    Marks,
    NamedRest,
    Phase,
    Remark,
    Span,
    TagSpan,
)
from unclench.translation import tr

Mark = Phase | TagSpan | Remark | NamedRest
_ROLE = QtCore.Qt.ItemDataRole
_MOST_CHIPS = 3  # channels; for more, a drop-down list needs less room
_LIST_FROM = 430  # pixels of height; a smaller panel hides the list


class Panel(QtWidgets.QFrame):
    """Figures of one channel above; phases, tags and notes below."""

    channel_chosen = QtCore.pyqtSignal(int)
    mark_chosen = QtCore.pyqtSignal(object)  # by Enter or a click
    commanded = QtCore.pyqtSignal(str)  # "tag", "note", "change", "remove", "undo"

    def __init__(self) -> None:
        super().__init__(objectName="card")
        self._theme = LIGHT
        self._shown: tuple[Figures, ChannelContext, str] | None = None
        self.channel = self._n_channels = 0
        self._list_from = _LIST_FROM
        self._span = label("lead")
        self._chips = QtWidgets.QButtonGroup(self)
        self._chip_row = QtWidgets.QWidget(objectName="clear")
        self._chip_flow = Flow(self._chip_row)
        self.channels = QtWidgets.QComboBox(objectName="choice")
        self.channels.setAccessibleName(tr("Channel"))
        self.channels.setToolTip(tr("Figures of this channel"))
        self.channels.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)  # keys stay commands
        self.channels.setSizeAdjustPolicy(
            self.channels.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.channels.hide()
        self.figures = QtWidgets.QTextBrowser(objectName="figures")
        self.figures.setAccessibleName(tr("Figures of the selected span"))
        self.figures.setFrameShape(self.Shape.NoFrame)
        self.marks = QtWidgets.QListWidget()
        self.marks.setAccessibleName(tr("Phases, tags and notes"))
        self.marks.setVerticalScrollMode(self.marks.ScrollMode.ScrollPerPixel)
        self.marks.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._buttons = {
            "tag": button(tr("Tag (A)"), tr("Tag the selected span")),
            "note": button(tr("Note (N)"), tr("Add a note at the cursor")),
            "change": button(
                tr("Change (E)"), tr("Change the text or ends of the selected tag or note")
            ),
            "remove": button(tr("Remove (Del)"), tr("Remove the selected tag, note or rest")),
            "undo": button(tr("Undo (Ctrl+Z)"), tr("Undo the last change")),
        }
        self._foot = FlowArea(spacing=4)
        self._crowded = False
        self._lay_out()
        self.marks.itemActivated.connect(self._chosen)
        self.marks.itemClicked.connect(self._chosen)
        self.marks.currentItemChanged.connect(lambda *_: self._allow())
        self._chips.idClicked.connect(self._choose_channel)
        self.channels.activated.connect(self._choose_channel)
        for what, each in self._buttons.items():
            each.clicked.connect(lambda _, what=what: self.commanded.emit(what))
        self._editable = self._undoable = False
        self._allow()

    def _lay_out(self) -> None:
        for each in self._buttons.values():
            self._foot.add(each)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 10, 12, 10)
        column.setSpacing(6)
        column.addWidget(self._span)
        column.addWidget(self._chip_row)
        column.addWidget(self.channels)
        split = QtWidgets.QSplitter(QtCore.Qt.Orientation.Vertical)
        split.addWidget(self.figures)
        split.addWidget(self.marks)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        split.setChildrenCollapsible(False)
        column.addWidget(split, 1)
        column.addWidget(self._foot)

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Colours and text size."""
        self._theme = theme
        self.setFixedWidth(round(350 * min(text_scale, 1.4)))
        self._list_from = round(_LIST_FROM * text_scale)
        self._show_list()
        if self._shown is not None:
            self.show_figures(*self._shown)

    def make_room(self, crowded: bool) -> None:
        """Give the figures all the height when it is scarce; the span then scrolls with them."""
        self._foot.keep_to_one_line(crowded)
        self._span.setVisible(not crowded)
        self._crowded = crowded
        self._show_channels()
        if self._shown is not None:
            self.show_figures(*self._shown)

    # Figures

    def name_channels(self, labels: tuple[str, ...]) -> None:
        """Offer a choice of channels if there are several."""
        for each in self._chips.buttons():
            self._chips.removeButton(each)
            self._chip_flow.removeWidget(each)
            each.setParent(None)
        self.channel = 0
        self._n_channels = len(labels)
        named = [f"{name} ({k + 1})" for k, name in enumerate(labels)]
        few = len(labels) <= _MOST_CHIPS
        self.channels.clear()
        self.channels.addItems(named)
        for k, name in enumerate(named if few else ()):
            chip = button(name, tr("Figures of this channel"), switch=True)
            self._chips.addButton(chip, k)
            self._chip_flow.addWidget(chip)
            chip.setChecked(k == 0)
        self._show_channels()

    def _show_channels(self) -> None:
        """Show chips for a few channels if there is room, else a drop-down list."""
        chips = bool(self._chips.buttons()) and not self._crowded
        self._chip_row.setVisible(chips and self._n_channels > 1)
        self.channels.setVisible(not chips and self._n_channels > 1)

    def choose_channel(self, channel: int) -> None:
        """Choose the channel whose figures are shown; ignore a number without a channel."""
        if channel >= self._n_channels:
            return
        self.channels.setCurrentIndex(channel)
        chip = self._chips.button(channel)
        if chip is not None:
            chip.setChecked(True)
        self._choose_channel(channel)

    def _choose_channel(self, channel: int) -> None:
        self.channel = channel
        self.channel_chosen.emit(channel)

    def show_span(self, span: Span | None, duration_s: float) -> None:
        """Name the span that the figures describe."""
        say(self._span, span_words(span, duration_s), tr("Selected"))

    def empty(self) -> None:
        """Clear the panel: no session is open."""
        say(self._span, "")
        self.name_channels(())
        self.show_marks(NO_MARKS)
        self.show_text("")

    def show_text(self, text: str) -> None:
        """Show a text in place of figures."""
        self._shown = None
        self.figures.setPlainText(text)

    def show_figures(self, figures: Figures, context: ChannelContext, treated: str = "") -> None:
        """Show figures and keep the scroll position; `treated`: what was removed, in words."""
        self._shown = (figures, context, treated)
        head = self._span.text() if self._crowded else ""
        bar = self.figures.verticalScrollBar()
        at = bar.value()
        self.figures.setHtml(figures_page(figures, context, self._theme, head, treated))
        bar.setValue(at)

    # Phases, tags and notes

    def show_marks(self, marks: Marks, labels: Mapping[str, str] | None = None) -> None:
        """List the marks in order of time; `labels` of the channels, by name in the session."""
        chosen = self.mark
        self.marks.blockSignals(True)
        self.marks.clear()
        happened: list[Mark] = [*marks.phases, *marks.tags, *marks.remarks, *marks.rests]
        happened.sort(key=_start_s)
        for mark in happened:
            item = QtWidgets.QListWidgetItem(mark_words(mark, labels or {}))
            item.setData(_ROLE.UserRole, mark)
            item.setToolTip(item.text())
            if isinstance(mark, Phase):
                font = QtGui.QFont(item.font())
                font.setBold(True)
                item.setFont(font)
            self.marks.addItem(item)
        self.marks.blockSignals(False)
        self._show_list()
        self.choose_mark(chosen)

    def _show_list(self) -> None:
        """Hide the list if it leaves the figures no room; the trace shows the same marks."""
        self.marks.setVisible(self.marks.count() > 0 and self.height() >= self._list_from)

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Show or hide the list: see `_show_list`."""
        super().resizeEvent(event)
        self._show_list()

    def choose_mark(self, mark: object) -> None:
        """Select an item of the list."""
        for row in range(self.marks.count()):
            if self.marks.item(row).data(_ROLE.UserRole) == mark:
                self.marks.setCurrentRow(row)
                return
        self.marks.setCurrentRow(-1)
        self._allow()

    @property
    def mark(self) -> Mark | None:
        """The selected item."""
        item = self.marks.currentItem()
        return None if item is None else item.data(_ROLE.UserRole)

    def allow(self, editable: bool, undoable: bool) -> None:
        """Enable changing tags and undoing the last change."""
        self._editable, self._undoable = editable, undoable
        self._allow()

    def _allow(self) -> None:
        own = is_own(self.mark)
        for what, each in self._buttons.items():
            fits = own if what in ("change", "remove") else self._undoable or what != "undo"
            each.setEnabled(self._editable and fits)

    def _chosen(self, item: QtWidgets.QListWidgetItem) -> None:
        self.mark_chosen.emit(item.data(_ROLE.UserRole))


def is_own(mark: object) -> bool:
    """True for marks that a person may change; those unclench wrote are fixed."""
    return isinstance(mark, TagSpan | NamedRest) or (
        isinstance(mark, Remark) and mark.kind in ("note", "marker")
    )


def mark_words(mark: Mark, labels: Mapping[str, str]) -> str:
    """Return a line of the list."""
    start = time_words(_start_s(mark))
    if isinstance(mark, NamedRest):
        label = labels.get(mark.channel, mark.channel)
        if mark.calibration is not None:
            day = day_words(mark.calibration.measured)
            return tr("rest of {label}: calibration of {day}", label=label, day=day)
        stop = time_words(mark.stop_s)
        return tr("{start}–{stop}  rest of {label}", start=start, stop=stop, label=label)
    if isinstance(mark, Remark):
        return f"{start}  {mark.kind}: {mark.text}"
    name = mark.title or mark.kind if isinstance(mark, Phase) else mark.words
    return f"{start}–{time_words(mark.stop_s)}  {name}" if mark.length_s else f"{start}  {name}"


def _start_s(mark: Mark) -> float:
    return mark.time_s if isinstance(mark, Remark) else mark.start_s
