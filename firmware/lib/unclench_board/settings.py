"""Settings that survive without power: one small file, always replaced as a whole.

It is written under another name and then renamed. A rename on littlefs is atomic: if the power
fails, either the old or the new settings are there, never half of them.
"""

import errno
import json
import os

from unclench_wire.ids import MAX_CHANNELS

RATE_HZ = 2000
CHANNELS = 1
GAIN_MILLI = 200000  # MyoWare 2.0, RAW output
MAX_STEP_MLSB = 4000
_VERSION = 1


def check_step(step_mlsb):
    """Raise ValueError if the summing loop cannot subtract this step."""
    if not 0 <= step_mlsb <= MAX_STEP_MLSB:
        raise ValueError("a step of %s LSB is out of range; choose 0 to 4" % (step_mlsb / 1000))


def check_gain(gain_milli):
    """Raise ValueError if the gain is out of range."""
    if not 1000 <= gain_milli <= 100000000:
        raise ValueError("a gain of %s is out of range; choose 1 to 100000" % (gain_milli / 1000))


def check_channel(channel):
    """Raise ValueError if there is no such channel."""
    if not 0 <= channel < MAX_CHANNELS:
        raise ValueError("there is no channel %d; choose 0 to %d" % (channel, MAX_CHANNELS - 1))


class Settings:
    """Rate, channels, gains, step and noise, stored in the file `path`.

    `trouble` says what was wrong with the file if it could not be read.
    """

    def __init__(self, path, check_rate) -> None:
        self._path = path
        self._check_rate = check_rate  # whether the acquisition supports rate and channels together
        self.trouble = ""
        self._forget()
        try:
            with open(path) as file:
                kept = json.load(file)
            self._take(kept)
        except OSError:  # no file: a new board
            self._forget()
        except (ValueError, KeyError, TypeError, AttributeError):
            self.trouble = "settings unreadable, defaults are used"
            self._forget()

    def set(self, name, value):
        """Change one setting and store it. Raises OSError if the flash cannot be written."""
        before = getattr(self, name)
        if value == before:
            return
        setattr(self, name, value)
        try:
            self._save()
        except OSError as error:
            setattr(self, name, before)
            raise OSError(
                "the flash cannot be written (error %s); nothing has changed" % error
            ) from error

    def set_one(self, name, channel, value):
        """Change a setting of one channel and store it."""
        values = list(getattr(self, name))
        values[channel] = value
        self.set(name, values)

    def set_defaults(self):
        """Restore the settings of a new board."""
        try:
            os.remove(self._path)
        except OSError as error:
            if error.errno != errno.ENOENT:  # if the file is missing, nothing was stored
                raise OSError("the flash cannot be written (error %s)" % error) from error
        self._forget()
        self.trouble = ""

    def _forget(self):
        self.rate_hz = RATE_HZ
        self.channels = CHANNELS
        self.gain_milli = [GAIN_MILLI] * MAX_CHANNELS
        self.noise_nv = [0] * MAX_CHANNELS
        self.step_mlsb = 0

    def _take(self, kept):
        """Use the settings of a file, or raise."""
        if kept["version"] != _VERSION:
            raise ValueError("version")
        numbers = [kept["rate_hz"], kept["channels"], kept["step_mlsb"]]
        for value in numbers + kept["gain_milli"] + kept["noise_nv"]:
            if type(value) is not int:  # 2000.0 and true would pass all comparisons
                raise ValueError("whole numbers")
        self._check_rate(kept["rate_hz"], kept["channels"])
        check_step(kept["step_mlsb"])
        for values in (kept["gain_milli"], kept["noise_nv"]):
            if len(values) != MAX_CHANNELS:
                raise ValueError("channels")
        for gain_milli in kept["gain_milli"]:
            check_gain(gain_milli)
        for noise_nv in kept["noise_nv"]:
            if not 0 <= noise_nv <= 0xFFFFFFFF:
                raise ValueError("noise")
        self.rate_hz = kept["rate_hz"]
        self.channels = kept["channels"]
        self.step_mlsb = kept["step_mlsb"]
        self.gain_milli = kept["gain_milli"]
        self.noise_nv = kept["noise_nv"]

    def _save(self):
        new = self._path + ".new"
        with open(new, "w") as file:
            json.dump(
                {
                    "version": _VERSION,
                    "rate_hz": self.rate_hz,
                    "channels": self.channels,
                    "gain_milli": self.gain_milli,
                    "noise_nv": self.noise_nv,
                    "step_mlsb": self.step_mlsb,
                },
                file,
            )
        os.rename(new, self._path)
        self.trouble = ""
