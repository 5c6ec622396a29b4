"""The signal check before a session: a traffic light for each trouble, and what to try."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Literal

import numpy as np

from unclench.live.blocks import FloatArray, LiveBlock, StreamInfo
from unclench.store.events.event import Event
from unclench.training.placement.values import FLOOR_GATE
from unclench_dsp import NARROW, WIDE, SignalState, find_heartbeat, slow_swings
from unclench_dsp.mains import GOOD_HUM_UV, USABLE_HUM_UV, LineProbe, steady_hum
from unclench_dsp.noise import GOOD_NOISE_UV, USABLE_NOISE_UV

Item = Literal["contact", "mains hum", "clipping", "heartbeat", "noise floor", "movement"]
Colour = Literal["green", "amber", "red", "grey"]
ITEMS: tuple[Item, ...] = (
    "contact",
    "mains hum",
    "clipping",
    "heartbeat",
    "noise floor",
    "movement",
)

JUDGED_S = 10.0
NOTICED_S = 1.5
"""A lost contact shows in the state so much later at most; what is newer is not judged yet."""
_EVERY_S = 0.5
_HUM_WINDOW_S = 2.0
_METER_WINDOW_S = 0.5  # the shortest that tells 50 from 60 Hz
_HUM_WINDOWS = 3  # in fewer of them noise can look like hum
_METER_UV = (0.3, 300.0)  # bottom and top of the interference meter

# From which value on a light is amber, and from which red. A resting muscle makes 1 to 5 uV.
_HUM_UV = (GOOD_HUM_UV, USABLE_HUM_UV)
_HEART_UV = 20.0  # any heartbeat is amber
_NOISE_UV = (GOOD_NOISE_UV, USABLE_NOISE_UV)  # in 20-450 Hz
_SWING_UV = (20.0, 200.0)

_WAIT = "Not yet known: sit still for a few seconds."
_NO_CONTACT = "Not to be seen without contact."
_CUT_OFF = "Not to be seen in a signal that is cut off."


@dataclass(frozen=True)
class Light:
    """One item of the check."""

    item: Item
    colour: Colour  # grey: not known
    value: str  # with its unit; "" where there is none
    sentence: str
    try_this: str = ""


@dataclass(frozen=True)
class Interference:
    """What the interference meter shows."""

    level: float  # 0 to 1, logarithmic
    hum_uv: float  # RMS of the mains and its harmonics


class SensorCheck:
    """A sink that keeps the last seconds and judges them when asked; any thread may ask."""

    def __init__(self, info: StreamInfo) -> None:
        n_channels = len(info.channels)
        self._info = info
        self._fs_hz = info.fs_hz
        self._lock = threading.Lock()
        self._ring = np.zeros((self._n(JUDGED_S + NOTICED_S), n_channels))
        self._next = 0
        self._unbroken_from = 0
        self._contact_from = [0] * n_channels
        self._clipped_until: list[int | None] = [None] * n_channels
        none: SignalState = "settling"
        self._state = (none,) * n_channels
        high_hz = min(WIDE.high_hz, 0.45 * self._fs_hz)
        self._probe = LineProbe(self._fs_hz, self._n(_HUM_WINDOW_S), WIDE.low_hz, high_hz)
        self._meter = LineProbe(self._fs_hz, self._n(_METER_WINDOW_S), WIDE.low_hz, high_hz)
        self._known: dict[int, tuple[tuple[int, SignalState, int], tuple[Light, ...]]] = {}

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""
        newest_uv = block.emg_uv[-len(self._ring) :]
        rows = np.arange(block.stop - len(newest_uv), block.stop) % len(self._ring)
        ends = [*(since for since, _ in block.states[1:]), block.stop]
        with self._lock:
            if block.first != self._next:
                self._unbroken_from = block.first
            self._next = block.stop
            self._ring[rows] = newest_uv
            for (_, states), until in zip(block.states, ends, strict=True):
                for k, state in enumerate(states):
                    if state == "no contact":
                        self._contact_from[k] = until
                    elif state == "clipping":
                        self._clipped_until[k] = until
            self._state = block.state

    def event(self, event: Event) -> None:
        """See Sink.event; nothing to do: a gap shows in the sample numbers."""

    def result(self, channel: int) -> tuple[Light, ...]:
        """Judge a channel: a light for each of `ITEMS`, anew after every half second of signal."""
        with self._lock:
            state = self._state[channel]
            start = max(self._unbroken_from, self._contact_from[channel])
            asked = (self._next // self._n(_EVERY_S), state, start)
            known = self._known.get(channel)
            if known is not None and known[0] == asked:
                return known[1]
            stop = self._next - self._n(NOTICED_S)
            emg_uv = self._copy(channel, max(start, stop - self._n(JUDGED_S)), stop)
            clipped_until = self._clipped_until[channel]
            clipped_s = (
                math.inf if clipped_until is None else (self._next - clipped_until) / self._fs_hz
            )
        lights = self._judge(channel, state, clipped_s, emg_uv)
        with self._lock:
            self._known[channel] = (asked, lights)
        return lights

    def interference(self, channel: int) -> Interference | None:
        """Measure the mains in the last half second; None where there is less than that.

        It shows what comes in, contact or not.
        """
        window_n = self._n(_METER_WINDOW_S)
        with self._lock:
            start = max(self._unbroken_from, self._next - window_n)
            emg_uv = self._copy(channel, start, self._next)
        if len(emg_uv) < window_n:
            return None
        hum_uv = steady_hum(self._meter, [emg_uv[:, np.newaxis]])[0].rms_uv
        low, high = (math.log(edge_uv) for edge_uv in _METER_UV)
        level = (math.log(max(hum_uv, _METER_UV[0])) - low) / (high - low)
        return Interference(min(1.0, level), hum_uv)

    def _n(self, seconds: float) -> int:
        return round(seconds * self._fs_hz)

    def _copy(self, channel: int, start: int, stop: int) -> FloatArray:
        copied: FloatArray = self._ring[np.arange(start, stop) % len(self._ring), channel]
        return copied

    def _noise_uv(self, channel: int) -> float:
        """The instrument's own, in the wide band; 0 where it was never measured."""
        return self._info.hello.channels[channel].noise_nv / 1000

    def _judge(
        self, channel: int, state: SignalState, clipped_s: float, emg_uv: FloatArray
    ) -> tuple[Light, ...]:
        contact = _contact(state, emg_uv, self._noise_uv(channel), self._fs_hz)
        if contact.colour in ("red", "grey"):
            why = _NO_CONTACT if contact.colour == "red" else _WAIT
            return (contact, *(Light(item, "grey", "", why) for item in ITEMS[1:]))
        low_uv, high_uv = (float(rail_uv[channel]) for rail_uv in self._info.rails_uv)
        clipping = _clipping(state, clipped_s, emg_uv, (low_uv, high_uv))
        if clipping.colour in ("amber", "red"):
            heartbeat = Light("heartbeat", "grey", "", _CUT_OFF)
            movement = Light("movement", "grey", "", _CUT_OFF)
        else:
            heartbeat = _heartbeat(emg_uv, self._fs_hz, self._info.settings.band == NARROW)
            movement = _movement(emg_uv, self._fs_hz, heartbeat.value != "")
        return (
            contact,
            _mains_hum(self._probe, self._n(_HUM_WINDOW_S), emg_uv),
            clipping,
            heartbeat,
            _noise_floor(self._noise_uv(channel)),
            movement,
        )


