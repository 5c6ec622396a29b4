"""What the front-end calculation says, the real firmware measures: on an emulated Pico."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from benchmarks.board import NEIGHBOUR
from hardware.frontend.converter import Converter, floor_uv, read_uv
from hardware.frontend.response import NEIGHBOUR as SKETCH
from hardware.frontend.response import sampling
from tests.pico.emulated import EmulatedPico
from tests.pico.host import Host, band_rms, emg_uv

SECONDS = 3
# What the emulated converter is set to. It rounds where the calculation cuts off, so its codes lie
# half a code lower: STEP_AT is where half of its readings are too high.
TRUE = Converter(noise_lsb=1.0, step_lsb=1.0, corrected_lsb=1.0)
STEP_AT = 2046.5
WITHIN = 0.20  # of what is calculated


def analog(pico: EmulatedPico, true_uv: float = 0.0) -> None:
    peak_mv = true_uv * 2**0.5 * 200 / 1000
    channel = {"level": STEP_AT, "sines": [[80, peak_mv]] if true_uv else []}
    pico.analog([channel], noise_lsb=TRUE.noise_lsb, step_lsb=TRUE.step_lsb)


def measured_uv(host: Host, rate_hz: int, channels: int, corrected: bool) -> float:
    hello = host.set_up(rate_hz, channels, step_mlsb=1000 if corrected else 0)
    host.start()
    host.run_ms(200)
    since = len(host.heard)
    host.run_ms(SECONDS * 1000)
    signal = emg_uv(host.frames(since), hello)
    return float(np.mean([band_rms(signal[:, k], rate_hz) for k in range(channels)]))


def agree(case: str, measured: float, calculated: float) -> None:
    print(f"{case}: {calculated:.3f} uV calculated, {measured:.3f} uV measured")
    assert measured == pytest.approx(calculated, rel=WITHIN)


@pytest.mark.parametrize("corrected", [True, False])
@pytest.mark.parametrize(("rate_hz", "channels"), [(1000, 2), (2000, 1), (2000, 3)])
def test_the_floor_is_what_was_calculated(
    board: Callable[..., Host], rate_hz: int, channels: int, corrected: bool
) -> None:
    host = board()
    analog(host.pico)
    converter = TRUE if corrected else TRUE.uncorrected()
    agree(
        f"{channels} channels at {rate_hz} Hz, corrected {corrected}",
        measured_uv(host, rate_hz, channels, corrected),
        floor_uv(sampling(rate_hz, channels), converter, converter.worst_rest_codes),
    )


@pytest.mark.parametrize("corrected", [True, False])
def test_a_relaxed_muscle_reads_what_was_calculated(
    board: Callable[..., Host], corrected: bool
) -> None:
    host = board()
    analog(host.pico, true_uv=2.0)
    converter = TRUE if corrected else TRUE.uncorrected()
    how = sampling(2000, 1)
    agree(
        f"2 uV, corrected {corrected}",
        measured_uv(host, 2000, 1, corrected),
        read_uv(2.0, how, converter, converter.worst_rest_codes, "sine"),
    )


def test_so_does_the_usual_sketch(power_on: Callable[..., EmulatedPico]) -> None:
    pico = power_on({"/main.py": NEIGHBOUR})
    analog(pico)
    pico.run_ms(500)
    pico.take()
    pico.run_ms(SECONDS * 1000)
    u16 = np.array([int(line) for line in pico.take().split(b"\r\n")[1:-1]])
    assert len(u16) > 900 * SECONDS
    converter = TRUE.uncorrected()
    agree(
        "read_u16 once a millisecond",
        band_rms(u16 / 65536 * 3_300_000 / 200, 1000),
        floor_uv(SKETCH, converter, converter.worst_rest_codes),
    )
