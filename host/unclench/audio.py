"""Plays a `Synth` on the computer's sound device. Without one there is silence, and no error."""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
import time
from collections.abc import Generator, Iterator, Sequence

from unclench.training.sound import Sound, Synth
from unclench.translation import tr

# JACK is left out, as it says on stderr that no server runs; "Null" is for tests.
SYSTEM_BACKENDS = ("WASAPI", "DSOUND", "COREAUDIO", "PULSEAUDIO", "ALSA", "SNDIO", "AUDIO4", "OSS")

_PERIOD_MS = 50  # three of them lie between the synth and the ear
_LOOK_S = 0.1  # how often the thread looks whether there is something to be heard
_KEEP_S = 3.0  # the device is given back after so much silence, so that it may sleep
_GONE_S = 2.0  # a device that asks for nothing for so long has gone
_AGAIN_S = 10.0  # until the next try
_FADE_S = 0.5
_STOP_S = 2.0


class Player:
    """Plays `synth` from `start` to `stop`; `stop` within a second.

    The device is open only while there is something to be heard, so a silent working day costs
    nothing. What keeps it from sounding is in `trouble`, and tried again now and then.

    Parameters
    ----------
    synth
        What to play.
    backends
        Names of miniaudio's backends, in the order in which they are tried.
    """

    def __init__(self, synth: Synth, backends: Sequence[str] = SYSTEM_BACKENDS) -> None:
        self._synth = synth
        self._backends = tuple(backends)
        self._trouble = ""
        self._stop = threading.Event()
        self._asked_s = 0.0
        self._thread = threading.Thread(target=self._run, name="unclench-sound", daemon=True)

    @property
    def trouble(self) -> str:
        """Why there is no sound, in a sentence; "" if there is, or nothing was to be played."""
        return self._trouble

    def start(self) -> None:
        """Play from now on whatever the synth has."""
        self._thread.start()

    def stop(self) -> None:
        """Fall silent and give the device back; harmless when repeated."""
        self._stop.set()
        if self._thread.ident is not None:
            self._thread.join(_STOP_S)  # a sound system that hangs keeps nobody here

    def _run(self) -> None:
        while not self._stop.wait(_LOOK_S):
            if self._synth.quiet:
                continue
            self._trouble = self._play()
            if self._trouble:
                self._forget()
                self._stop.wait(_AGAIN_S)

    def _forget(self) -> None:
        """What nobody heard now must not sound when a device comes back hours later."""
        self._synth.mute()
        self._synth.render(round(_FADE_S * self._synth.rate_hz))

    def _play(self) -> str:
        """Play until there is nothing left to be heard; return what went wrong, or ""."""
        try:
            import miniaudio  # type: ignore[import-untyped]  # carries none
        except ImportError:
            return tr("There is no sound because miniaudio is missing (`pip install miniaudio`).")
        with _alsa_silenced():
            try:
                device = miniaudio.PlaybackDevice(
                    miniaudio.SampleFormat.FLOAT32,
                    nchannels=1,
                    sample_rate=self._synth.rate_hz,
                    buffersize_msec=_PERIOD_MS,
                    backends=[miniaudio.Backend[name] for name in self._backends],
                    app_name="unclench",
                )
                with contextlib.closing(device):
                    samples = self._samples()
                    next(samples)
                    device.start(samples)
                    return self._until_quiet()
            except miniaudio.MiniaudioError:
                return tr("There is no sound because no sound device was found.")

    def _samples(self) -> Generator[Sound, int, None]:
        """What the device's own thread asks for."""
        n = yield self._synth.render(0)
        while True:
            self._asked_s = time.monotonic()
            n = yield self._synth.render(n)

    def _until_quiet(self) -> str:
        self._asked_s = sounded_s = time.monotonic()
        while not self._stop.wait(_LOOK_S):
            now_s = time.monotonic()
            if not self._synth.quiet:
                sounded_s = now_s
            if now_s - self._asked_s > _GONE_S:
                return tr("There is no sound because the sound device was disconnected.")
            if now_s - sounded_s > _KEEP_S:
                return ""
        self._synth.mute()
        time.sleep(_FADE_S)  # no click at the end
        return ""


def count_devices(backends: Sequence[str] = SYSTEM_BACKENDS) -> int:
    """Return how many devices of this computer play sound; 0 also where that cannot be found."""
    try:
        import miniaudio
    except ImportError:
        return 0
    with _alsa_silenced():
        try:
            found = miniaudio.Devices([miniaudio.Backend[name] for name in backends])
            return len(found.get_playbacks())
        except miniaudio.MiniaudioError:
            return 0


@contextlib.contextmanager
def _alsa_silenced() -> Iterator[None]:
    """Keep ALSA from writing on stderr why a device is missing: that is in `trouble`."""
    if not sys.platform.startswith("linux"):
        yield
        return
    try:
        alsa = ctypes.CDLL("libasound.so.2")
    except OSError:
        yield  # no ALSA, nothing to silence
        return
    say_nothing = _HANDLER(lambda *_: None)
    alsa.snd_lib_error_set_handler(say_nothing)
    try:
        yield
    finally:
        alsa.snd_lib_error_set_handler(None)


# file, line, function, error number, format; what follows in C is not looked at.
_HANDLER = ctypes.CFUNCTYPE(
    None, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p, ctypes.c_int, ctypes.c_char_p
)
