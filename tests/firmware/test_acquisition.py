"""The acquisition's registers, driven on an emulated converter, DMA and timer."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from tests.firmware.chip import RAM, Chip

from unclench_board import registers as reg
from unclench_board.acquisition import (
    BLOCK_US,
    BLOCKS,
    RING_BYTES,
    TABLE_WORDS,
    Acquisition,
    plan,
)

pytestmark = pytest.mark.usefixtures("chips_are_freed")

RING = RAM + 0x10000
TABLE = RAM + 0x8004  # not where it has to begin: the acquisition finds that place in it
GUARD = 4096
ALL = [(rate_hz, channels) for rate_hz in (1000, 2000, 4000) for channels in (1, 2, 3)]


class Clock:
    """Ticks as MicroPython has them on the chip: its timer, modulo 2^30."""

    def __init__(self, chip: Chip) -> None:
        self._chip = chip

    def ticks_us(self) -> int:
        self._chip.run_us(1)  # a call takes its time, and a loop over it must end
        return self._chip.micros() & 0x3FFFFFFF

    def ticks_add(self, ticks: int, delta: int) -> int:
        return (ticks + delta) & 0x3FFFFFFF

    def ticks_diff(self, a: int, b: int) -> int:
        return ((a - b + 0x20000000) & 0x3FFFFFFF) - 0x20000000


class Bench:
    """An acquisition on a chip whose readings say when and on which input they were taken."""

    def __init__(self, rate_hz: int = 2000, channels: int = 1, start_us: int = 0) -> None:
        self.chip = Chip(start_us=start_us, access_us=1)
        self.log: list[tuple[int, float]] = []  # input and time of every conversion
        self.chip.set_analog(self._convert)
        for at in (RING - GUARD, RING + RING_BYTES):
            self.chip.memory(at, GUARD)[:] = b"\xa5" * GUARD
        self.period, self.over = plan(rate_hz, channels)
        self.rows, self.channels = rate_hz // 100, channels
        self.n = self.rows * channels * self.over
        self.acquisition = Acquisition(
            self.chip.mem32,
            Clock(self.chip),
            self.chip.memory(RING, RING_BYTES),
            RING,
            self.chip.memory(TABLE, 4 * TABLE_WORDS).cast("I"),
            TABLE,
            5,
            2,
        )

    def _convert(self, channel: int, nanos: float) -> int:
        self.log.append((channel, nanos))
        return channel << 10 | (len(self.log) - 1) % 1000

    def start(self) -> None:
        self.acquisition.start(self.period, self.channels, 0, self.n)

    def run_ms(self, ms: float) -> None:
        self.chip.run_us(1000 * ms)

    def take(self) -> tuple[int, list[int]] | None:
        """Return number and readings of the next block, or None."""
        block = self.acquisition.take()
        if block is None:
            return None
        return self.acquisition.block, np.frombuffer(bytes(block), "<u2").tolist()

    def next_block(self) -> tuple[int, list[int]]:
        """Return the next block, which must be complete by now."""
        block = self.take()
        assert block is not None
        return block

    def expected(self, block: int) -> list[int]:
        """Return what a block holds if nothing was ever lost."""
        first = block * self.n
        return [k % self.channels << 10 | k % 1000 for k in range(first, first + self.n)]


@pytest.mark.parametrize(("rate_hz", "channels"), ALL)
def test_plans_are_exact(rate_hz, channels):
    period, over = plan(rate_hz, channels)
    assert period >= 96
    assert rate_hz * over * channels * period == 48_000_000
    assert over % 5 == 0


@pytest.mark.parametrize(
    ("rate_hz", "channels", "words"),
    [
        (0, 1, "a rate of 0 Hz is not available; choose 1000, 2000 or 4000 Hz"),
        (3000, 1, "a rate of 3000 Hz is not available"),
        (2000, 0, "0 channels are not available; choose 1 to 3"),
        (2000, 4, "4 channels are not available; choose 1 to 3"),
    ],
)
def test_rates_and_channels_that_do_not_exist_are_refused(rate_hz, channels, words):
    with pytest.raises(ValueError, match=words):
        plan(rate_hz, channels)


@pytest.mark.parametrize(("rate_hz", "channels"), ALL)
def test_every_reading_arrives_once_in_the_right_place_at_the_right_time(rate_hz, channels):
    bench = Bench(rate_hz, channels)
    bench.chip.mem32[reg.ADC_DIV] = 0xFFFFFF  # somebody's setting from before
    bench.start()
    begun_us = bench.log[0][1] / 1000 if bench.log else bench.chip.nanos / 1000
    for block in range(BLOCKS + 2):  # once round the ring and on
        assert bench.take() is None
        bench.run_ms((bench.acquisition.wait_us() + 20) / 1000)
        assert bench.take() == (block, bench.expected(block))
        assert bench.acquisition.intact()
    times = [nanos for _, nanos in bench.log]
    assert set(np.round(np.diff(times), 3)) <= {
        round(bench.period * 1e9 / 48e6 + d, 3) for d in (0, 0.001, -0.001)
    }
    # The stamp is that of the first reading's beginning, and a block lasts 10 ms to the nanosecond.
    assert bench.acquisition.start_us == pytest.approx(begun_us, abs=3)
    assert times[bench.n] - times[0] == pytest.approx(BLOCK_US * 1000, abs=1)
    a = bench.acquisition
    assert (a.fifo_overflows, a.dma_overruns, a.late_services) == (0, 0, 0)


@pytest.mark.parametrize("start_us", [2**30 - 25_000, 2**32 - 25_000])
def test_a_wrapping_timer_does_no_harm(start_us):
    bench = Bench(2000, 3, start_us)
    bench.start()
    assert bench.acquisition.start_us == pytest.approx(start_us, abs=200)
    for block in range(BLOCKS + 2):
        bench.run_ms(10.01)
        assert bench.take() == (block, bench.expected(block))
    assert bench.acquisition.dma_overruns == 0


def test_a_block_may_wait_for_70_ms():
    bench = Bench(2000, 2)
    bench.start()
    bench.run_ms(10.5)
    assert bench.take() == (0, bench.expected(0))
    assert bench.take() is None
    bench.run_ms(69.8)
    kept = [(k, bench.expected(k)) for k in range(1, BLOCKS)]
    assert [bench.take() for _ in range(BLOCKS)] == [*kept, None]
    a = bench.acquisition
    assert (a.dma_overruns, a.late_services) == (0, 1)  # one delay, not one for every block
    bench.run_ms(25)
    assert [bench.next_block()[0] for _ in range(2)] == [BLOCKS, BLOCKS + 1]
    assert (a.dma_overruns, a.late_services) == (0, 2)


@pytest.mark.parametrize("late_ms", [81, 95, 115, 152, 245])
def test_overwritten_blocks_are_counted_exactly_and_the_others_are_right(late_ms):
    bench = Bench(2000, 3)
    bench.start()
    bench.run_ms(late_ms)
    complete = late_ms // 10
    found = [bench.take() for _ in range(BLOCKS)]
    kept = range(complete - (BLOCKS - 1), complete)
    assert found == [*((k, bench.expected(k)) for k in kept), None]
    assert bench.acquisition.dma_overruns == complete - (BLOCKS - 1)


def test_a_block_that_is_overwritten_while_it_is_summed_is_dropped():
    bench = Bench(1000, 1)
    bench.start()
    bench.run_ms(11)
    assert bench.next_block()[0] == 0
    bench.run_ms(68)
    assert bench.acquisition.intact()
    bench.run_ms(1)  # now block 8 goes where block 0 was
    assert not bench.acquisition.intact()
    assert bench.acquisition.dma_overruns == 1
    assert bench.next_block()[0] == 1


def test_nothing_is_written_outside_the_ring_even_if_it_is_never_read():
    bench = Bench(2000, 1)
    bench.start()
    bench.run_ms(95)
    for at in (RING - GUARD, RING + RING_BYTES):
        assert bytes(bench.chip.memory(at, GUARD)) == b"\xa5" * GUARD


@pytest.mark.parametrize("channels", [1, 3])
def test_a_fifo_overflow_is_counted_and_swaps_no_channels(channels):
    bench = Bench(2000, channels)
    bench.start()
    first_ns = bench.log[0][1] if bench.log else bench.chip.nanos
    bench.run_ms(13)
    assert bench.next_block()[0] == 0
    mover = reg.DMA_CHANNELS + 5 * reg.DMA_CHANNEL_STRIDE + reg.DMA_AL1_CTRL
    control = bench.chip.mem32[mover]
    bench.chip.mem32[mover] = control & ~reg.DMA_CTRL_EN  # the DMA comes too late
    bench.run_ms(0.02)
    bench.chip.mem32[mover] = control
    bench.run_ms(9)
    assert bench.take() is None
    a = bench.acquisition
    assert (a.fifo_overflows, a.dma_overruns) == (1, 0)
    begun = len(bench.log)
    bench.run_ms(21)
    blocks = [bench.next_block() for _ in range(2)]
    # It began again where a block of the old count would have begun,
    number = blocks[0][0]
    assert number == 3  # found out in block 2: the next that had not begun
    # (the converter's first reading behind the mend)
    restarted_ns = bench.log[begun - 1 if bench.log[begun - 1][1] > first_ns + 22e6 else begun][1]
    assert restarted_ns - first_ns == pytest.approx(number * BLOCK_US * 1000, abs=10_000)
    for k, (block, readings) in enumerate(blocks):
        assert block == number + k
        # every input in its place, without a break.
        assert [r >> 10 for r in readings] == [i % channels for i in range(bench.n)]
        assert {(b - a) % 1000 for a, b in pairwise([r & 0x3FF for r in readings])} == {1}
    assert a.fifo_overflows == 1


def test_a_stopped_acquisition_stands_still_and_can_start_again():
    bench = Bench(2000, 3)
    bench.start()
    bench.run_ms(14.003)  # amid a turn of the inputs
    bench.acquisition.stop()
    ring, n = bytes(bench.chip.memory(RING, RING_BYTES)), len(bench.log)
    bench.run_ms(20)
    assert bytes(bench.chip.memory(RING, RING_BYTES)) == ring
    assert len(bench.log) == n
    bench.acquisition.stop()
    bench.log.clear()
    bench.start()
    bench.run_ms(10.5)
    assert bench.take() == (0, bench.expected(0))


def test_one_input_can_be_read_alone():
    bench = Bench()
    bench.acquisition.start(96, 1, 2, 5000)
    bench.run_ms(10.5)
    assert {r >> 10 for r in bench.next_block()[1]} == {2}
    assert {channel for channel, _ in bench.log} == {2}


class Recorder:
    """Registers that note the order in which they are written and waited for."""

    def __init__(self, mem32) -> None:
        self._mem32 = mem32
        self.log: list[tuple[str, int, int]] = []

    def __getitem__(self, address: int) -> int:
        self.log.append(("read", address, 0))
        return self._mem32[address]

    def __setitem__(self, address: int, value: int) -> None:
        self.log.append(("write", address, value))
        self._mem32[address] = value


def test_everything_is_switched_off_before_waiting_and_no_channel_starts_the_other():
    """Erratum RP2040-E13: after an abort only BUSY tells the truth; emulated ones take no time."""
    bench = Bench(2000, 3)
    bench.start()
    bench.run_ms(3)
    recorder = bench.acquisition._mem32 = Recorder(bench.chip.mem32)
    bench.acquisition.stop()
    mover = reg.DMA_CHANNELS + 5 * reg.DMA_CHANNEL_STRIDE + reg.DMA_AL1_CTRL
    feeder = reg.DMA_CHANNELS + 2 * reg.DMA_CHANNEL_STRIDE + reg.DMA_AL1_CTRL
    assert recorder.log[:4] == [
        ("write", reg.ADC_CS, reg.ADC_CS_EN),
        ("write", mover, 5 << 11),  # not enabled, chained to itself: to none
        ("write", feeder, 2 << 11),
        ("write", reg.DMA_CHAN_ABORT, 1 << 5 | 1 << 2),
    ]
    waits = [address for kind, address, _ in recorder.log[4:7] if kind == "read"]
    assert waits == [mover, feeder, reg.ADC_CS]


@pytest.mark.parametrize("flag", [reg.ADC_FCS_OVER, reg.ADC_FCS_UNDER])
def test_a_block_is_dropped_if_the_fifo_loses_readings_while_it_is_summed(flag):
    bench = Bench(2000, 1)
    bench.start()
    bench.run_ms(11)
    assert bench.next_block()[0] == 0
    bench.chip.adc.fcs |= flag
    assert not bench.acquisition.intact()
    assert bench.take() is None
    assert bench.acquisition.fifo_overflows == 1
    assert bench.acquisition.dma_overruns == 0


def test_a_converter_that_was_stopped_is_noticed():
    bench = Bench(2000, 1)
    bench.start()
    bench.run_ms(12)
    assert bench.next_block()[0] == 0
    bench.chip.mem32[reg.ADC_CS] = reg.ADC_CS_EN  # a single reading by machine.ADC does that
    bench.run_ms(20)  # two blocks should be complete, and none is
    with pytest.raises(OSError, match="the converter has stopped, or runs at another rate"):
        bench.take()


@pytest.mark.parametrize("off_us", [-40, 40])
def test_clock_and_converter_may_differ_by_microseconds(off_us):
    """Which block is being filled is told by the mover; the clock only says which time round."""
    bench = Bench(2000, 1)
    bench.start()
    bench.acquisition._due += off_us
    found = []
    for _ in range(450):
        bench.run_ms(0.2)
        if block := bench.take():
            found.append(block)
            assert block == (len(found) - 1, bench.expected(len(found) - 1))
    assert len(found) in (8, 9)


def test_a_converter_that_does_not_answer_is_reported():
    bench = Bench()
    bench.chip.adc.busy = True  # and will be for ever
    with pytest.raises(OSError, match="the converter does not answer"):
        bench.start()
