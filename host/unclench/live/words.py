"""What is said of a live signal, wherever it is shown: in a window or in the terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from unclench.live.blocks import LiveStatus
from unclench.translation import tr
from unclench_dsp import Heart, Line, SignalState
from unclench_dsp.abovefloor import CLEARLY, above_floor_uv


@dataclass(frozen=True)
class StateWords:
    """How a signal state is shown: a shape as well as a colour, for eyes that see colours alike."""

    shape: str
    word: str
    advice: str
    tone: str  # "good", "quiet", "warn" or "bad": a colour of the theme


STATE_WORDS: dict[SignalState, StateWords] = {
    "settling": StateWords("◌", tr("Settling"), tr("Ready in a moment."), "quiet"),
    "good": StateWords("●", tr("Good signal"), "", "good"),
    "no contact": StateWords(
        "▲", tr("No contact"), tr("Press the electrodes on and check the lead."), "bad"
    ),
    "movement": StateWords("◆", tr("Movement"), tr("Hold still; fix the lead with tape."), "warn"),
    "tone": StateWords(
        "∿",
        tr("Steady tone"),
        tr("Electrodes off, unplug chargers; avoid motors."),
        "warn",
    ),
    "mains hum": StateWords(
        "≈", tr("Mains hum"), tr("Electrodes off, unplug chargers; avoid cables."), "warn"
    ),
    "clipping": StateWords(
        "■",
        tr("Clipping"),
        tr("Too strong for the sensor: check the reference electrode."),
        "warn",
    ),
}


def state_words(state: SignalState, left_hz: float = 0.0) -> StateWords:
    """Return the words for a state; `left_hz` is the frequency of a tone, 0 where not known."""
    words = STATE_WORDS[state]
    if state == "tone" and left_hz:
        return replace(words, word=tr("Tone at {hz:.0f} Hz", hz=left_hz))
    return words


NO_SIGNAL = StateWords("○", tr("No signal"), "", "quiet")
NO_NUMBER = "–"


def lost_words(why: str) -> str:
    """Say that the board was disconnected."""
    return tr(
        "The board was disconnected ({reason}). It continues when the board reconnects.", reason=why
    )


def connection_words(status: LiveStatus) -> str:
    """Say what is wrong with the connection, or '' where nothing is."""
    if not status.connected and not status.ended:
        return lost_words(status.why)
    if status.ended and status.why not in ("done", ""):
        return tr("The signal has ended: {reason}.", reason=status.why)
    return ""


def floor_words(noise_uv: float | None, tension_uv: float | None = None) -> str:
    """'Noise floor 0.62 µV', and the muscle's part of the tension now where that differs."""
    if noise_uv is None:
        return tr("Noise floor not measured")
    floor = tr("Noise floor {noise_uv:.2f} µV", noise_uv=noise_uv)
    if tension_uv is None:
        return floor
    if tension_uv < CLEARLY * noise_uv:
        return tr("{floor}; the muscle is below what this instrument can see", floor=floor)
    above = tension_words(above_floor_uv(tension_uv, noise_uv))
    if above == tension_words(tension_uv):
        return floor
    return tr("{floor}; {above} µV above it", floor=floor, above=above)


def removed_words(lines: Sequence[Line], heart: Heart | None) -> str:
    """Say what is removed now, on one channel or several.

    "Removed: mains hum of 50 Hz, a tone of 217 Hz, heartbeat (66 a minute)"; "" for nothing.
    """
    mains_hz = sorted({line.mains_hz for line in lines if line.mains_hz})
    tones_hz = sorted({round(line.hz) for line in lines if line.kind == "tone"})
    parts = [tr("mains hum of {hz} Hz", hz=hz) for hz in mains_hz]
    parts += [tr("a tone of {hz} Hz", hz=hz) for hz in tones_hz]
    if heart is not None and heart.bpm is not None:
        parts.append(tr("heartbeat ({bpm:.0f} a minute)", bpm=heart.bpm))
    elif heart is not None:
        parts.append(tr("heartbeat"))
    return tr("Removed: {parts}", parts=", ".join(parts)) if parts else ""


def loss_words(lost_samples: int, fs_hz: float) -> str:
    """Return how much time was lost, because a number of samples means nothing to a person."""
    if not lost_samples:
        return tr("nothing lost")
    seconds = lost_samples / fs_hz
    if seconds >= 1:
        return tr("{seconds:.1f} s lost", seconds=seconds)
    return tr("{ms} ms lost", ms=max(1, round(seconds * 1000)))


def tension_words(tension_uv: float) -> str:
    """Return the number with as many digits as are meaningful."""
    return f"{tension_uv:.1f}" if tension_uv < 100 else f"{tension_uv:.0f}"


def reference_words(tension_uv: float | None, reference_uv: float) -> str:
    """'0.8 % of your reference'."""
    share = NO_NUMBER if tension_uv is None else f"{100 * tension_uv / reference_uv:.1f}"
    return tr("{share} % of your reference", share=share)
