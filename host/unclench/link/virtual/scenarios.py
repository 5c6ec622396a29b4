"""Named situations for the virtual board: one `Muscle` for each channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from unclench.link.virtual.muscle import Bursts, Muscle


@dataclass(frozen=True)
class Scenario:
    """A situation, in words, and what each channel's muscle does in it."""

    about: str
    muscle: Callable[[int], Muscle]  # by channel
    answers: bool = False  # to the session that it is in


_RELAXED = Muscle(rest_uv=1.9, start_uv=9.0, letting_go_s=25.0)


def _relaxed(channel: int) -> Muscle:
    # The second shoulder lets go more slowly, as the other side often does.
    return replace(_RELAXED, rest_uv=1.9 + 0.5 * channel, letting_go_s=25.0 + 15.0 * channel)


def _desk_work(channel: int) -> Muscle:
    return Muscle(
        rest_uv=max(3.0, 7.0 - 2.0 * channel),
        drift=0.5,
        drift_s=20.0,
        breaths_per_minute=14.0,
        bursts=Bursts(per_minute=9.0, peak_uv=(15.0, 45.0), length_s=(0.8, 4.0)),
        mains_uv=0.8,
        movements_per_minute=2.0,
        movement_uv=300.0,
    )


def _clenching(channel: int) -> Muscle:
    return Muscle(
        rest_uv=2.2 + 0.4 * channel,
        breaths_per_minute=12.0,
        bursts=Bursts(per_minute=10.0, peak_uv=(60.0, 200.0), length_s=(1.5, 5.0)),
    )


SCENARIOS = {
    "relaxed": Scenario("letting go from 9 uV to a resting 2 uV, breathing slowly", _relaxed),
    "desk-work": Scenario("working tension with typing, posture changes, small rests", _desk_work),
    "clenching": Scenario("a resting jaw that clenches a few times a minute", _clenching),
    "poor-contact": Scenario(
        "an electrode that comes off the skin for 6 s in every 14 s",
        lambda channel: replace(_relaxed(channel), contact_s=(8.0, 6.0), mains_uv=3.0),
    ),
    "mains-hum": Scenario(
        "a relaxed muscle next to a charger: 25 uV of hum with harmonics",
        lambda channel: replace(_relaxed(channel), mains_uv=25.0),
    ),
    "heartbeat": Scenario(
        "a relaxed shoulder with the heart in the signal: R peaks of 80 uV",
        lambda channel: replace(_relaxed(channel), heart_uv=80.0),
    ),
    "person": Scenario(
        "a person who does what a session asks: lets go, breathes, tenses, gets stressed",
        lambda channel: Muscle(rest_uv=2.1 + 0.4 * channel, drift=0.1, breath=0.0),
        answers=True,
    ),
    "shorted": Scenario(
        "sensor inputs shorted: nothing but the board's own noise",
        lambda channel: Muscle(rest_uv=0.0, mains_uv=0.0),
    ),
    "bench-signal": Scenario(
        "100 uV RMS at 110 Hz fed into the sensors: 100 mV behind a divider of 1000",
        lambda channel: Muscle(rest_uv=0.0, mains_uv=0.0, tone_uv=100.0),
    ),
    "bench-hands-on": Scenario(
        "inputs shorted, a hand on the cable: a little hum",
        lambda channel: Muscle(rest_uv=0.0, mains_uv=0.6),
    ),
    "bench-charger": Scenario(
        "inputs shorted, the computer on its charger: hum, and noise of its switching",
        lambda channel: Muscle(rest_uv=0.4, drift=0.0, breath=0.0, mains_uv=6.0),
    ),
}
