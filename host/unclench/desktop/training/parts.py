"""What every page is made of: a background, labels, buttons, rows that wrap."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.theme import LIGHT, Theme, style_sheet

_LINE_CHARS = 68  # of a line of text that is easy to read
TEXT_PT = 10.5  # the style sheet's, at a scale of 1
LINE = 16.8  # pixels of a line of text at a scale of 1
_GROUND = (1280, 800)  # pixels of a page, beyond which text grows with it
_MOST_GROWTH = 1.5
_LARGEST_GROWN = 2.0  # a text scale that is large already grows no more
_GROWTH_STEP = 0.04


class Page(QtWidgets.QWidget):
    """A page's ground. It dresses itself; on a large screen its text grows with it."""

    def __init__(self) -> None:
        super().__init__(objectName="page")
        self.setAttribute(QtCore.Qt.WidgetAttribute.WA_StyledBackground)
        self.theme = LIGHT
        self.text_scale = 1.0  # as it is shown
        self._wanted_scale = 1.0
        self._styled = False

    def set_looks(self, theme: Theme, text_scale: float) -> None:
        """Set colours and text size, as chosen by a person."""
        self.theme, self._wanted_scale = theme, text_scale
        self.text_scale = self._grown()
        self._restyle()

    def resizeEvent(self, event: QtGui.QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Grow or shrink the text in steps."""
        super().resizeEvent(event)
        if self._styled and abs(self._grown() / self.text_scale - 1) > _GROWTH_STEP:
            self.text_scale = self._grown()
            self._restyle()

    def _grown(self) -> float:
        ground = min(self.width() / _GROUND[0], self.height() / _GROUND[1])
        most = max(1.0, _LARGEST_GROWN / self._wanted_scale)
        return float(self._wanted_scale * max(1.0, min(ground, _MOST_GROWTH, most)))

    def _restyle(self) -> None:
        self._styled = True
        self.setStyleSheet(style_sheet(self.theme, self.text_scale))
        for field in self.findChildren(QtWidgets.QLineEdit):  # no style sheet reaches their hints
            palette = field.palette()
            hint = QtGui.QPalette.ColorRole.PlaceholderText
            palette.setColor(hint, QtGui.QColor(self.theme.quiet))
            field.setPalette(palette)
        self._apply_looks()

    def _apply_looks(self) -> None:
        """Apply the looks to parts that paint themselves."""


class Column(QtWidgets.QScrollArea):
    """A column of text and controls, no wider than is easy to read; scrolls if it is longer."""

    def __init__(self, chars: int = _LINE_CHARS) -> None:
        super().__init__(widgetResizable=True)
        self._chars = chars
        self.widest = 0  # pixels
        self.setHorizontalScrollBarPolicy(QtCore.Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.NoFocus)  # focus goes to the controls inside
        ground = QtWidgets.QWidget(objectName="clear")
        self._inner = QtWidgets.QWidget(objectName="clear")
        self.rows = QtWidgets.QVBoxLayout(self._inner)
        self.rows.setContentsMargins(4, 4, 12, 4)
        self.rows.setSpacing(12)
        middle = QtWidgets.QHBoxLayout(ground)
        middle.setContentsMargins(0, 0, 0, 0)
        middle.addStretch(1)
        middle.addWidget(self._inner, 1000)
        middle.addStretch(1)
        self.setWidget(ground)

    def set_looks(self, text_scale: float) -> None:
        """Set the text size, which sets the greatest width of a line."""
        self.widest = round(self._chars * 8.4 * text_scale)
        self._inner.setMaximumWidth(self.widest)

    def scroll_by(self, event: QtGui.QKeyEvent) -> bool:
        """Scroll by an arrow or page key; return whether it was one."""
        bar, key, keys = self.verticalScrollBar(), event.key(), QtCore.Qt.Key
        steps = {
            keys.Key_Up: -bar.singleStep(),
            keys.Key_Down: bar.singleStep(),
            keys.Key_PageUp: -bar.pageStep(),
            keys.Key_PageDown: bar.pageStep(),
        }
        if key in steps:
            bar.setValue(bar.value() + steps[key])
        return key in steps

    def minimumSizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """Wide enough for every control: it scrolls only up and down."""
        return QtCore.QSize(self._inner.minimumSizeHint().width() + 20, 60)


class Flow(QtWidgets.QLayout):
    """A row that wraps, so that buttons fit whatever the window's width and the text's size."""

    def __init__(self, parent: QtWidgets.QWidget | None = None, spacing: int = 8) -> None:
        super().__init__(parent)
        self._items: list[QtWidgets.QLayoutItem] = []
        self.setSpacing(spacing)
        self.setContentsMargins(0, 0, 0, 0)

    def addItem(self, item: QtWidgets.QLayoutItem) -> None:  # noqa: N802 - Qt's name
        """See QLayout."""
        self._items.append(item)

    def count(self) -> int:
        """See QLayout."""
        return len(self._items)

    def itemAt(self, index: int) -> QtWidgets.QLayoutItem | None:  # noqa: N802 - Qt's name
        """See QLayout."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QtWidgets.QLayoutItem | None:  # noqa: N802 - Qt's name
        """See QLayout."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> QtCore.Qt.Orientations:  # noqa: N802 - Qt's name
        """Neither."""
        return QtCore.Qt.Orientations()

    def hasHeightForWidth(self) -> bool:  # noqa: N802 - Qt's name
        """Narrower is higher."""
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: N802 - Qt's name
        """All rows."""
        return self._place(QtCore.QRect(0, 0, width, 0), move=False)

    def sizeHint(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """All in one row."""
        shown = self._shown()
        width = sum(item.sizeHint().width() + self.spacing() for item in shown) - self.spacing()
        return QtCore.QSize(max(0, width), self.minimumSize().height())

    def minimumSize(self) -> QtCore.QSize:  # noqa: N802 - Qt's name
        """The largest item alone."""
        size = QtCore.QSize(0, 0)
        for item in self._shown():
            size = size.expandedTo(item.minimumSize())
        return size

    def setGeometry(self, rect: QtCore.QRect) -> None:  # noqa: N802 - Qt's name
        """See QLayout."""
        super().setGeometry(rect)
        self._place(rect, move=True)

    def _shown(self) -> list[QtWidgets.QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _place(self, rect: QtCore.QRect, move: bool) -> int:
        """Place the items, or only measure them; return their height together."""
        rows: list[list[tuple[QtWidgets.QLayoutItem, int]]] = [[]]
        x = 0
        for item in self._shown():
            width = min(item.sizeHint().width(), rect.width())
            if rows[-1] and x + width > rect.width():
                rows.append([])
                x = 0
            rows[-1].append((item, x))
            x += width + self.spacing()
        y = rect.y()
        for row in rows:
            height = max((item.sizeHint().height() for item, _ in row), default=0)
            for item, left in row if move else ():
                size = item.sizeHint()
                top = y + (height - size.height()) // 2
                width = min(size.width(), rect.width())
                item.setGeometry(QtCore.QRect(rect.x() + left, top, width, size.height()))
            y += height + self.spacing()
        return int(y - self.spacing() - rect.y())


def label(name: str, text: str = "", centred: bool = False) -> QtWidgets.QLabel:
    """Return a label that wraps; `name` is its role in the style sheet."""
    made = QtWidgets.QLabel(text, objectName=name, wordWrap=True)
    made.setTextFormat(QtCore.Qt.TextFormat.PlainText)  # words from people and files are not markup
    made.setMinimumWidth(1)  # a long word must not widen the page
    if centred:
        made.setAlignment(QtCore.Qt.AlignmentFlag.AlignCenter)
    return made


def say(made: QtWidgets.QLabel, text: str, caption: str = "") -> None:
    """Set a label's words, unless unchanged: setting them lays the page out again.

    A screen reader says `caption` first, since it sees no caption beside a figure.
    """
    if made.text() != text:
        made.setText(text)
    if caption:
        made.setAccessibleName(f"{caption}: {text}")


def button(text: str, tip: str, *, primary: bool = False, switch: bool = False) -> Button:
    """Return a button; its words name its key, if it has one."""
    made = Button(text, toolTip=tip, checkable=switch)
    if primary:
        made.setObjectName("primary")
    made.setAccessibleName(text)
    made.setAccessibleDescription(tip)
    return made


class Button(QtWidgets.QPushButton):
    """A button that Enter and Space press, and that takes no focus when clicked."""

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        # The page's keys keep working after a click: Space does not press the button again.
        self.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter presses the button; arrows go to the page."""
        if event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            self.click()
        elif event.key() == QtCore.Qt.Key.Key_Space:
            super().keyPressEvent(event)
        else:
            event.ignore()


def rename(made: QtWidgets.QPushButton, text: str) -> None:
    """Change a button's words, on screen and for screen readers."""
    if made.text() != text:
        made.setText(text)
        made.setAccessibleName(text)


def card(spacing: int = 6) -> tuple[QtWidgets.QFrame, QtWidgets.QVBoxLayout]:
    """Return a frame and its column."""
    frame = QtWidgets.QFrame(objectName="card")
    column = QtWidgets.QVBoxLayout(frame)
    column.setContentsMargins(16, 12, 16, 12)
    column.setSpacing(spacing)
    return frame, column
