"""Does the exhale let go? Error rates of the phase-locked average: `python -m benchmarks.breath`.

Five minutes of paced breathing at 6 a minute, 200 seeds of each situation. EMG of the virtual
board's muscle goes through the tension chain; in half of the situations tension is 20 % lower while
breathing out. Beside it the usual way, from the same rows: those of the exhale against those of the
inhale by Welch's t-test. Both say "falls" at the same one-sided level.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import special

from unclench.link.virtual.muscle import Bursts, Muscle, MuscleSignal
from unclench_dsp import BreathAverage, ChainSettings, TensionChain
from unclench_dsp.arrays import FloatArray
from unclench_dsp.breath import ONE_SIDED_LEVEL

SEEDS = 200
SECONDS = 300
FS_HZ = 1000
ROW_HZ = 50
BREATH_S = 10.0
BOUNDS = (0.5, 0.5, 1.0)
FALL = 0.2
NOISE_UV = 0.17  # the emulated board's floor, see results/board.txt

CALM = Muscle(rest_uv=3.0, breath=0.0)
LETTING_GO = Muscle(rest_uv=2.0, start_uv=9.0, letting_go_s=45.0, breath=0.0)
DESK = Muscle(
    rest_uv=5.0,
    drift=0.5,
    breath=0.0,
    bursts=Bursts(per_minute=9.0, peak_uv=(15.0, 45.0), length_s=(0.8, 4.0)),
)
SITUATIONS = {"calm": CALM, "letting go, 9 to 2 uV": LETTING_GO, "desk work, bursts": DESK}


class Tension(MuscleSignal):
    """The muscle's tension alone; its EMG is made at a lower rate, to save time."""

    def minutes_uv(self) -> FloatArray:
        """Return all of it at `FS_HZ`."""
        control_s = np.arange(201) / 200
        inner_s = np.arange(FS_HZ) / FS_HZ
        return np.concatenate(
            [
                np.interp(inner_s, control_s, self._tension_uv(second + control_s))
                for second in range(SECONDS)
            ]
        )


@dataclass
class Tally:
    """Seeds in which a fall was said, and the changes found."""

    ours: int = 0
    ever: int = 0  # said after any of the breaths, as a person would see it
    peer: int = 0
    covered: int = 0  # the 95 % interval holds no change
    changes: tuple[float, ...] = ()


def emg_shape() -> FloatArray:
    """Amplitude by frequency of surface EMG (Stulen & De Luca), 1 uV RMS in 20-450 Hz."""
    f_hz = np.fft.rfftfreq(SECONDS * FS_HZ, 1 / FS_HZ)
    power = f_hz**2 / ((f_hz**2 + 60.0**2) * (f_hz**2 + 120.0**2) ** 2)
    inside = (f_hz >= 20) & (f_hz <= 450)
    shape: FloatArray = np.sqrt(power / (power[inside].sum() / (SECONDS * FS_HZ / 2)))
    return shape


