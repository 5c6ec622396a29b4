"""The signal check before a session: a traffic light for each possible problem, and a remedy."""

from __future__ import annotations

import math
import threading
from dataclasses import dataclass
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

from unclench.live.blocks import FloatArray, LiveBlock, StreamInfo
from unclench.store.events.event import Event, LinesRemoved
from unclench.training.placement.values import FLOOR_GATE
from unclench.translation import tr
from unclench_dsp import WIDE, SignalState, find_heartbeat, slow_swings
from unclench_dsp.mains import GOOD_HUM_UV, LineProbe, steady_hum
from unclench_dsp.noise import GOOD_NOISE_UV, USABLE_NOISE_UV

_T = TypeVar("_T", bound=np.generic)
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

ITEM_WORDS: dict[Item, str] = {
    "contact": tr("contact"),
    "mains hum": tr("hum and tones"),
    "clipping": tr("clipping"),
    "heartbeat": tr("heartbeat"),
    "noise floor": tr("noise floor"),
    "movement": tr("movement"),
}

JUDGED_S = 10.0
NOTICED_S = 1.5
"""A lost contact shows up to this much later; newer signal is not judged yet."""
_EVERY_S = 0.5
_HUM_WINDOW_S = 2.0
_METER_WINDOW_S = 0.5  # the shortest that separates 50 from 60 Hz
_HUM_WINDOWS = 3  # in fewer windows noise can look like hum
_METER_UV = (0.3, 300.0)  # bottom and top of the interference meter

# Values from which a light is amber, and red. A resting muscle makes 1 to 5 uV.
_NOISE_UV = (GOOD_NOISE_UV, USABLE_NOISE_UV)  # in 20-450 Hz
_SWING_UV = (20.0, 200.0)
_MOST_DISTURBED = 0.25  # of the time

_WAIT = tr("Not known yet: sit still for a few seconds.")
_NO_CONTACT = tr("Needs contact to measure.")
_UNPLUG = tr("Take the electrodes off first. Then unplug chargers; avoid lamps and motors.")
_CUT_OFF = tr("Not measurable while the signal is cut off.")


@dataclass(frozen=True)
class Light:
    """One item of the check."""

    item: Item
    colour: Colour  # grey: not known
    value: str  # with its unit; "" if there is none
    sentence: str
    try_this: str = ""


@dataclass(frozen=True)
class _Tones:
    """Steady tones of a channel that are no mains."""

    left_hz: float | None  # the one that is left; 0 where its frequency is not known
    removed_hz: tuple[float, ...]


@dataclass(frozen=True)
class Interference:
    """Reading of the interference meter."""

    level: float  # 0 to 1, logarithmic
    hum_uv: float  # RMS of the mains and its harmonics


