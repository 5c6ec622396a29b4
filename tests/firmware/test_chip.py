"""The emulated chip itself: what the tests of the acquisition rely on, by the datasheet's words."""

from __future__ import annotations

import struct

import pytest
from tests.firmware.chip import RAM, Chip

pytestmark = pytest.mark.usefixtures("chips_are_freed")

ADC_CS, ADC_RESULT, ADC_FCS, ADC_FIFO, ADC_DIV = (0x4004C000 + 4 * k for k in range(5))
EN, START_ONE, START_MANY, READY = 1, 1 << 2, 1 << 3, 1 << 8
FIFO_EN, DREQ_EN, EMPTY, FULL, UNDER, OVER = 1, 1 << 3, 1 << 8, 1 << 9, 1 << 10, 1 << 11
THRESHOLD_1 = 1 << 24
DMA = 0x50000000
READ_ADDR, WRITE_ADDR, COUNT, CTRL_TRIG, AL1_CTRL = 0, 4, 8, 0xC, 0x10
AL2_WRITE_ADDR_TRIG = 0x2C
CHAN_ABORT = DMA + 0x444
HALFWORD, WORD, INCR_READ, INCR_WRITE, QUIET, BUSY = (
    1 << 2,
    2 << 2,
    1 << 4,
    1 << 5,
    1 << 21,
    1 << 24,
)
DREQ_ADC, UNPACED = 36, 63
TIMER_RAW_LOW = 0x40054028
BUFFER = RAM + 0x10000


class Counted:
    """An input whose codes count the conversions; what was converted when is kept."""

    def __init__(self) -> None:
        self.seen: list[tuple[int, float]] = []

    def __call__(self, channel: int, nanos: float) -> int:
        self.seen.append((channel, nanos))
        return (len(self.seen) - 1) & 0xFFF


@pytest.fixture
def chip():
    return Chip()


@pytest.fixture
def analog(chip):
    counted = Counted()
    chip.set_analog(counted)
    return counted


def dma(channel: int, register: int) -> int:
    return DMA + 0x40 * channel + register


def ctrl(size: int, chain_to: int, treq: int, more: int = 0) -> int:
    return 1 | size | chain_to << 11 | treq << 15 | QUIET | more


def drain(chip: Chip, count: int, chain_to: int = 0, address: int = BUFFER) -> None:
    """Let DMA channel 0 take readings out of the FIFO."""
    mem32 = chip.mem32
    mem32[ADC_FCS] = FIFO_EN | DREQ_EN | THRESHOLD_1 | OVER | UNDER
    mem32[dma(0, READ_ADDR)] = ADC_FIFO
    mem32[dma(0, WRITE_ADDR)] = address
    mem32[dma(0, COUNT)] = count
    mem32[dma(0, CTRL_TRIG)] = ctrl(HALFWORD, chain_to, DREQ_ADC, INCR_WRITE)


def halfwords(chip: Chip, address: int, n: int) -> list[int]:
    return list(struct.unpack(f"<{n}H", chip.memory(address, 2 * n)))


def test_one_dma_channel_keeps_up_with_the_full_rate(chip, analog):
    drain(chip, 100_000)
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(100_000.5)  # the last transfer follows its conversion
    assert len(analog.seen) == 50_001
    assert [nanos for _, nanos in analog.seen] == [2000 * k for k in range(50_001)]
    assert 100_000 - chip.mem32[dma(0, COUNT)] == 50_000
    assert halfwords(chip, BUFFER, 50_000) == [k & 0xFFF for k in range(50_000)]
    assert chip.mem32[dma(0, WRITE_ADDR)] == BUFFER + 100_000
    assert not chip.mem32[ADC_FCS] & OVER


def test_three_channels_take_turns(chip, analog):
    """With a period of 100 cycles of 48 MHz, exactly, however long it lasts."""
    drain(chip, 100_000)
    chip.mem32[ADC_DIV] = 99 << 8
    chip.mem32[ADC_CS] = EN | START_MANY | 0b111 << 16
    chip.run_us(100_000)
    assert [channel for channel, _ in analog.seen] == [k % 3 for k in range(48_001)]
    for k, (_, nanos) in enumerate(analog.seen):
        assert nanos == pytest.approx(k * 100e9 / 48e6, abs=0.01)
    assert halfwords(chip, BUFFER, 1000) == list(range(1000))


def test_round_robin_begins_at_the_chosen_channel_and_skips_others(chip, analog):
    chip.mem32[ADC_CS] = EN | START_MANY | 2 << 12 | 0b10101 << 16
    chip.run_us(13)
    assert [channel for channel, _ in analog.seen] == [2, 4, 0, 2, 4, 0, 2]
    assert chip.mem32[ADC_CS] >> 12 & 7 == 2


