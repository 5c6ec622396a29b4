"""A person's choices in the training window, saved for the next start: looks and sound."""

from __future__ import annotations

from pyqtgraph.Qt import QtCore

from unclench.audio import Player
from unclench.desktop.looks import Looks
from unclench.settings import Settings
from unclench.training.sound import Synth


class Choices(Looks):
    """Looks, and sounds that follow the current settings.

    Parameters
    ----------
    settings, saved
        See `Dashboard`.
    """

    sound_changed = QtCore.pyqtSignal(bool)

    def __init__(self, settings: Settings, saved: Settings) -> None:
        super().__init__(settings, saved)
        self.synth = Synth(settings.volume if settings.sound else 0.0)
        self._player = Player(self.synth)
        self._player.start()

    def close(self) -> None:
        """Release the sound device."""
        self._player.stop()

    def set_sound(self, on: bool) -> None:
        """Switch all sounds on or off."""
        self.remember(sound=on)
        self.synth.volume = self.settings.volume if on else 0.0
        self.sound_changed.emit(on)
        if on and self._player.trouble:
            self.trouble.emit(self._player.trouble)

    def toggle_sound(self) -> None:
        """Switch all sounds on or off."""
        self.set_sound(not self.settings.sound)

    def set_volume(self, volume: float) -> None:
        """Set the volume, from 0 to 1."""
        self.remember(volume=volume)
        self.synth.volume = volume if self.settings.sound else 0.0