class SensorCheck:
    """A sink that keeps the last seconds and judges them on request, from any thread."""

    def __init__(self, info: StreamInfo) -> None:
        n_channels = len(info.channels)
        self._info = info
        self._fs_hz = info.fs_hz
        self._lock = threading.Lock()
        self._ring = np.zeros((self._n(JUDGED_S + NOTICED_S), n_channels))
        self._disturbed = np.zeros(self._ring.shape, np.bool_)
        self._next = 0
        self._unbroken_from = 0
        self._contact_from = [0] * n_channels
        self._clipped_until: list[int | None] = [None] * n_channels
        none: SignalState = "settling"
        self._state = (none,) * n_channels
        self._left_hz = (0.0,) * n_channels
        self._removed_hz: dict[str, tuple[float, ...]] = {}  # tones, by the channel's name
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
            self._disturbed[rows] = block.disturbed[-len(self._ring) :]
            for (_, states), until in zip(block.states, ends, strict=True):
                for k, state in enumerate(states):
                    if state == "no contact":
                        self._contact_from[k] = until
                    elif state == "clipping":
                        self._clipped_until[k] = until
            self._state, self._left_hz = block.state, block.left_hz[-1][1]

    def event(self, event: Event) -> None:
        """See Sink.event. A gap shows in the sample numbers."""
        if isinstance(event.payload, LinesRemoved):
            with self._lock:
                self._removed_hz[event.payload.channel] = event.payload.tones_hz

    def result(self, channel: int) -> tuple[Light, ...]:
        """Judge a channel: a light for each of `ITEMS`, updated every half second of signal."""
        with self._lock:
            state = self._state[channel]
            start = max(self._unbroken_from, self._contact_from[channel])
            asked = (self._next // self._n(_EVERY_S), state, start)
            known = self._known.get(channel)
            if known is not None and known[0] == asked:
                return known[1]
            stop = self._next - self._n(NOTICED_S)
            judged = max(start, stop - self._n(JUDGED_S)), stop
            emg_uv = self._copy(self._ring, channel, *judged)
            disturbed = self._copy(self._disturbed, channel, *judged)
            clipped_until = self._clipped_until[channel]
            clipped_s = (
                math.inf if clipped_until is None else (self._next - clipped_until) / self._fs_hz
            )
            tones = _Tones(
                self._left_hz[channel] if state == "tone" else None,
                self._removed_hz.get(self._info.channels[channel], ()),
            )
        share = float(disturbed.mean()) if len(disturbed) else 0.0
        lights = self._judge(channel, state, clipped_s, emg_uv, share, tones)
        with self._lock:
            self._known[channel] = (asked, lights)
        return lights

    def interference(self, channel: int) -> Interference | None:
        """Measure mains hum in the last half second; None if there is less signal.

        It measures with and without contact.
        """
        window_n = self._n(_METER_WINDOW_S)
        with self._lock:
            start = max(self._unbroken_from, self._next - window_n)
            emg_uv = self._copy(self._ring, channel, start, self._next)
        if len(emg_uv) < window_n:
            return None
        hum_uv = steady_hum(self._meter, [emg_uv[:, np.newaxis]])[0].rms_uv
        low, high = (math.log(edge_uv) for edge_uv in _METER_UV)
        level = (math.log(max(hum_uv, _METER_UV[0])) - low) / (high - low)
        return Interference(min(1.0, level), hum_uv)

    def _n(self, seconds: float) -> int:
        return round(seconds * self._fs_hz)

    def _copy(self, ring: NDArray[_T], channel: int, start: int, stop: int) -> NDArray[_T]:
        copied: NDArray[_T] = ring[np.arange(start, stop) % len(ring), channel]
        return copied

    def _noise_uv(self, channel: int) -> float:
        """The noise floor in the wide band; 0 if it was never measured."""
        return self._info.hello.channels[channel].noise_nv / 1000

    def _judge(
        self,
        channel: int,
        state: SignalState,
        clipped_s: float,
        emg_uv: FloatArray,
        disturbed: float,
        tones: _Tones,
    ) -> tuple[Light, ...]:
        contact = _contact(state, emg_uv, self._noise_uv(channel), self._fs_hz)
        if contact.colour in ("red", "grey"):
            reason = _NO_CONTACT if contact.colour == "red" else _WAIT
            return (contact, *(Light(item, "grey", "", reason) for item in ITEMS[1:]))
        low_uv, high_uv = (float(rail_uv[channel]) for rail_uv in self._info.rails_uv)
        clipping = _clipping(state, clipped_s, emg_uv, (low_uv, high_uv))
        if clipping.colour in ("amber", "red"):
            heartbeat = Light("heartbeat", "grey", "", _CUT_OFF)
            movement = Light("movement", "grey", "", _CUT_OFF)
        else:
            heartbeat = _heartbeat(emg_uv, self._fs_hz)
            movement = _movement(emg_uv, self._fs_hz, heartbeat.value != "", disturbed)
        return (
            contact,
            _mains_hum(state, self._probe, self._n(_HUM_WINDOW_S), emg_uv, tones),
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
            tr("An electrode is off the skin."),
            tr(
                "Press every electrode on, also the reference, and check the lead. If that does "
                "not help, clean and dry the skin or use a fresh electrode."
            ),
        )
    if len(emg_uv) >= fs_hz and _wide_uv(emg_uv, fs_hz) < FLOOR_GATE * noise_uv:
        return Light(
            "contact",
            "amber",
            "",
            tr("The signal shows only the instrument's noise, no muscle."),
            tr(
                "Check that the electrodes are on the muscle and the lead is plugged in. Then "
                "tense the muscle."
            ),
        )
    return Light("contact", "green", "", tr("The electrodes are on the skin."))


def _wide_uv(emg_uv: FloatArray, fs_hz: float) -> float:
    """RMS in the wide band."""
    centred = emg_uv - emg_uv.mean()
    power = np.abs(np.fft.rfft(centred)) ** 2
    band_hz = WIDE.low_hz, WIDE.high_hz
    inside = slice(*np.searchsorted(np.fft.rfftfreq(len(centred), 1 / fs_hz), band_hz))
    return float(np.sqrt(2 * power[inside].sum()) / len(centred))


def _mains_hum(
    state: SignalState, probe: LineProbe, window_n: int, emg_uv: FloatArray, tones: _Tones
) -> Light:
    if tones.left_hz is not None:
        return Light(
            "mains hum",
            "red",
            tr("tone at {hz:.0f} Hz", hz=tones.left_hz) if tones.left_hz else "",
            tr("A steady tone from a charger, lamp or motor is left in the signal."),
            _UNPLUG,
        )
    windows = [
        emg_uv[start : start + window_n, np.newaxis]
        for start in range(0, len(emg_uv) - window_n + 1, window_n // 2)
    ]
    if len(windows) < _HUM_WINDOWS:
        return Light("mains hum", "grey", "", _WAIT)
    (hum,) = steady_hum(probe, windows)
    hum_uv, mains_hz = hum.rms_uv, hum.mains_hz
    left = state == "mains hum"
    colour: Colour = "red" if left else "green" if hum_uv < GOOD_HUM_UV else "amber"
    removed_hz = ", ".join(f"{hz:.0f}" for hz in tones.removed_hz)
    if colour == "green" and removed_hz:
        return Light(
            "mains hum",
            "amber",
            tr("tone at {hz} Hz", hz=removed_hz),
            tr(
                "There is a steady tone in the signal. It is removed, but a signal without one is "
                "better."
            ),
            _UNPLUG,
        )
    if colour == "green":
        value = tr("under {hum_uv:g} µV of hum", hum_uv=GOOD_HUM_UV)
        return Light(
            "mains hum", colour, value, tr("Little interference from cables and chargers.")
        )
    value = tr(
        "{hum_uv:.{decimals}f} µV of {mains_hz:g} Hz hum",
        hum_uv=hum_uv,
        decimals=0 if hum_uv >= 10 else 1,
        mains_hz=mains_hz,
    )
    if removed_hz:
        value = tr("{hum}, tone at {hz} Hz", hum=value, hz=removed_hz)
    return Light(
        "mains hum",
        colour,
        value,
        tr("Mains hum is left in the signal, so tension is not shown.")
        if left
        else tr("There is mains hum in the signal. It is removed, but less hum is better."),
        tr(
            "Take the electrodes off first. Then unplug the charger and everything else that "
            "connects the computer to the mains. Sit away from cables and lamps, press the "
            "reference electrode on, and watch the meter."
        ),
    )


def _clipping(
    state: SignalState, clipped_s: float, emg_uv: FloatArray, rails_uv: tuple[float, float]
) -> Light:
    try_this = tr("Press the reference electrode on. If that does not help, contract less hard.")
    if state == "clipping":
        sentence = tr("The signal is too large for the sensor and is cut off.")
        return Light("clipping", "red", tr("cut off now"), sentence, try_this)
    if clipped_s < JUDGED_S:
        value = tr("cut off {seconds:.0f} s ago", seconds=max(1.0, clipped_s))
        sentence = tr("The signal was too large for the sensor a moment ago.")
        return Light("clipping", "amber", value, sentence, try_this)
    if not len(emg_uv):
        return Light("clipping", "grey", "", _WAIT)
    middle_uv, half_uv = sum(rails_uv) / 2, (rails_uv[1] - rails_uv[0]) / 2
    reach = float(np.abs(emg_uv - middle_uv).max()) / half_uv
    value = tr("uses {percent:.0f} % of the range", percent=100 * reach)
    return Light("clipping", "green", value, tr("The signal fits the sensor's range."))


def _heartbeat(emg_uv: FloatArray, fs_hz: float) -> Light:
    if len(emg_uv) < 0.9 * JUDGED_S * fs_hz:
        return Light("heartbeat", "grey", "", _WAIT)
    heart = find_heartbeat(emg_uv, fs_hz)
    if heart is None:
        return Light("heartbeat", "green", "", tr("No heartbeat in the signal."))
    value = tr("{peak_uv:.0f} µV at {bpm:.0f} beats a minute", peak_uv=heart.peak_uv, bpm=heart.bpm)
    sentence = tr("The heartbeat is in the signal. It is removed from the tension.")
    return Light("heartbeat", "green", value, sentence)


def _noise_floor(noise_uv: float) -> Light:
    if not noise_uv:
        sentence = tr("The board's noise floor was never measured.")
        return Light("noise floor", "grey", "", sentence, tr("`unclench board check` measures it."))
    colour = _colour(noise_uv, _NOISE_UV)
    sentences = {
        "green": tr("The board is quiet enough to see a resting muscle, which makes 1 to 5 µV."),
        "amber": tr("The board adds some noise: very low tension is hard to see."),
        "red": tr("The board's noise hides a resting muscle, which makes 1 to 5 µV."),
    }
    try_this = tr(
        "Use fewer channels, run on battery, keep the sensor's leads short, and measure again "
        "with `unclench board check`."
    )
    value = tr("{noise_uv:.2f} µV of noise", noise_uv=noise_uv)
    text = "" if colour == "green" else try_this
    return Light("noise floor", colour, value, sentences[colour], text)


def _movement(emg_uv: FloatArray, fs_hz: float, heart: bool, disturbed: float) -> Light:
    swings = slow_swings(emg_uv, fs_hz)
    if swings is None:
        return Light("movement", "grey", "", _WAIT)
    # A heartbeat swings the same in every second; that is not movement.
    swing_uv = swings.largest_uv - (swings.calm_uv if heart else 0.0)
    colour = _colour(swing_uv, _SWING_UV)
    try_this = tr(
        "Sit still, and tape the lead to the skin with a small loop so that nothing pulls."
    )
    if colour != "green":
        value = tr("{swing_uv:.0f} µV of slow swings", swing_uv=swing_uv)
        return Light("movement", colour, value, tr("Electrodes or leads are moving."), try_this)
    if disturbed > 0:
        return Light(
            "movement",
            "red" if disturbed >= _MOST_DISTURBED else "amber",
            tr("{percent:.0f} % of the time", percent=max(1.0, 100 * disturbed)),
            tr("Pops or flutter of electrodes and leads: that time is left out."),
            try_this,
        )
    value = tr("under {swing_uv:g} µV of slow swings", swing_uv=_SWING_UV[0])
    return Light("movement", colour, value, tr("Electrodes and leads do not move."))
