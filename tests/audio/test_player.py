"""The player on miniaudio's null device, which takes sound in true time, and on none at all."""

from __future__ import annotations

import subprocess
import sys
import threading
import time

from tests import needs
from tests.limits import HANG_LIMIT_S
from tests.processes import python

from unclench import audio
from unclench.audio import Player
from unclench.training.sound import Synth

NULL = ("NULL",)


def until(true):
    end_s = time.monotonic() + HANG_LIMIT_S
    while not true():
        assert time.monotonic() < end_s
        time.sleep(0.01)


def playing():
    return [t for t in threading.enumerate() if t.name == "unclench-sound"]


class Counting(Synth):
    """Counts what a device took."""

    taken = 0

    def render(self, n):
        self.taken += n
        return super().render(n)


def taken_in(synth, seconds):
    """Return how much a device takes in so long."""
    before = synth.taken
    time.sleep(seconds)
    return synth.taken - before


def test_a_bell_is_played_in_the_background_and_the_device_given_back(monkeypatch):
    monkeypatch.setattr(audio, "_KEEP_S", 0.2)
    synth = Counting(0.5)
    player = Player(synth, NULL)
    player.start()
    time.sleep(0.3)
    assert synth.taken == 0  # no device is open for nothing
    synth.bell()
    until(lambda: synth.taken > synth.rate_hz)
    until(lambda: synth.quiet)
    until(lambda: taken_in(synth, 0.2) == 0)
    assert player.trouble == ""
    synth.bell()  # and taken again
    until(lambda: not synth.quiet and synth._bell_at)
    player.stop()
    player.stop()
    assert not playing()


def test_stopping_while_it_sounds_fades_out():
    synth = Counting(0.5)
    player = Player(synth, NULL)
    player.start()
    synth.bell()
    until(lambda: synth.taken > 2000)
    player.stop()
    assert not playing()
    assert synth.quiet


def test_no_device_is_a_note_and_what_was_missed_does_not_sound_later(monkeypatch):
    monkeypatch.setattr(audio, "_AGAIN_S", 0.1)
    synth = Synth(0.5)
    player = Player(synth, ("SNDIO",) if sys.platform != "linux" else ("WASAPI",))
    assert player.trouble == ""
    player.start()
    synth.bell()
    until(lambda: player.trouble)
    assert player.trouble == "There is no sound because no sound device was found."
    until(lambda: synth.quiet)
    player.stop()
    assert not playing()


def test_a_device_that_goes_is_a_note(monkeypatch):
    monkeypatch.setattr(audio, "_GONE_S", 0.2)
    release = threading.Event()

    class Stuck(Synth):
        def render(self, n):  # a device whose driver asks once and never again
            if n and threading.current_thread().name != "unclench-sound":
                release.wait(HANG_LIMIT_S)
            return super().render(n)

    class Noticing(Player):
        def _until_quiet(self):
            trouble = super()._until_quiet()
            release.set()  # the driver comes back once it has been given up, and can be closed
            return trouble

    synth = Stuck(0.5)
    player = Noticing(synth, NULL)
    player.start()
    synth.bell()
    until(lambda: player.trouble)
    assert player.trouble == "There is no sound because the sound device was disconnected."
    player.stop()


def test_without_the_library_there_is_silence(monkeypatch):
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    synth = Synth(0.5)
    player = Player(synth)
    player.start()
    synth.bell()
    until(lambda: player.trouble)
    assert "miniaudio is missing" in player.trouble
    player.stop()


def test_a_player_that_never_started_can_be_stopped():
    Player(Synth()).stop()


@needs.linux
def test_nothing_is_written_by_the_sound_system():
    program = (
        "import time\n"
        "from unclench.audio import Player\n"
        "from unclench.training.sound import Synth\n"
        "synth = Synth(0.0001)\n"
        "player = Player(synth)\n"
        "player.start()\n"
        "synth.bell()\n"
        "while not (synth.quiet or player.trouble):\n"
        "    time.sleep(0.01)\n"
        "player.stop()\n"
    )
    done = subprocess.run(
        python(program),
        capture_output=True,
        text=True,
        timeout=HANG_LIMIT_S,
        check=True,
    )
    assert (done.stdout, done.stderr) == ("", "")
