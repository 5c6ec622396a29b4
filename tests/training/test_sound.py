"""What sounds, and how: from the samples themselves."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from scipy import signal

from unclench.training.sound import FULL_RATIO, RATE_HZ, STALE_S, Synth, tone_of
from unclench.training.steps.kinds.breathe import Breathe, Pacer

BLOCK_N = 480  # 10 ms
QUARTERS = Breathe(  # of 5 s each
    kind="breathe", inhale=1, hold_in=1, exhale=1, hold_out=1, rate_per_min=3
)
# The steepest slope of all partials together: sum of amplitude x 2 pi f / rate. A click is a jump.
STEEPEST = {44_100: 0.09, 48_000: 0.085}


def told(synth, seconds, tell=lambda t: None):
    """Render block by block, telling before each."""
    parts = []
    for k in range(round(seconds * synth.rate_hz / BLOCK_N)):
        tell(k * BLOCK_N / synth.rate_hz)
        parts.append(synth.render(BLOCK_N))
    return np.concatenate(parts)


def steady(ratio, volume=1.0):
    """One second of a tone that has settled."""
    synth = Synth(volume)
    return told(synth, 3.0, lambda _: synth.set_tension(ratio))[-RATE_HZ:]


def pitch_hz(x):
    power = np.abs(np.fft.rfft(x * np.hanning(len(x)))) ** 2
    return np.fft.rfftfreq(len(x), 1 / RATE_HZ)[power.argmax()]


@pytest.mark.parametrize("ratio", [1.0, 0.95, 0.5, 0.0, -1.0, None, float("nan")])
def test_silence_at_and_below_the_goal_and_where_nothing_is_known(ratio):
    synth = Synth(1.0)
    told(synth, 1.0, lambda _: synth.set_tension(3.0))
    after = told(synth, 1.0, lambda _: synth.set_tension(ratio))
    assert np.any(after[: RATE_HZ // 10])  # it fades
    assert not np.any(after[RATE_HZ // 2 :])
    assert synth.quiet


def test_pitch_and_loudness_fall_with_the_tension():
    ratios = [8.0, FULL_RATIO, 3.0, 2.0, 1.5, 1.2, 1.05]
    sounds = [steady(ratio) for ratio in ratios]
    pitches = [pitch_hz(x) for x in sounds]
    levels = [float(np.sqrt(np.mean(np.square(x)))) for x in sounds]
    assert pitches[0] == pitches[1]
    assert levels[0] == pytest.approx(levels[1])
    assert all(a > b + 5 for a, b in pairwise(pitches[1:]))
    assert all(a > 1.2 * b for a, b in pairwise(levels[1:]))
    assert tone_of(1.0) == 0.0 < tone_of(1.0001) < tone_of(FULL_RATIO) == 1.0


@pytest.mark.parametrize("rate_hz", [44_100, 48_000])
def test_no_clicks_whatever_is_told(rate_hz):
    rng = np.random.default_rng(4)
    synth = Synth(1.0, rate_hz)
    pacer = Pacer(Breathe(kind="breathe"))

    def anything(t_s):
        if rng.random() < 0.3:
            ratio = rng.choice([0.0, 0.9, 1.1, 2.0, 30.0])
            synth.set_tension(None if rng.random() < 0.2 else ratio)
        at = pacer.at(rng.uniform(0, 60))
        synth.breath(None if rng.random() < 0.1 else at.part, at.fullness)
        if rng.random() < 0.05:
            synth.bell()
        if rng.random() < 0.02:
            synth.mute()
        if rng.random() < 0.05:
            synth.volume = rng.choice([0.0, 0.3, 1.0])

    x = told(synth, 60.0, anything)
    assert np.abs(x).max() > 0.3
    assert np.abs(np.diff(x, prepend=0.0)).max() < STEEPEST[rate_hz]


@pytest.mark.parametrize("volume", [0.0, 0.2, 1.0])
def test_never_louder_than_the_volume(volume):
    synth = Synth(volume)

    def all_at_once(_):
        synth.set_tension(100.0)
        synth.breath("inhale", 1.0)
        synth.bell()

    x = told(synth, 10.0, all_at_once)
    assert np.abs(x).max() <= volume
    assert np.abs(x).max() >= 0.6 * volume
    assert synth.quiet == (volume == 0.0)


def test_turning_the_volume_down_is_smooth_and_ends_in_silence():
    synth = Synth(1.0)
    told(synth, 1.0, lambda _: synth.set_tension(4.0))
    synth.volume = 0.0
    x = told(synth, 1.0, lambda _: synth.set_tension(4.0))
    assert np.abs(np.diff(x)).max() < STEEPEST[RATE_HZ]
    assert np.any(x[:BLOCK_N])
    assert not np.any(x[RATE_HZ // 2 :])


def test_a_breath_swells_rises_falls_and_holds_are_silent():
    pacer = Pacer(QUARTERS)
    synth = Synth(1.0)

    def tell(t_s):
        at = pacer.at(t_s)
        synth.breath(at.part, at.fullness)

    parts = told(synth, 20.0, tell).reshape(4, 5 * RATE_HZ)
    inhale, hold_in, exhale, hold_out = parts
    second = RATE_HZ
    loud = [[np.abs(part[k * second : (k + 1) * second]).max() for k in range(5)] for part in parts]
    assert loud[0] == sorted(loud[0])
    assert loud[2] == sorted(loud[2], reverse=True)
    assert not np.any(hold_in[second:])
    assert not np.any(hold_out[second:])
    assert pitch_hz(inhale[-second:]) > pitch_hz(inhale[second : 2 * second]) + 5
    assert pitch_hz(exhale[3 * second : 4 * second]) < pitch_hz(exhale[:second]) - 5


def test_the_bell_rings_once_and_dies_away():
    synth = Synth(1.0)
    synth.bell()
    x = told(synth, 4.0)
    peaks = [np.abs(x[k * RATE_HZ // 2 : (k + 1) * RATE_HZ // 2]).max() for k in range(8)]
    assert peaks[0] > 0.25
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[-1] == 0.0
    assert synth.quiet


def test_sound_that_is_not_renewed_falls_silent():
    synth = Synth(1.0)
    synth.set_tension(4.0)
    synth.breath("inhale", 1.0)
    x = told(synth, STALE_S + 1.0)
    assert np.any(x[round((STALE_S - 0.1) * RATE_HZ) : round(STALE_S * RATE_HZ)])
    assert not np.any(x[round((STALE_S + 0.5) * RATE_HZ) :])


def test_muted_sound_fades_and_returns():
    synth = Synth(1.0)
    synth.bell()
    told(synth, 0.2, lambda _: synth.set_tension(4.0))
    synth.mute()
    x = told(synth, 0.5)
    assert np.abs(np.diff(x)).max() < STEEPEST[RATE_HZ]
    assert not x[-1]
    assert synth.quiet
    synth.bell()
    assert np.abs(told(synth, 0.5)).max() > 0.25


def test_the_sound_does_not_depend_on_the_blocks():
    def run(sizes):
        synth = Synth(0.7)
        synth.set_tension(2.0)
        synth.bell()
        return np.concatenate([synth.render(n) for n in sizes])

    whole, parts = run([20_000]), run([1, 0, 777, 9_222, 10_000])
    np.testing.assert_allclose(whole, parts, atol=1e-5)
    assert whole.dtype == np.float32
    assert whole.shape == (20_000,)


def test_the_tone_is_soft():
    f, power = signal.welch(steady(4.0), RATE_HZ, nperseg=8192)
    assert power[f > 1000].sum() < 1e-6 * power.sum()
