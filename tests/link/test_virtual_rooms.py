"""What virtual rooms add to a muscle: the chain finds it, and tension stays the muscle's."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from unclench.link.virtual.inputs import SyntheticInput
from unclench.link.virtual.muscle import Muscle
from unclench.link.virtual.scenarios import SCENARIOS, Scenario
from unclench.review.signal import Signal, make_signal
from unclench.store.model import Recording
from unclench_dsp import WIDE, units_to_uv
from unclench_dsp.abovefloor import CLEARLY, above_floor_uv

FS_HZ = 2000


def reviewed(scenario: str, seconds: int = 45) -> Signal:
    analog = SyntheticInput(scenario)
    hello = analog.hello()
    units = np.concatenate([analog.read(FS_HZ)[1] for _ in range(seconds)])
    emg_uv = units_to_uv(units, hello.zero_unit, np.array([hello.uv_per_unit(0)]))
    sample = np.arange(len(emg_uv), dtype=np.int64)
    return make_signal(Recording("", Fraction(FS_HZ), ("ch1",), sample, emg_uv), WIDE)


def undisturbed(muscle: Muscle) -> Muscle:
    """The same muscle to the last bit; a heart and jolts too small to see draw the same chances."""
    jolts = tuple(replace(jolts, peak_uv=(0.0, 0.0)) for jolts in muscle.jolts)
    return replace(muscle, heart_uv=1e-9 * muscle.heart_uv, jolts=jolts, mains_uv=0.0, tone_uv=0.0)


@pytest.mark.parametrize(
    ("scenario", "lines_hz", "kinds", "median_off", "mean_off"),
    [
        ("mains-hum", {50.0}, set(), 0.02, 0.03),
        ("wandering-hum", {49.9}, set(), 0.04, 0.04),
        ("steady-tone", {73.0}, set(), 0.03, 0.03),
        ("sweeping-tone", {133.5}, set(), 0.03, 0.03),
        ("heartbeat", set(), {"heart"}, 0.03, 0.08),
        ("electrode-pops", set(), {"pop"}, 0.02, 0.10),
        ("cable-tugs", set(), {"tug"}, 0.02, 0.10),
        ("cable-flutter", set(), {"flutter"}, 0.02, 0.10),
        ("real-room", {49.9, 217.0}, {"heart", "pop", "flutter"}, 0.05, 0.10),
    ],
)
def test_the_chain_finds_what_a_room_adds_and_tension_stays_that_of_the_muscle(
    monkeypatch: pytest.MonkeyPatch,
    scenario: str,
    lines_hz: set[float],
    kinds: set[str],
    median_off: float,
    mean_off: float,
) -> None:
    bare = undisturbed(SCENARIOS[scenario].muscle(0))
    monkeypatch.setitem(SCENARIOS, "bare", Scenario("", lambda _: bare))
    alone, added = reviewed("bare"), reviewed(scenario)
    found_hz = [line.hz for change in added.line_changes for line in change.lines]
    for hz in lines_hz:
        assert min(abs(hz - one) for one in found_hz) < 0.5
    assert bool(found_hz) == bool(lines_hz)
    assert kinds <= {one.kind for one in added.disturbances}
    used = added.used[:, 0] & alone.used[:, 0]
    assert used.mean() > 0.75
    muscle_uv, shown_uv = alone.fast_uv[used, 0], added.fast_uv[used, 0]
    assert np.median(shown_uv) == pytest.approx(np.median(muscle_uv), rel=median_off)
    assert shown_uv.mean() == pytest.approx(muscle_uv.mean(), rel=mean_off)


@pytest.mark.parametrize(
    ("scenario", "mean_hz", "swing_hz"),
    [("wandering-hum", 49.9, 0.1), ("sweeping-tone", 130.0, 4.0)],
)
def test_a_line_wanders_as_far_as_its_scenario_says(
    scenario: str, mean_hz: float, swing_hz: float
) -> None:
    analog = SyntheticInput(scenario)
    n, near = 16 * FS_HZ, slice(16 * round(mean_hz - 6), 16 * round(mean_hz + 6))
    peaks_hz = []
    for _ in range(60):
        units = analog.read(FS_HZ)[1][:, 0]
        spectrum = np.abs(np.fft.rfft((units - units.mean()) * np.hanning(FS_HZ), n))
        peaks_hz.append((near.start + int(spectrum[near].argmax())) / 16)
    assert max(peaks_hz) == pytest.approx(mean_hz + swing_hz, abs=0.5 * swing_hz)
    assert min(peaks_hz) == pytest.approx(mean_hz - swing_hz, abs=0.5 * swing_hz)


def test_a_noisy_instrument_announces_its_noise_and_hides_a_relaxed_muscle() -> None:
    noise_uv = SyntheticInput("noisy-instrument").hello().channels[0].noise_nv / 1000
    assert 1.0 < noise_uv < 1.05  # the converter's is in it
    shown_uv = reviewed("noisy-instrument", 100).fast_uv[:, 0]
    assert np.nanmean(shown_uv[100:600]) > 5 * noise_uv
    relaxed_uv = float(np.nanmean(shown_uv[-500:]))
    assert noise_uv < relaxed_uv < CLEARLY * noise_uv
    assert above_floor_uv(relaxed_uv, noise_uv) == pytest.approx(0.45, rel=0.25)


def test_a_weak_hum_that_pauses_for_a_second_is_told_once() -> None:
    """At 95 s it falls below what can be measured, and is back in the next second."""
    (change,) = reviewed("relaxed", 110).line_changes
    (line,) = change.lines
    assert (line.kind, line.mains_hz) == ("hum", 50)
    assert line.rms_uv == pytest.approx(0.4, rel=0.3)


def test_the_readme_lists_every_situation_in_its_own_words() -> None:
    readme = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    for name, scenario in SCENARIOS.items():
        assert f"| {name} | {scenario.about} |" in readme
