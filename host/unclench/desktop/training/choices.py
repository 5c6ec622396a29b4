"""What a person chooses in the training window, kept for the next start: looks and sound."""

from __future__ import annotations

from typing import Any, Literal

from pyqtgraph.Qt import QtCore

from unclench.audio import Player
from unclench.desktop.eventloop import theme_of
from unclench.desktop.theme import DARK, Theme
from unclench.errors import StoreError
from unclench.settings import Settings, save_settings
from unclench.training.sound import Synth

_TEXT_SCALES = (0.7, 2.5)


class Choices(QtCore.QObject):
    """Settings that hold now, those of the next start, and what sounds by them.

    Parameters
    ----------
    settings, saved
        See `Dashboard`.
    """

    looks_changed = QtCore.pyqtSignal()
    sound_changed = QtCore.pyqtSignal(bool)
    trouble = QtCore.pyqtSignal(str)

    def __init__(self, settings: Settings, saved: Settings) -> None:
        super().__init__()
        self.settings = settings
        self._saved = saved
        self.synth = Synth(settings.volume if settings.sound else 0.0)
        self._player = Player(self.synth)
        self._player.start()

    def remember(self, **choices: Any) -> None:
        """Keep choices, for now and for the next start."""
        for name, value in choices.items():
            setattr(self.settings, name, value)
            setattr(self._saved, name, value)
        try:
            save_settings(self._saved)
        except StoreError as error:
            self.trouble.emit(str(error))

    def close(self) -> None:
        """Give the sound device back."""
        self._player.stop()

    # Looks

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

    # Sound

    def set_sound(self, on: bool) -> None:
        """Switch all sounds on or off."""
        self.remember(sound=on)
        self.synth.volume = self.settings.volume if on else 0.0
        self.sound_changed.emit(on)
        if on and self._player.trouble:
            self.trouble.emit(self._player.trouble)

    def toggle_sound(self) -> None:
        """Sounds on or off."""
        self.set_sound(not self.settings.sound)

    def set_volume(self, volume: float) -> None:
        """Set how loud, from 0 to 1."""
        self.remember(volume=volume)
        self.synth.volume = volume if self.settings.sound else 0.0
