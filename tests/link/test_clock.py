"""Device time to host time: bunched, delayed arrivals do not bend the line."""

from __future__ import annotations

import sys
from types import FrameType
from typing import Any

import numpy as np
import pytest

from unclench.link.clock import ClockFit

FRAME_S = 0.01
BOOT_S = 54_321.0  # host time at which the device's time was 0


def arrive(
    clock: ClockFit,
    seconds: float,
    ppm: float = 0.0,
    *,
    usb_s: float = 0.001,
    bunch_s: float = 0.0,
    stalls: tuple[tuple[float, float], ...] = (),
    seed: int = 1,
    begin_s: float = 0.0,
) -> None:
    """Tell the arrivals of frames from `begin_s` on.

    Each is late by up to `usb_s`; the host looks every `bunch_s`, more or less, and takes what has
    come by then; during a stall (begin, length; host seconds since the start) nothing passes.
    """
    rng = np.random.default_rng(seed)
    device_s = begin_s + np.arange(1, int(seconds / FRAME_S) + 1) * FRAME_S
    passed_s = device_s * (1 + ppm * 1e-6) + usb_s * rng.random(len(device_s))
    if bunch_s:
        looks = np.cumsum(rng.uniform(0.5, 1.5, int(seconds / bunch_s * 1.2) + 10)) * bunch_s
        looks += begin_s
        passed_s = looks[np.searchsorted(looks, passed_s)]
    for start_s, length_s in stalls:
        during = (passed_s >= start_s) & (passed_s < start_s + length_s)
        passed_s[during] = start_s + length_s
    for device, host in zip(device_s, BOOT_S + passed_s, strict=True):
        clock.add(float(device), float(host))


@pytest.mark.parametrize("ppm", [0.0, 30.0, -30.0, 200.0, -1000.0])
@pytest.mark.parametrize(("bunch_s", "good_to_ppm"), [(0.0, 0.2), (0.016, 2.0), (0.1, 10.0)])
@pytest.mark.parametrize("seed", range(4))
def test_drift_from_bunched_and_delayed_arrivals(ppm, bunch_s, good_to_ppm, seed):
    clock = ClockFit()
    arrive(clock, 130.0, ppm, bunch_s=bunch_s, seed=seed)
    assert clock.drift_ppm == pytest.approx(ppm, abs=good_to_ppm)


@pytest.mark.parametrize("seed", range(5))
def test_host_time_is_as_exact_as_bunched_arrivals_allow(seed):
    clock = ClockFit()
    arrive(clock, 60.0, 50.0, bunch_s=0.016, seed=seed)
    for device_s in (1.0, 30.0, 60.0, 65.0):
        true_s = BOOT_S + device_s * (1 + 50e-6)
        assert true_s - 1e-3 < clock.host_s(device_s) < true_s + 0.016


@pytest.mark.parametrize("stalls", [((60.0, 0.4),), ((60.0, 3.0),), ((20.0, 1.0), (110.0, 5.0))])
def test_a_stall_does_not_change_the_clock_fit(stalls):
    clock = ClockFit()
    arrive(clock, 130.0, 40.0, stalls=stalls)
    assert clock.drift_ppm == pytest.approx(40.0, abs=1.0)
    assert clock.host_s(130.0) == pytest.approx(BOOT_S + 130.0 * (1 + 40e-6), abs=2e-3)


def test_only_the_last_two_minutes_count():
    """A crystal warms up: the drift is that of now."""
    clock = ClockFit()
    arrive(clock, 200.0, 0.0)
    assert clock.drift_ppm == pytest.approx(0.0, abs=1.0)
    for k in range(1, 14_001):
        clock.add(200.0 + k * FRAME_S, BOOT_S + 200.0 + k * FRAME_S * (1 + 80e-6))
    assert clock.drift_ppm == pytest.approx(80.0, abs=1.0)


def test_the_clock_fit_is_as_exact_after_days():
    clock = ClockFit()
    arrive(clock, 130.0, 25.0, begin_s=10 * 86400.0)
    assert clock.drift_ppm == pytest.approx(25.0, abs=1.0)


@pytest.mark.parametrize("seconds", [0.01, 1.0, 30.0])
def test_each_direction_is_the_inverse_of_the_other(seconds):
    clock = ClockFit()
    arrive(clock, seconds, -300.0)
    for device_s in (0.0, 0.5, 17.0, 1e6):
        assert clock.device_s(clock.host_s(device_s)) == pytest.approx(device_s, abs=1e-6)
    assert clock.host_s(2.0) - clock.host_s(1.0) == pytest.approx(1.0, rel=2e-3)


def test_before_any_arrival_the_clock_refuses_to_convert():
    clock = ClockFit()
    for ask in (clock.host_s, clock.device_s):
        with pytest.raises(ValueError, match="no frame"):
            ask(0.0)
    assert clock.drift_ppm is None


def test_before_the_first_fit_the_earliest_arrival_counts():
    clock = ClockFit()
    clock.add(0.01, 100.05)
    assert clock.host_s(0.02) == pytest.approx(100.06)
    clock.add(0.02, 100.04)  # less late
    clock.add(0.03, 100.09)  # later again
    assert clock.host_s(0.02) == pytest.approx(100.04)
    assert clock.device_s(100.04) == pytest.approx(0.02)
    assert clock.drift_ppm is None


def test_no_drift_is_reported_before_ten_seconds():
    clock = ClockFit()
    arrive(clock, 9.9)
    assert clock.drift_ppm is None
    arrive(clock, 2.0, begin_s=9.9)
    assert clock.drift_ppm is not None


def test_simultaneous_arrivals_give_no_rate():
    clock = ClockFit()
    for frame in range(300):  # three seconds that waited while the host stood still
        clock.add(frame * FRAME_S, BOOT_S)
    assert clock.slope is None
    last_s = clock.device_s(BOOT_S)
    assert clock.device_s(BOOT_S + 1.0) == pytest.approx(last_s + 1.0)


def test_reading_the_clock_during_an_arrival_uses_one_fit():
    clock = ClockFit()
    clock.add(0.0, BOOT_S)
    worst_s = 0.0

    def ask(frame: FrameType, event: str, _: object) -> Any:
        """Ask before each instruction of the clock's, as another thread may."""
        nonlocal worst_s
        if frame.f_globals["__name__"] == ClockFit.__module__:
            frame.f_trace_opcodes = True
            worst_s = max(worst_s, abs(clock.device_s(BOOT_S + 50.0) - 50.0))
        return ask

    before = sys.gettrace()
    sys.settrace(ask)
    try:
        for device_s in np.arange(0.5, 30.0, 0.5):  # a new fit with every arrival
            clock.add(float(device_s), float(BOOT_S + device_s))
    finally:
        sys.settrace(before)
    # All arrivals lie on one line; parts of two fits are a quarter of a second apart.
    assert worst_s < 1e-6