def _colour(value: float, limits: tuple[float, float]) -> Colour:
    return "green" if value < limits[0] else "amber" if value < limits[1] else "red"


def _contact(state: SignalState, emg_uv: FloatArray, noise_uv: float, fs_hz: float) -> Light:
    if state == "settling":
        return Light("contact", "grey", "", _WAIT)
    if state == "no contact":
        return Light(
            "contact",
            "red",
            "",
            "An electrode is off the skin.",
            "Press every electrode on, the reference too, and check the lead; clean and dry the "
            "skin or take a fresh electrode.",
        )
    if len(emg_uv) >= fs_hz and _wide_uv(emg_uv, fs_hz) < FLOOR_GATE * noise_uv:
        return Light(
            "contact",
            "amber",
            "",
            "Only the instrument's own noise is there, and no muscle.",
            "Check that the electrodes are on the muscle and the lead is in; then tense it.",
        )
    return Light("contact", "green", "", "The electrodes are on the skin.")


def _wide_uv(emg_uv: FloatArray, fs_hz: float) -> float:
    """RMS in the wide band."""
    centred = emg_uv - emg_uv.mean()
    power = np.abs(np.fft.rfft(centred)) ** 2
    band_hz = WIDE.low_hz, WIDE.high_hz
    inside = slice(*np.searchsorted(np.fft.rfftfreq(len(centred), 1 / fs_hz), band_hz))
    return float(np.sqrt(2 * power[inside].sum()) / len(centred))


