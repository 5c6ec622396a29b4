"""What is said of a live signal, wherever it is shown: in a window or in the terminal."""

from __future__ import annotations

from dataclasses import dataclass

from unclench.live.blocks import LiveStatus
from unclench_dsp import SignalState


@dataclass(frozen=True)
class StateWords:
    """How a signal state is shown: a shape as well as a colour, for eyes that see colours alike."""

    shape: str
    word: str
    advice: str
    tone: str  # "good", "quiet", "warn" or "bad": a colour of the theme


STATE_WORDS: dict[SignalState, StateWords] = {
    "settling": StateWords("◌", "Settling", "Ready in a moment.", "quiet"),
    "good": StateWords("●", "Good signal", "", "good"),
    "no contact": StateWords(
        "▲", "No contact", "Press the electrodes on and check the lead.", "bad"
    ),
    "mains hum": StateWords(
        "≈", "Mains hum", "Electrodes off, unplug chargers; avoid cables.", "warn"
    ),
    "clipping": StateWords(
        "■", "Clipping", "Too strong for the sensor: check the reference electrode.", "warn"
    ),
}
NO_SIGNAL = StateWords("○", "No signal", "", "quiet")
NO_NUMBER = "–"


def lost_words(why: str) -> str:
    """Say that the board was disconnected."""
    return f"The board was disconnected ({why}). It continues when the board reconnects."


def connection_words(status: LiveStatus) -> str:
    """Say what is wrong with the connection, or '' where nothing is."""
    if not status.connected and not status.ended:
        return lost_words(status.why)
    if status.ended and status.why not in ("done", ""):
        return f"The signal has ended: {status.why}."
    return ""


def floor_words(noise_uv: float | None) -> str:
    """'Noise floor 0.62 µV'."""
    return f"Noise floor {'not measured' if noise_uv is None else f'{noise_uv:.2f} µV'}"


def hum_words(lines_hz: tuple[float, ...]) -> str:
    """Say which mains lines are being removed."""
    if not lines_hz:
        return ""
    more = " and harmonics" if len(lines_hz) > 1 else ""
    return f"{lines_hz[0]:g} Hz{more} removed"


def loss_words(lost_samples: int, fs_hz: float) -> str:
    """Say what was lost, in time, because a number of samples means nothing to a person."""
    if not lost_samples:
        return "nothing lost"
    seconds = lost_samples / fs_hz
    return f"{seconds:.1f} s lost" if seconds >= 1 else f"{max(1, round(seconds * 1000))} ms lost"


def tension_words(tension_uv: float) -> str:
    """As many digits as mean something."""
    return f"{tension_uv:.1f}" if tension_uv < 100 else f"{tension_uv:.0f}"


def reference_words(tension_uv: float | None, reference_uv: float) -> str:
    """'0.8 % of your reference'."""
    share = NO_NUMBER if tension_uv is None else f"{100 * tension_uv / reference_uv:.1f}"
    return f"{share} % of your reference"
