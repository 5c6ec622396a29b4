"""The signal: what goes into the converter of an emulated Pico comes out of our decoder."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from tests.pico.host import Host, band_rms, emg_uv, fit_sine, holes, ramp_sum

from unclench_wire import ids
from unclench_wire.messages import Hello

GAIN = 200
STEP_AT = 2046.5  # codes: readings above are too high, so here half of them are
Board = Callable[..., Host]


def uv(microvolts: float) -> float:
    """Millivolts at the pin that are so many microvolts at the electrode."""
    return microvolts * GAIN / 1000


def stream(host: Host, seconds: float, settle_s: float = 0.1) -> list[Any]:
    """Frames of a stream that is some time old."""
    host.start()
    host.run_ms(settle_s * 1000)
    since = len(host.heard)
    host.run_ms(seconds * 1000)
    return host.frames(since)


def exact(hello: Hello) -> Fraction:
    return Fraction(hello.rate_num, hello.rate_den)


def test_ten_seconds_of_three_channels(board: Board) -> None:
    host = board()
    quiet: dict[str, Any] = {}
    host.pico.analog([quiet, {"sines": [[80, uv(5)]]}, quiet], noise_lsb=1)
    hello = host.set_up(channels=3)
    since = host.start()
    host.run_ms(10_050)
    frames = host.frames(since)

    assert sum(len(frame.units) for _, frame in frames) >= 20_000
    assert host.decoder.bad_frames == 0
    assert holes(frames) == 0
    assert [frame.seq for _, frame in frames] == list(range(len(frames)))
    assert all(frame.overflows == 0 for _, frame in frames)
    assert set(host.counters().values()) == {0}

    # The rate: by the converter's own count, by the board's clock, and by the arrivals.
    row_us = 1_000_000 / float(exact(hello))
    assert row_us == 500
    state = host.pico.state()
    done, from_ns = state["conversions"]["done"], state["conversions"]["started"]
    per_row = hello.oversampling * len(hello.channels)
    assert sum(done) / per_row * row_us == pytest.approx((state["nanos"] - from_ns) / 1000, abs=500)
    for arrival_ns, frame in frames:
        complete_us = from_ns / 1000 + (frame.index + len(frame.units)) * row_us
        assert abs(frame.device_us - complete_us) < 10, "the stamp is not the row's"
        assert 0 < arrival_ns / 1000 - complete_us < 15_000, "late by more than a frame and a half"

    signal = emg_uv(frames, hello)[:20_000]
    fitted = [abs(fit_sine(signal[:, k], 2000, 80)) for k in range(3)]
    averaged = np.sinc(80 / 2000)  # by the sum over one row
    assert fitted[1] == pytest.approx(5 * averaged, rel=0.02)
    assert max(fitted[0], fitted[2]) < 0.01 * 5


@pytest.mark.parametrize("kind", ["rest", "sine", "muscle"])
def test_a_resting_muscle_over_the_missing_code(board: Board, kind: str) -> None:
    host = board()
    channel: dict[str, Any] = {"level": STEP_AT}
    if kind == "sine":
        channel["sines"] = [[80, uv(2 * 2**0.5)]]
    elif kind == "muscle":
        channel["wave"] = {"fs_hz": 20_000, "millivolt": muscle_uv(2, 20_000).tolist()}
        channel["wave"]["millivolt"] = [uv(x) for x in channel["wave"]["millivolt"]]
    host.pico.analog([channel], noise_lsb=1, step_lsb=1)
    hello = host.set_up(step_mlsb=1000)
    assert hello.step_mlsb == 1000
    read_uv = band_rms(emg_uv(stream(host, 8), hello)[:, 0], 2000)
    if kind == "rest":
        assert 0.1 < read_uv <= 0.5
    else:
        assert read_uv == pytest.approx(2, rel=0.1)


def muscle_uv(rms_uv: float, fs_hz: int) -> Any:
    """Four seconds, repeating without a seam, of even noise between 20 and 450 Hz."""
    n = 4 * fs_hz
    rng = np.random.default_rng(5)
    hz = np.fft.rfftfreq(n, 1 / fs_hz)
    spectrum = np.where((hz >= 20) & (hz <= 450), np.exp(2j * np.pi * rng.random(len(hz))), 0)
    signal = np.fft.irfft(spectrum, n)
    return signal * (rms_uv / signal.std())


def test_without_the_correction_the_step_is_seen(board: Board) -> None:
    """Or the emulated step, and the test of its correction, would be worth nothing."""
    host = board()
    host.pico.analog([{"level": STEP_AT}], noise_lsb=1, step_lsb=1)
    read_uv = {}
    for step_mlsb in (0, 1000):
        hello = host.set_up(step_mlsb=step_mlsb)
        read_uv[step_mlsb] = band_rms(emg_uv(stream(host, 4), hello)[:, 0], 2000)
        host.order(ids.CMD_STOP)
    assert read_uv[0] > 1.3 * read_uv[1000]


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("rate_hz", [1000, 2000, 4000])
def test_every_rate_and_number_of_channels(board: Board, rate_hz: int, channels: int) -> None:
    levels = [1000, 2048, 3333]
    host = board()
    host.pico.analog([{"level": level} for level in levels])
    hello = host.set_up(rate_hz, channels)
    assert len(hello.channels) == channels
    assert exact(hello) == rate_hz
    before_ns = host.pico.nanos
    frames = stream(host, 1, settle_s=0)
    state = host.pico.state()

    # What is announced is what the converter does: conversions in a second, and rows.
    conversions = state["conversions"]
    seconds = (state["nanos"] - conversions["started"]) * 1e-9
    per_second = float(exact(hello)) * hello.oversampling * channels
    assert sum(conversions["done"]) == pytest.approx(seconds * per_second, abs=2)
    assert before_ns < conversions["started"]

    units = np.concatenate([frame.units for _, frame in frames])
    assert len(units) == pytest.approx(rate_hz, abs=0.03 * rate_hz)
    assert np.array_equal(
        np.unique(units, axis=0), [[x * hello.oversampling for x in levels[:channels]]]
    )
    for _, frame in frames:
        assert len(frame.units) == rate_hz // 100
        assert frame.device_us == pytest.approx(
            conversions["started"] / 1000 + (frame.index + len(frame.units)) * 1e6 / rate_hz, abs=10
        )


@pytest.mark.parametrize("channels", [2, 3])
def test_channels_are_as_late_as_hello_says(board: Board, channels: int) -> None:
    host = board()
    host.pico.analog([{"sines": [[197, 500]]}], noise_lsb=1)
    hello = host.set_up(2000, channels)
    signal = emg_uv(stream(host, 1), hello)
    phases = [np.angle(fit_sine(signal[:, k], 2000, 197)) for k in range(channels)]
    for k in range(1, channels):
        late_ns = (phases[k] - phases[0]) / (2 * np.pi * 197) * 1e9
        assert late_ns == pytest.approx(hello.channels[k].skew_ns, abs=30)


def test_every_reading_is_summed_once_and_in_order(board: Board) -> None:
    """A ramp of conversions: each sum says where in the ramp its readings lay."""
    host = board()
    host.pico.analog([{"ramp": True}])
    hello = host.set_up(2000, 1)
    units = np.concatenate([frame.units for _, frame in stream(host, 2, settle_s=0)])[:, 0]
    over = hello.oversampling
    first = next(n for n in range(4096) if ramp_sum(n, over) == units[0])
    assert units.tolist() == [ramp_sum(first + k * over, over) for k in range(len(units))]


def test_the_step_is_taken_off_each_reading_above(board: Board) -> None:
    host = board()
    host.pico.analog([{"ramp": True}])
    hello = host.set_up(2000, 1, step_mlsb=1400)
    units = np.concatenate([frame.units for _, frame in stream(host, 0.5, settle_s=0)])[:, 0]

    def corrected(first: int) -> int:
        codes = [(first + k) % 4096 for k in range(hello.oversampling)]
        return sum(codes) - int(np.floor(1.4 * sum(code > 2047 for code in codes) + 0.5))

    over = hello.oversampling
    wanted = [[corrected(n + k * over) for k in range(3)] for n in range(4096)]
    first = next(n for n in range(4096) if wanted[n] == units[:3].tolist())
    assert units.tolist() == [corrected(first + k * over) for k in range(len(units))]


def test_core_is_mostly_idle(board: Board) -> None:
    host = board()
    host.pico.analog(noise_lsb=1)
    host.set_up(2000, 3)
    host.start()
    host.run_ms(500)
    busy = host.pico.busy(3)
    assert 0.02 < busy <= 0.40  # the lower bound: the measurement itself


HEAP_READER = b"""
import gc
from unclench_board.hardware import Hardware
Hardware.counters = lambda self: (gc.mem_alloc(), 0, 0)  # in place of three of the counters
gc.disable()  # what is allocated stays and is seen
from unclench_board.start import main
main(0)
"""


def test_nothing_is_allocated_in_a_minute_of_streaming(board: Board) -> None:
    host = board({"/main.py": HEAP_READER})
    host.pico.analog(noise_lsb=1)
    host.set_up(2000, 3)
    host.start()
    host.run_ms(1000)
    # A command does allocate, the same every time: what two leave between them is what one costs.
    first, second = (host.counters()["fifo_overflows"] for _ in range(2))
    host.run_ms(60_000)
    third, fourth = (host.counters()["fifo_overflows"] for _ in range(2))
    assert fourth - third == second - first > 0, "commands differ, so they measure nothing"
    assert third - second == second - first


@pytest.mark.parametrize("bits", [30, 32], ids=["ticks", "device time"])
def test_clocks_wrap_unseen(board: Board, bits: int) -> None:
    """MicroPython's ticks wrap after 18 minutes, the timer's word after 72."""
    ahead_us = 5_000_000
    host = board(timer_us=(1 << bits) - ahead_us)
    host.pico.analog([{"level": 1234}])
    hello = host.set_up(2000, 1)
    since = host.start()
    host.run_ms(4000)
    frames = host.frames(since)
    stamps = [frame.device_us for _, frame in frames]
    assert stamps[0] < (1 << bits) - 1_000_000
    assert 1_000_000 < (stamps[-1] - (1 << bits)) % 2**32 < 3_000_000, "it did not wrap"
    assert {(b - a) % 2**32 for a, b in pairwise(stamps)} == {10_000}
    assert holes(frames) == 0
    assert {int(u) for _, f in frames for u in f.units[:, 0]} == {1234 * hello.oversampling}
    assert set(host.counters().values()) == {0}