def _mains_hum(probe: LineProbe, window_n: int, emg_uv: FloatArray) -> Light:
    windows = [
        emg_uv[start : start + window_n, np.newaxis]
        for start in range(0, len(emg_uv) - window_n + 1, window_n // 2)
    ]
    if len(windows) < _HUM_WINDOWS:
        return Light("mains hum", "grey", "", _WAIT)
    (hum,) = steady_hum(probe, windows)
    hum_uv, mains_hz = hum.rms_uv, hum.mains_hz
    colour = _colour(hum_uv, _HUM_UV)
    if colour == "green":
        value = f"under {_HUM_UV[0]:g} µV of hum"
        return Light("mains hum", colour, value, "Cables and chargers are quiet enough.")
    return Light(
        "mains hum",
        colour,
        f"{hum_uv:.{0 if hum_uv >= 10 else 1}f} µV of {mains_hz:g} Hz hum",
        "The mains is in the signal; it is filtered out, but the less of it the better."
        if colour == "amber"
        else "The mains is louder than a resting muscle.",
        "Electrodes off first, then unplug the charger and whatever else ties the computer to the "
        "mains. Sit away from cables and lamps, press the reference electrode on, watch the meter.",
    )


def _clipping(
    state: SignalState, clipped_s: float, emg_uv: FloatArray, rails_uv: tuple[float, float]
) -> Light:
    try_this = "Press the reference electrode on; if it stays so, contract less hard."
    if state == "clipping":
        sentence = "The signal is too large for the sensor and is cut off."
        return Light("clipping", "red", "cut off now", sentence, try_this)
    if clipped_s < JUDGED_S:
        value = f"cut off {max(1.0, clipped_s):.0f} s ago"
        sentence = "The signal was too large for the sensor a moment ago."
        return Light("clipping", "amber", value, sentence, try_this)
    if not len(emg_uv):
        return Light("clipping", "grey", "", _WAIT)
    middle_uv, half_uv = sum(rails_uv) / 2, (rails_uv[1] - rails_uv[0]) / 2
    reach = float(np.abs(emg_uv - middle_uv).max()) / half_uv
    value = f"uses {reach:.0%} of the range".replace("%", " %")
    return Light("clipping", "green", value, "The signal fits the sensor's range.")


def _heartbeat(emg_uv: FloatArray, fs_hz: float, narrow: bool) -> Light:
    if len(emg_uv) < 0.9 * JUDGED_S * fs_hz:
        return Light("heartbeat", "grey", "", _WAIT)
    heart = find_heartbeat(emg_uv, fs_hz)
    if heart is None:
        return Light("heartbeat", "green", "", "No heartbeat is to be seen in the signal.")
    value = f"{heart.peak_uv:.0f} µV at {heart.bpm:.0f} beats a minute"
    if narrow:
        sentence = "The heart is in the signal, and the narrow band keeps it out of the tension."
        return Light("heartbeat", "green", value, sentence)
    return Light(
        "heartbeat",
        "red" if heart.peak_uv >= _HEART_UV else "amber",
        value,
        "The heart is in the signal and makes the tension look higher than it is.",
        f"Start with --band narrow ({NARROW.low_hz:g}-{NARROW.high_hz:g} Hz), or move the "
        "electrodes a little; what was calibrated in another band has to be calibrated anew then.",
    )


def _noise_floor(noise_uv: float) -> Light:
    if not noise_uv:
        sentence = "The board's own noise was never measured."
        return Light("noise floor", "grey", "", sentence, "`unclench board check` measures it.")
    colour = _colour(noise_uv, _NOISE_UV)
    sentences = {
        "green": "The board is quiet enough to see a resting muscle, which makes 1 to 5 µV.",
        "amber": "The board adds some noise of its own: the deepest rest is hard to see.",
        "red": "The board's own noise hides a resting muscle, which makes 1 to 5 µV.",
    }
    try_this = (
        "Use fewer channels, run on battery, keep the sensor's leads short, and measure again "
        "with `unclench board check`."
    )
    value = f"{noise_uv:.2f} µV of noise"
    text = "" if colour == "green" else try_this
    return Light("noise floor", colour, value, sentences[colour], text)


def _movement(emg_uv: FloatArray, fs_hz: float, heart: bool) -> Light:
    swings = slow_swings(emg_uv, fs_hz)
    if swings is None:
        return Light("movement", "grey", "", _WAIT)
    # A heart swings in every second alike; that is no movement.
    swing_uv = swings.largest_uv - (swings.calm_uv if heart else 0.0)
    colour = _colour(swing_uv, _SWING_UV)
    if colour == "green":
        value = f"under {_SWING_UV[0]:g} µV of slow swings"
        return Light("movement", colour, value, "Electrodes and leads are still.")
    return Light(
        "movement",
        colour,
        f"{swing_uv:.0f} µV of slow swings",
        "Electrodes or leads are moving.",
        "Sit still, and tape the lead to the skin with a small loop so that nothing pulls.",
    )
