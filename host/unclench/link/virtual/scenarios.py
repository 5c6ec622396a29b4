"""Named situations for the virtual board: one `Muscle` for each channel."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from unclench.link.virtual.jolts import Jolts
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
        jolts=(Jolts("tug", 2.0, (150.0, 300.0)),),
    )


def _clenching(channel: int) -> Muscle:
    return Muscle(
        rest_uv=2.2 + 0.4 * channel,
        breaths_per_minute=12.0,
        bursts=Bursts(per_minute=10.0, peak_uv=(60.0, 200.0), length_s=(1.5, 5.0)),
    )


def _beside(**added: Any) -> Callable[[int], Muscle]:
    """A relaxed muscle with something added to its signal."""
    return lambda channel: replace(_relaxed(channel), **added)


_POPS = Jolts("pop", 8.0, (500.0, 4000.0))
_TUGS = Jolts("tug", 12.0, (2000.0, 7000.0))
_FLUTTER = Jolts("flutter", 6.0, (100.0, 800.0))


def _real_room(channel: int) -> Muscle:
    jolts = (replace(jolts, per_minute=3.0) for jolts in (_POPS, _TUGS, _FLUTTER))
    return replace(
        _relaxed(channel),
        heart_uv=50.0,
        mains_uv=15.0,
        mains_hz=49.9,
        mains_swing_hz=0.1,
        tone_uv=3.0,
        tone_hz=217.0,
        jolts=tuple(jolts),
        noise_uv=0.3,
    )


SCENARIOS = {
    "relaxed": Scenario("letting go from 9 uV to a resting 2 uV, breathing slowly", _relaxed),
    "desk-work": Scenario("working tension with typing, posture changes, small rests", _desk_work),
    "clenching": Scenario("a resting jaw that clenches a few times a minute", _clenching),
    "poor-contact": Scenario(
        "an electrode that comes off the skin for 6 s in every 14 s",
        _beside(contact_s=(8.0, 6.0), mains_uv=3.0),
    ),
    "mains-hum": Scenario(
        "a relaxed muscle next to a charger: 25 uV of hum with harmonics",
        _beside(mains_uv=25.0),
    ),
    "wandering-hum": Scenario(
        "hum of 25 uV that wanders between 49.8 and 50.0 Hz, to and fro in a minute",
        _beside(mains_uv=25.0, mains_hz=49.9, mains_swing_hz=0.1),
    ),
    "steady-tone": Scenario(
        "a relaxed muscle next to a switching charger: 4 uV at 73 Hz",
        _beside(tone_uv=4.0, tone_hz=73.0),
    ),
    "sweeping-tone": Scenario(
        "a motor that is never quite steady: 4 uV between 126 and 134 Hz",
        _beside(tone_uv=4.0, tone_hz=130.0, tone_swing_hz=4.0),
    ),
    "heartbeat": Scenario(
        "a relaxed shoulder with the heart in the signal: R peaks of 80 uV",
        _beside(heart_uv=80.0),
    ),
    "electrode-pops": Scenario(
        "electrodes that lose the skin for a moment, 8 times a minute", _beside(jolts=(_POPS,))
    ),
    "cable-tugs": Scenario(
        "a lead that is pulled, 12 times a minute: slow swings of up to 7 mV",
        _beside(jolts=(_TUGS,)),
    ),
    "cable-flutter": Scenario(
        "a cable that shakes at 8 to 40 Hz, for a second, 6 times a minute",
        _beside(jolts=(_FLUTTER,)),
    ),
    "real-room": Scenario(
        "wandering hum, a tone of 217 Hz, the heart, pops, tugs and flutter together", _real_room
    ),
    "noisy-instrument": Scenario(
        "a muscle that relaxes to 0.3 uV, below the 1 uV that the sensor makes by itself",
        _beside(rest_uv=0.3, noise_uv=1.0),
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
