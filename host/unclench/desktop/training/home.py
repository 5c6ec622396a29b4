"""The first page: choose a program, check that everything is ready, begin."""

from __future__ import annotations

from collections.abc import Sequence

from pyqtgraph.Qt import QtCore, QtGui, QtWidgets

from unclench.desktop.training.ask import AskRow
from unclench.desktop.training.parts import Column, Flow, Page, button, card, label, rename, say
from unclench.desktop.training.programlist import ProgramInfo, ProgramList
from unclench.desktop.training.words import minutes_words
from unclench.translation import tr

_NO_PLACES = tr("No sensor has a site yet. Start with “Sensors”.")


class HomePage(Page):
    """Programs on the left, the chosen one on the right, buttons for the sensors below."""

    begin = QtCore.pyqtSignal(str)  # the program's name
    chosen = QtCore.pyqtSignal(str)  # another program is selected
    sensors = QtCore.pyqtSignal()
    check = QtCore.pyqtSignal()
    calibrate = QtCore.pyqtSignal()
    moved = QtCore.pyqtSignal()  # once confirmed
    help = QtCore.pyqtSignal()
    safety = QtCore.pyqtSignal()
    sound_changed = QtCore.pyqtSignal(bool)
    volume_changed = QtCore.pyqtSignal(float)  # 0 to 1

    def __init__(self, sound_on: bool = True, volume: float = 0.5) -> None:
        super().__init__()
        self.setAccessibleName(tr("Choose a program"))
        self._list = ProgramList()
        self._title = label("heading")
        self._facts = label("quiet")
        self._purpose = label("lead")
        self._evidence = label("quiet")
        self._trouble = label("")
        self._places = label("")
        self._begin = button(tr("Begin (Enter)"), tr("Begin the chosen program"), primary=True)
        self._volume = QtWidgets.QSlider(QtCore.Qt.Orientation.Horizontal, toolTip=tr("Volume"))
        self._volume.setRange(0, 100)
        self._volume.setValue(round(100 * volume))
        self._volume.setAccessibleName(tr("Volume"))
        self._sound = button("", tr("Switch all sounds on or off"))
        self._sound_on = sound_on
        self._column = Column(70)
        self._lay_out()
        self._list.currentRowChanged.connect(lambda _: self._show_chosen())
        self._list.begun.connect(self._begin_chosen)
        self._begin.clicked.connect(self._begin_chosen)
        self._volume.valueChanged.connect(lambda v: self.volume_changed.emit(v / 100))
        self._sound.clicked.connect(self._switch_sound)
        self.show_sound(sound_on)
        self.show_places(())
        self._show_chosen()

    def _lay_out(self) -> None:
        listed, left = card()
        left.setContentsMargins(8, 12, 8, 8)
        heading = label("title", tr("Programs"))
        heading.setContentsMargins(12, 0, 0, 0)
        left.addWidget(heading)
        left.addWidget(self._list, 1)
        about, right = card(10)
        right.setContentsMargins(24, 18, 20, 16)
        rows = self._column.rows
        for widget in (self._title, self._facts, self._trouble, self._purpose, self._evidence):
            rows.addWidget(widget)
        rows.addStretch(1)
        rows.addWidget(label("title", tr("Your sensors")))
        rows.addWidget(self._places)
        right.addWidget(self._column, 1)
        right.addWidget(self._begin, 0, QtCore.Qt.AlignmentFlag.AlignHCenter)
        middle = QtWidgets.QHBoxLayout()
        middle.setSpacing(10)
        middle.addWidget(listed, 5)
        middle.addWidget(about, 6)
        foot = QtWidgets.QFrame(objectName="footer")
        self._row = QtWidgets.QWidget()
        flow = Flow(self._row)
        self._asking = AskRow(
            tr("Has a sensor moved? The calibration of every sensor is then forgotten."),
            (tr("Keep it (Esc)"), tr("Keep the calibration")),
            (
                tr("It moved: forget it"),
                tr("Forget the calibration of every sensor and measure again"),
            ),
        )
        self._asking.hide()
        self._asking.left.connect(self._close_question)
        self._asking.agreed.connect(self._agree)
        around = QtWidgets.QVBoxLayout(foot)
        around.setContentsMargins(12, 8, 12, 8)
        around.addWidget(self._row)
        around.addWidget(self._asking)
        self._keys = {}
        for words, key, tip, signal in (
            (tr("Sensors (E)"), "E", tr("Where each sensor is"), self.sensors),
            (tr("Check signal (C)"), "C", tr("Check whether the signal is good"), self.check),
            (
                tr("Calibrate (K)"),
                "K",
                tr("Measure the resting baseline and a reference contraction"),
                self.calibrate,
            ),
            (
                tr("The sensor moved (M)"),
                "M",
                tr("Forget the calibration; asks first"),
                self._ask_moved,
            ),
            (tr("Safety (Y)"), "Y", tr("Read the safety page again"), self.safety),
            (tr("Help (F1)"), "F1", tr("Explains this window and lists its keys"), self.help),
        ):
            made = button(words, tip)
            made.clicked.connect(signal)
            flow.addWidget(made)
            self._keys[key] = made
        self._keys["S"] = self._sound
        flow.addWidget(self._sound)
        loudness = QtWidgets.QWidget()
        pair = QtWidgets.QHBoxLayout(loudness)
        pair.setContentsMargins(8, 0, 0, 0)
        pair.addWidget(QtWidgets.QLabel(tr("Volume"), objectName="quiet"))
        pair.addWidget(self._volume)
        flow.addWidget(loudness)
        column = QtWidgets.QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 12)
        column.setSpacing(10)
        column.addLayout(middle, 1)
        column.addWidget(foot)

    def _apply_looks(self) -> None:
        """See Page."""
        theme, text_scale = self.theme, self.text_scale
        self._list.set_looks(theme, text_scale)
        self._column.set_looks(text_scale)
        self._volume.setFixedWidth(round(120 * text_scale))
        self._trouble.setStyleSheet(f"color: {theme.warn}")

    # Display

    def show_programs(self, programs: Sequence[ProgramInfo]) -> None:
        """Show the programs; the chosen one stays chosen."""
        self._list.show_programs(tuple(programs))
        self._show_chosen()

    def show_places(self, sentences: Sequence[str]) -> None:
        """Show each sensor's site and calibration, in a sentence each."""
        say(self._places, "\n".join(sentences) or _NO_PLACES)

    def show_sound(self, sound_on: bool) -> None:
        """Show whether sounds are on."""
        self._sound_on = sound_on
        rename(self._sound, tr("Sound off (S)") if sound_on else tr("Sound on (S)"))
        self._volume.setEnabled(sound_on)

    # Actions

    def showEvent(self, event: QtGui.QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Focus the list: arrows choose, Enter begins."""
        super().showEvent(event)
        self._close_question()

    def keyPressEvent(self, event: QtGui.QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Handle keys that the focused control ignored."""
        made = self._keys.get(event.text().upper())
        if self._asking.isVisibleTo(self):  # only the question until it is answered
            if event.key() == QtCore.Qt.Key.Key_Escape:
                self._close_question()
        elif made is not None and not event.isAutoRepeat():
            made.click()
        elif event.key() in (QtCore.Qt.Key.Key_Return, QtCore.Qt.Key.Key_Enter):
            self._begin_chosen()
        else:
            event.ignore()

    def _begin_chosen(self) -> None:
        program = self._list.chosen
        if program is not None and not program.trouble:
            self.begin.emit(program.name)

    def _ask_moved(self) -> None:
        self._row.hide()
        self._asking.show()
        self._asking.take_focus()

    def _close_question(self) -> None:
        self._asking.hide()
        self._row.show()
        self._list.setFocus()

    def _agree(self) -> None:
        self._close_question()
        self.moved.emit()

    def _switch_sound(self) -> None:
        self.show_sound(not self._sound_on)
        self.sound_changed.emit(self._sound_on)

    def _show_chosen(self) -> None:
        """Show the chosen program."""
        program = self._list.chosen
        usable = program is not None and not program.trouble
        self._begin.setEnabled(usable)
        if program is None:
            program = ProgramInfo(
                "", tr("No programs"), tr("There are no programs to choose from."), "", None
            )
        self._title.setText(program.title or program.name)
        facts = (minutes_words(program.minutes), tr("written by you") if program.own else "")
        self._facts.setText("  ·  ".join(fact for fact in facts if fact))
        self._facts.setVisible(any(facts))
        self._purpose.setText(program.purpose)
        self._purpose.setVisible(bool(program.purpose))
        self._evidence.setText(tr("Evidence: {evidence}", evidence=program.evidence))
        self._evidence.setVisible(bool(program.evidence))
        self._trouble.setText(
            tr("▲ This program cannot be used: {trouble}", trouble=program.trouble)
        )
        self._trouble.setVisible(bool(program.trouble))
        if program.name:
            self.chosen.emit(program.name)