def test_a_divider_shorter_than_a_conversion_changes_nothing(chip, analog):
    chip.mem32[ADC_DIV] = 50 << 8
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(9)
    assert [nanos for _, nanos in analog.seen] == [0, 2000, 4000, 6000, 8000]


def test_the_emulated_converter_supports_fractional_dividers(chip, analog):
    chip.mem32[ADC_DIV] = 119 << 8 | 128  # 1 + 119.5 cycles
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(1000)
    assert len(analog.seen) == 399
    assert analog.seen[-1][1] == pytest.approx(398 * 120.5e9 / 48e6, abs=0.01)


def test_the_fifo_overflows(chip, analog):
    """The oldest readings stay, OVER stays until it is cleared."""
    chip.mem32[ADC_FCS] = FIFO_EN
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(8.5)
    assert chip.mem32[ADC_FCS] & (FULL | OVER | EMPTY) == FULL
    chip.run_us(2)
    assert chip.mem32[ADC_FCS] & (FULL | OVER) == FULL | OVER
    chip.mem32[ADC_CS] = EN
    chip.run_us(10)
    assert chip.mem32[ADC_FCS] >> 16 & 15 == 4
    assert [chip.mem32[ADC_FIFO] for _ in range(4)] == [0, 1, 2, 3]
    assert chip.mem32[ADC_FCS] & (EMPTY | OVER | UNDER) == EMPTY | OVER
    assert chip.mem32[ADC_FIFO] == 0
    assert chip.mem32[ADC_FCS] & UNDER
    chip.mem32[ADC_FCS] = FIFO_EN | OVER | UNDER
    assert chip.mem32[ADC_FCS] == FIFO_EN | EMPTY


def test_one_dma_channel_starts_another(chip, analog):
    """As the firmware does it: block after block, addresses out of a ring of four, none lost."""
    mem32 = chip.mem32
    table, n = RAM + 0x100, 50
    blocks = [BUFFER + 0x1000 * k for k in range(4)]
    chip.memory(table - 16, 48)[:] = struct.pack("<12I", *[0] * 4, *blocks, *[0] * 4)
    mem32[dma(1, READ_ADDR)] = table + 4
    mem32[dma(1, WRITE_ADDR)] = dma(0, AL2_WRITE_ADDR_TRIG)
    mem32[dma(1, COUNT)] = 1
    mem32[dma(1, AL1_CTRL)] = ctrl(WORD, 1, UNPACED, INCR_READ | 4 << 6)
    assert mem32[dma(0, WRITE_ADDR)] == 0  # AL1_CTRL starts nothing
    drain(chip, n, chain_to=1, address=blocks[0])
    mem32[ADC_CS] = EN | START_MANY
    chip.run_us(0.5)
    for k in range(20):
        at = k % 4
        chip.run_us(2 * n - 2)
        assert mem32[dma(0, WRITE_ADDR)] == blocks[at] + 2 * (n - 1)
        chip.run_us(2)
        assert halfwords(chip, blocks[at], n) == list(range(k * n, k * n + n))
        assert mem32[dma(0, WRITE_ADDR)] == blocks[(at + 1) % 4]  # armed before the next reading
        assert mem32[dma(0, CTRL_TRIG)] & BUSY
        assert mem32[dma(1, READ_ADDR)] == table + 4 * ((at + 2) % 4)
    assert not mem32[ADC_FCS] & OVER
    for block in blocks:
        assert not any(chip.memory(block + 2 * n, 64))  # nothing behind a block


def test_an_abort_stops_both_dma_channels(chip, analog):
    drain(chip, 100)
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(21)
    chip.mem32[CHAN_ABORT] = 1
    assert chip.mem32[CHAN_ABORT] == 0
    assert not chip.mem32[dma(0, AL1_CTRL)] & BUSY
    chip.run_us(100)
    assert halfwords(chip, BUFFER, 12) == [*range(10), 0, 0]
    assert chip.mem32[ADC_FCS] & OVER


def test_dma_transfers_nothing_without_a_data_request(chip, analog):
    """Not even what the FIFO holds, and no zeros out of an empty one."""
    drain(chip, 100)
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(21)
    chip.mem32[ADC_FCS] = FIFO_EN | THRESHOLD_1
    chip.run_us(21)
    assert chip.mem32[dma(0, COUNT)] == 90
    chip.mem32[ADC_FCS] = FIFO_EN | DREQ_EN  # a threshold of 0 means 1
    chip.mem32[ADC_CS] = EN
    chip.run_us(21)
    assert chip.mem32[dma(0, COUNT)] == 85  # four out of the FIFO, and the one under way
    assert not chip.mem32[ADC_FCS] & UNDER


