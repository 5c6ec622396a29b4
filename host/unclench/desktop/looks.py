"""Colours and text size of a window, saved for the next start."""

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
    """Give a dialog its size, in pixels at a scale of 1, limited to the screen."""
    wanted = QtCore.QSize(*size) * text_scale
    dialog.resize(wanted.boundedTo(dialog.screen().availableSize() - QtCore.QSize(*_FRAME)))


class Looks(QtCore.QObject):
    """Current settings, and those saved for the next start: see `Dashboard`."""

    looks_changed = QtCore.pyqtSignal()
    trouble = QtCore.pyqtSignal(str)

    def __init__(self, settings: Settings, saved: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._saved = saved

    @property
    def theme(self) -> Theme:
        """The current colours."""
        return theme_of(self.settings.theme)

    def set_theme(self, name: Literal["system", "light", "dark"]) -> None:
        """Change the colours."""
        self.remember(theme=name)
        self.looks_changed.emit()

    def toggle_theme(self) -> None:
        """Switch between light and dark."""
        self.set_theme("light" if self.theme is DARK else "dark")

    def scale_text(self, step: float | None) -> None:
        """Make the text larger or smaller by a step; None restores the normal size."""
        low, high = _TEXT_SCALES
        wanted = 1.0 if step is None else self.settings.text_scale + step
        self.remember(text_scale=round(min(high, max(low, wanted)), 2))
        self.looks_changed.emit()

    def remember(self, **choices: Any) -> None:
        """Apply choices now and save them for the next start."""
        for name, value in choices.items():
            setattr(self.settings, name, value)
            setattr(self._saved, name, value)
        try:
            save_settings(self._saved)
        except StoreError as error:
            self.trouble.emit(str(error))
