"""Colours and text size of a window, kept for the next start."""

from __future__ import annotations

from typing import Any, Literal

from pyqtgraph.Qt import QtCore, QtWidgets

from unclench.desktop.eventloop import theme_of
from unclench.desktop.theme import DARK, Theme
from unclench.errors import StoreError
from unclench.settings import Settings, save_settings

_TEXT_SCALES = (0.7, 2.5)
_FRAME = (16, 48)  # pixels for a window's frame and title, at most


def resize_dialog(dialog: QtWidgets.QDialog, size: tuple[int, int], text_scale: float) -> None:
    """Give a dialog its size, in pixels at a scale of 1, but none that the screen has not."""
    wanted = QtCore.QSize(*size) * text_scale
    dialog.resize(wanted.boundedTo(dialog.screen().availableSize() - QtCore.QSize(*_FRAME)))


class Looks(QtCore.QObject):
    """What holds now, and what is kept for the next start: see `Dashboard`."""

    looks_changed = QtCore.pyqtSignal()
    trouble = QtCore.pyqtSignal(str)

    def __init__(self, settings: Settings, saved: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._saved = saved

    @property
    def theme(self) -> Theme:
        """Colours that hold now."""
        return theme_of(self.settings.theme)

    def set_theme(self, name: Literal["system", "light", "dark"]) -> None:
        """Change the colours."""
        self.remember(theme=name)
        self.looks_changed.emit()

    def toggle_theme(self) -> None:
        """Change between light and dark."""
        self.set_theme("light" if self.theme is DARK else "dark")

    def scale_text(self, step: float | None) -> None:
        """Make the text larger or smaller by a step; None: as it was at first."""
        low, high = _TEXT_SCALES
        wanted = 1.0 if step is None else self.settings.text_scale + step
        self.remember(text_scale=round(min(high, max(low, wanted)), 2))
        self.looks_changed.emit()

    def remember(self, **choices: Any) -> None:
        """Keep choices, for now and for the next start."""
        for name, value in choices.items():
            setattr(self.settings, name, value)
            setattr(self._saved, name, value)
        try:
            save_settings(self._saved)
        except StoreError as error:
            self.trouble.emit(str(error))