def test_writing_the_control_register_does_not_start_a_conversion(chip, analog):
    chip.mem32[ADC_DIV] = 479 << 8  # every 10 us
    chip.mem32[ADC_CS] = EN | START_MANY
    for _ in range(10):
        chip.run_us(5)
        chip.mem32[ADC_CS] = EN | START_MANY | 1 << 12
    assert [nanos for _, nanos in analog.seen] == pytest.approx([0, 1e4, 2e4, 3e4, 4e4, 5e4])


def test_a_single_conversion(chip, analog):
    chip.mem32[ADC_CS] = EN | START_ONE | 2 << 12
    assert not chip.mem32[ADC_CS] & (READY | START_ONE)
    chip.run_us(2)
    assert chip.mem32[ADC_CS] & READY
    chip.run_us(20)
    assert [channel for channel, _ in analog.seen] == [2]


def test_a_stream_can_be_stopped_and_started(chip, analog):
    """The conversion under way is finished; the first of the next stream begins behind it."""
    chip.mem32[ADC_FCS] = FIFO_EN
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(5)
    chip.mem32[ADC_CS] = EN
    assert not chip.mem32[ADC_CS] & READY
    chip.mem32[ADC_CS] = EN | START_MANY
    chip.run_us(2)
    assert [nanos for _, nanos in analog.seen] == [0, 2000, 4000, 6000]
    chip.mem32[ADC_CS] = 0  # switched off amid a conversion, which comes to nothing
    chip.run_us(100)
    assert len(analog.seen) == 4
    assert chip.mem32[ADC_FCS] >> 16 & 15 == 3


def test_transfers_without_pacing_take_a_cycle_each(chip):
    chip.memory(BUFFER, 4000)[:] = bytes(k % 251 for k in range(4000))
    mem32 = chip.mem32
    mem32[dma(5, READ_ADDR)] = BUFFER
    mem32[dma(5, WRITE_ADDR)] = BUFFER + 0x4000
    mem32[dma(5, COUNT)] = 1000
    mem32[dma(5, CTRL_TRIG)] = ctrl(WORD, 5, UNPACED, INCR_READ | INCR_WRITE)
    chip.run_us(7.99)
    assert mem32[dma(5, CTRL_TRIG)] & BUSY
    chip.run_us(0.02)
    assert not mem32[dma(5, CTRL_TRIG)] & BUSY
    assert chip.memory(BUFFER + 0x4000, 4000) == chip.memory(BUFFER, 4000)


def test_the_emulated_timer_wraps():
    chip = Chip(start_us=2**32 - 5)
    assert chip.micros() == chip.mem32[TIMER_RAW_LOW] == 2**32 - 5
    chip.run_us(4)
    assert chip.micros() == chip.mem32[TIMER_RAW_LOW] == 2**32 - 1
    chip.run_us(3)
    assert chip.micros() == chip.mem32[TIMER_RAW_LOW] == 2


def test_an_emulated_register_access_may_take_time():
    chip = Chip(access_us=1.5)
    chip.mem32[ADC_CS] = EN | START_ONE
    reads = 0
    while not chip.mem32[ADC_CS] & READY:
        reads += 1
    assert reads == 1
    assert chip.nanos == 4500


def test_emulated_memory_is_read_by_bytes_and_words(chip):
    chip.mem32[BUFFER] = 0x12345678
    assert (chip.mem8[BUFFER + 1], chip.mem16[BUFFER + 2]) == (0x56, 0x1234)
    chip.mem8[BUFFER + 3] = 0x1FF
    chip.mem16[BUFFER] = 0x9ABC
    assert bytes(chip.memory(BUFFER, 4)).hex() == "bc9a34ff"
    chip.memory(BUFFER, 4)[:] = b"\1\2\3\4"
    assert chip.mem32[BUFFER] == 0x04030201


@pytest.mark.parametrize(
    ("address", "error"), [(BUFFER + 2, ValueError), (0x40088000, RuntimeError)]
)
def test_registers_that_do_not_exist_raise(chip, address, error):
    with pytest.raises(error):
        chip.mem32[address]
    with pytest.raises(error):
        chip.mem32[address] = 0


def test_access_beyond_the_end_of_memory_raises(chip):
    chip.memory(RAM + 264 * 1024 - 4, 4)
    with pytest.raises(ValueError, match="not in RAM"):
        chip.memory(RAM + 264 * 1024 - 4, 5)
    with pytest.raises(ValueError, match="not in RAM"):
        chip.memory(RAM - 1, 1)
