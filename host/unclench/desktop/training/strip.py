"""The foot of the session page: buttons with their keys, tags, a note, the end."""

from __future__ import annotations

from collections.abc import Collection

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.ask import AskRow
from unclench.desktop.training.parts import Button, Flow, button, rename
from unclench.training.tags import Tag
from unclench.translation import tr

_LONGEST_NOTE = 500


class TagBar(QtWidgets.QWidget):
    """A chip for each tag; tags under way are ringed."""

    tag = QtCore.pyqtSignal(str)  # the tag's key

    def __init__(self, tags: tuple[Tag, ...]) -> None:
        super().__init__()
        self._chips: dict[str, Button] = {}
        self._roomy, self._away = True, False
        flow = Flow(self, spacing=6)
        for tag in tags:
            chip = button(
                f"{tag.key}  {tag.text}",
                tr("Mark: {text} ({group})", text=tag.text, group=tag.group),
                switch=True,
            )
            chip.setObjectName("chip")
            # `show_tags` decides what is under way, not the click.
            chip.clicked.connect(lambda _, key=tag.key: self._pressed(key))
            flow.addWidget(chip)
            self._chips[tag.key] = chip
        self._words = {tag.key: tag.text for tag in tags}
        self._under_way: frozenset[str] = frozenset()

    def has(self, key: str) -> bool:
        """Whether a tag has this key."""
        return key in self._chips

    def show_tags(self, under_way: Collection[str]) -> None:
        """Show which tags are under way, by their keys."""
        self._under_way = frozenset(under_way)
        for key, chip in self._chips.items():
            on = key in self._under_way
            chip.setChecked(on)
            rename(chip, f"{key}  {self._words[key]}" + (" …" if on else ""))
            chip.setVisible(self._roomy or on)
        some = self._roomy or bool(self._under_way & set(self._chips))
        self.setVisible(some and not self._away)

    def set_roomy(self, roomy: bool, away: bool) -> None:
        """Without room, show only tags under way, or nothing if `away`."""
        self._roomy = roomy and bool(self._chips)
        self._away = away
        self.show_tags(self._under_way)

    def _pressed(self, key: str) -> None:
        self.show_tags(self._under_way)
        self.tag.emit(key)


class Strip(QtWidgets.QFrame):
    """One row at a time: the buttons, a note being written, or the question to end early."""

    pause = QtCore.pyqtSignal()
    skip = QtCore.pyqtSignal()
    end = QtCore.pyqtSignal()
    note = QtCore.pyqtSignal(str)
    note_begun = QtCore.pyqtSignal()
    sound = QtCore.pyqtSignal()
    theme_wanted = QtCore.pyqtSignal()
    full_screen_wanted = QtCore.pyqtSignal()
    closed = QtCore.pyqtSignal()  # the note or question is closed

    def __init__(self) -> None:
        super().__init__(objectName="footer")
        self._pause = button(tr("Pause (Space)"), tr("Pause or resume"))
        self._skip = button(tr("Skip (N)"), tr("Go to the next step; also: right arrow"))
        self._note = button(tr("Note (Shift+N)"), tr("Write a few words about this moment"))
        self._sound = button(tr("Sound off (S)"), tr("Switch all sounds on or off"))
        self._theme = button(tr("Light/dark (T)"), tr("Switch between light and dark"))
        self._full = button(tr("Full screen (F11)"), tr("Switch full screen on or off"))
        self._end = button(tr("End (Esc)"), tr("End the session early; asks first"))
        for made, signal in (
            (self._pause, self.pause),
            (self._skip, self.skip),
            (self._sound, self.sound),
            (self._theme, self.theme_wanted),
            (self._full, self.full_screen_wanted),
        ):
            made.clicked.connect(signal)
        self._note.clicked.connect(self.ask_note)
        self._end.clicked.connect(self.ask_end)
        self._keys = QtWidgets.QWidget()
        flow = Flow(self._keys)
        for made in (
            self._pause,
            self._skip,
            self._end,
            self._note,
            self._sound,
            self._theme,
            self._full,
        ):
            flow.addWidget(made)
        self._noting = self._make_note()
        self._ending = AskRow(
            tr("End the session early? Everything measured so far is kept."),
            (tr("Continue (Esc)"), tr("Continue the session")),
            (tr("End it"), tr("End the session now; everything measured so far is kept")),
        )
        self._ending.left.connect(self.close_questions)
        self._ending.agreed.connect(self._end_it)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        for row in (self._keys, self._noting, self._ending):
            column.addWidget(row)
        self._show(self._keys)

    @property
    def asks(self) -> bool:
        """Whether a note or the question to end is open."""
        return not self._keys.isVisibleTo(self)

    def set_roomy(self, roomy: bool, note: bool) -> None:
        """Without room, hide the rarer buttons; their keys still work."""
        for made in (self._sound, self._theme, self._full):
            made.setVisible(roomy)
        self._note.setVisible(note)

    def show_switches(self, paused: bool, sound_on: bool) -> None:
        """Label the switches with what they will do."""
        rename(self._pause, tr("Continue (Space)") if paused else tr("Pause (Space)"))
        rename(self._sound, tr("Sound off (S)") if sound_on else tr("Sound on (S)"))

    def ask_note(self) -> None:
        """Open the field for a note."""
        self.note_begun.emit()
        self._field.clear()
        self._show(self._noting)
        self._field.setFocus()

    def ask_end(self) -> None:
        """Ask whether to end early; the session continues meanwhile."""
        self._show(self._ending)
        self._ending.take_focus()

    def close_questions(self) -> None:
        """Return to the buttons."""
        self._show(self._keys)
        self.closed.emit()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Esc closes a question; while one is open, no key reaches the session."""
        if not self.asks:
            event.ignore()
        elif event.key() == QtCore.Qt.Key.Key_Escape:
            self.close_questions()

    def _make_note(self) -> QtWidgets.QWidget:
        self._field = QtWidgets.QLineEdit(
            placeholderText=tr("A note about this moment"), maxLength=_LONGEST_NOTE
        )
        self._field.setAccessibleName(tr("Note about this moment"))
        self._field.setAccessibleDescription(tr("Enter keeps it, Esc discards it"))
        self._field.returnPressed.connect(self._keep_note)
        keep = button(tr("Keep (Enter)"), tr("Keep the note with this moment"))
        keep.clicked.connect(self._keep_note)
        discard = button(tr("Discard (Esc)"), tr("Discard the note"))
        discard.clicked.connect(self.close_questions)
        row = QtWidgets.QWidget()
        across = QtWidgets.QHBoxLayout(row)
        across.setContentsMargins(0, 0, 0, 0)
        across.addWidget(self._field, 1)
        across.addWidget(keep)
        across.addWidget(discard)
        return row

    def _keep_note(self) -> None:
        text = self._field.text().strip()
        self.close_questions()
        if text:
            self.note.emit(text)

    def _end_it(self) -> None:
        self.close_questions()
        self.end.emit()

    def _show(self, shown: QtWidgets.QWidget) -> None:
        for row in (self._keys, self._noting, self._ending):
            row.setVisible(row is shown)