def rows_of(muscle: Muscle, fall: float, shape: FloatArray, seed: int) -> tuple[FloatArray, ...]:
    """Breaths since the start and tension, 50 rows a second; NaN while settling."""
    rng = np.random.default_rng(seed)
    tension_uv = Tension(muscle, rng).minutes_uv()
    phase = np.arange(len(tension_uv)) / FS_HZ / BREATH_S % 1
    # Lower while breathing out; half a cosine of 1 s where it begins and ends.
    edge = 1.0 / BREATH_S
    into = np.clip((phase - 0.5) / edge, 0, 1) - np.clip(phase / edge, 0, 1) + 1
    out = np.where(phase < 0.5, np.clip(1 - phase / edge, 0, 1), into)
    tension_uv *= 1 - fall * (0.5 - 0.5 * np.cos(np.pi * out))
    white = rng.standard_normal((2, len(tension_uv)))
    emg_uv = np.fft.irfft(np.fft.rfft(white[0]) * shape) * tension_uv + NOISE_UV * white[1]
    chain = TensionChain(ChainSettings(float(FS_HZ), 1, mains="off"))
    block = chain.process(emg_uv[:, np.newaxis])
    envelope_uv = np.where(block.settling, np.nan, block.envelope_uv[:, 0])
    picked = np.arange(FS_HZ // ROW_HZ - 1, len(emg_uv), FS_HZ // ROW_HZ)
    lag_s = chain.settings.window_s / 2
    return ((picked + 1) / FS_HZ - lag_s) / BREATH_S, envelope_uv[picked]


def welch_falls(phase: FloatArray, tension_uv: FloatArray) -> bool:
    """Rows of the exhale against rows of the inhale, as if each row were a measurement."""
    there = ~np.isnan(tension_uv)
    exhale, inhale = tension_uv[there & (phase >= 0.5)], tension_uv[there & (phase < 0.5)]
    error = np.sqrt(exhale.var(ddof=1) / len(exhale) + inhale.var(ddof=1) / len(inhale))
    # Thousands of degrees of freedom: Student's t is the normal distribution.
    return bool((exhale.mean() - inhale.mean()) / error < special.ndtri(ONE_SIDED_LEVEL))


def judge(tally: Tally, breaths: FloatArray, tension_uv: FloatArray) -> None:
    """Let both say whether the exhale lets go."""
    average = BreathAverage(20, BOUNDS, 1)
    ever = False
    number = 0
    for at, uv in zip(breaths.tolist(), tension_uv, strict=True):
        if at < 0:
            continue
        if int(at) > number:
            number = int(at)
            average.finish()
            ever = ever or bool(average.effect(0).falls)
        average.add(number, at - number, uv)
    average.finish()
    effect = average.effect(0)
    if effect.change is None or effect.low is None or effect.high is None:
        raise AssertionError(f"five minutes gave {effect.breaths} breaths")
    tally.ours += bool(effect.falls)
    tally.ever += ever or bool(effect.falls)
    tally.covered += effect.low <= 0 <= effect.high
    tally.changes += (effect.change,)
    tally.peer += welch_falls(breaths % 1, tension_uv)


def share(hits: int) -> str:
    """Per cent of the seeds with the exact (Clopper-Pearson) 95 % interval."""
    low = special.betaincinv(hits, SEEDS - hits + 1, 0.025) if hits else 0.0
    high = special.betaincinv(hits + 1, SEEDS - hits, 0.975) if hits < SEEDS else 1.0
    return f"{hits / SEEDS:6.1%} ({low:5.1%} to {high:6.1%})"


def main() -> None:
    """Print the error rates."""
    shape = emg_shape()
    print(
        f"Does the exhale let go? {SECONDS} s at {60 / BREATH_S:g} breaths/min, {SEEDS} seeds, "
        f"one-sided level {ONE_SIDED_LEVEL:.0%}"
    )
    print(f"  {'':24}{'says it falls (95 %)':28}{'Welch on rows':28}change found, 5-95 %")
    false_ours = false_peer = 0
    ever: list[str] = []
    covered: list[str] = []
    for fall in (FALL, 0.0):
        print(f"  {f'planted: {fall:.0%} lower' if fall else 'nothing planted'}")
        for name, muscle in SITUATIONS.items():
            tally = Tally()
            for seed in range(SEEDS):
                breaths, tension_uv = rows_of(muscle, fall, shape, seed)
                judge(tally, breaths, tension_uv)
            low, high = np.percentile(tally.changes, (5, 95))
            print(
                f"    {name:22}{share(tally.ours):28}{share(tally.peer):28}"
                f"{low:+.1%} to {high:+.1%}",
                flush=True,
            )
            if not fall:
                false_ours += tally.ours
                false_peer += tally.peer
                ever.append(f"{tally.ever / SEEDS:.1%}")
                covered.append(f"{tally.covered / SEEDS:.1%}")
    ratio = f"{false_peer / false_ours:.0f} x" if false_ours else "more than ours, which had none"
    print(
        f"  falls said where none was planted, of {3 * SEEDS}: "
        f"{false_ours} by us, {false_peer} by Welch ({ratio})"
    )
    print("  nothing planted, situation by situation:")
    print(f"    the 95 % interval holds 0:           {', '.join(covered)}")
    print(f"    said after any breath on the way:    {', '.join(ever)}")


if __name__ == "__main__":
    main()
