"""The converter at full speed into a ring of blocks, without Python or interrupts for a reading.

The converter runs freely into its FIFO. One DMA channel, the mover, moves readings from there into
a block of 10 ms. When the block is full, the mover starts the channel it is chained to, the feeder,
which copies the next block's address from a ring of addresses into the mover's WRITE_ADDR_TRIG.
That starts the mover again within a few cycles; the FIFO holds 8 us. So the blocks are filled in
turn for ever, and nothing is written outside them, whatever the program does or fails to do.

The mover's address tells which block is being filled. The timer, which runs on the same crystal,
tells how often the ring has been filled. So every block is counted exactly, even those that were
overwritten before anybody read them.
"""

from unclench_board import registers as reg
from unclench_wire.ids import MAX_CHANNELS

BLOCKS = 8  # a block may wait for 70 ms, longer than a garbage collection or most delays of a host
BLOCK_US = 10000  # of signal in a block, and in a frame
RATES_HZ = (1000, 2000, 4000)
MAX_HISTOGRAM = 500000  # readings: a second
_MAX_BLOCK_BYTES = 10000  # 5000 readings of two bytes
RING_BYTES = BLOCKS * _MAX_BLOCK_BYTES
TABLE_WORDS = 2 * BLOCKS  # the ring of addresses must begin at a multiple of its size
_PERIODS = (reg.ADC_CYCLES, 100)  # cycles of a conversion; the first that makes the rate exact
_NEAR_US = 500  # a sum is not trusted if its block is overwritten this soon
_SPINS = 10000  # far more than any wait below needs


def plan(rate_hz, channels):
    """Return cycles of a conversion, and readings per sample and channel, for an exact rate.

    Raises ValueError with a sentence if this board does not support the rate or the channels.
    """
    if rate_hz not in RATES_HZ:
        raise ValueError("a rate of %d Hz is not available; choose 1000, 2000 or 4000 Hz" % rate_hz)
    if not 1 <= channels <= MAX_CHANNELS:
        raise ValueError("%d channels are not available; choose 1 to %d" % (channels, MAX_CHANNELS))
    row_cycles = reg.ADC_CLOCK_HZ // rate_hz
    for period in _PERIODS:
        if row_cycles % (period * channels * 5) == 0:  # the summing loop takes five at a time
            return period, row_cycles // (period * channels)
    raise ValueError(
        "%d channels at %d Hz cannot be timed exactly; choose another rate" % (channels, rate_hz)
    )


class Acquisition:
    """Returns blocks of readings one by one, each with its number.

    Parameters
    ----------
    mem32
        Registers by address, as `machine.mem32`.
    clock
        `ticks_us`, `ticks_diff` and `ticks_add`, as in the module `time`.
    ring, ring_address
        RING_BYTES bytes of memory, and their address.
    table, table_address
        array("I") of TABLE_WORDS words, and its address.
    mover, feeder
        Numbers of two DMA channels that nothing else uses.
    """

    def __init__(self, mem32, clock, ring, ring_address, table, table_address, mover, feeder):
        self.fifo_overflows = 0
        self.dma_overruns = 0
        self.late_services = 0
        self.block = 0  # number, since `start`, of the block that `take` returned last
        self.start_us = 0  # the 32-bit timer when the first reading of block 0 began
        self._mem32 = mem32
        self._clock = clock
        self._ring = memoryview(ring)
        self._ring_address = ring_address
        first = (-table_address >> 2) & (BLOCKS - 1)
        self._table = memoryview(table)[first : first + BLOCKS]
        self._table_address = table_address + 4 * first
        self._mover = mover
        self._feeder = feeder
        at = reg.DMA_CHANNELS + mover * reg.DMA_CHANNEL_STRIDE
        self._mover_at = at
        self._feeder_at = reg.DMA_CHANNELS + feeder * reg.DMA_CHANNEL_STRIDE
        self._position = at + reg.DMA_WRITE_ADDR
        self._views = []
        self._block_bytes = 1
        self._next = 0  # number of the block that is returned next
        self._base = 0  # number of the block that is first in the ring
        self._due = 0  # ticks at which the next block is complete
        self._behind = False
        self._converter = 0  # CS while it runs
        self._divider = 0

    def start(self, period, inputs, first_input, readings):
        """Start with block 0.

        Parameters
        ----------
        period
            Cycles from one conversion to the next, see `plan`.
        inputs
            Number of inputs that are read in turn, from `first_input` on.
        readings
            Readings in a block: 10 ms of them.
        """
        self.stop()
        self.fifo_overflows = self.dma_overruns = self.late_services = 0
        self._block_bytes = 2 * readings
        self._views = [
            self._ring[k * self._block_bytes : (k + 1) * self._block_bytes] for k in range(BLOCKS)
        ]
        self._converter = reg.ADC_CS_EN | first_input << reg.ADC_CS_AINSEL_SHIFT
        if inputs > 1:
            self._converter |= ((1 << inputs) - 1) << (reg.ADC_CS_RROBIN_SHIFT + first_input)
        # Written as a whole: setting single bits would keep the old ones.
        self._divider = 0 if period <= reg.ADC_CYCLES else (period - 1) << reg.ADC_DIV_INT_SHIFT
        self._next = 0
        self._prepare()
        before = self._mem32[reg.TIMER_RAW_LOW]
        self._mem32[reg.ADC_CS] = self._converter | reg.ADC_CS_START_MANY
        after = self._mem32[reg.TIMER_RAW_LOW]
        self.start_us = (before + ((after - before) & 0xFFFFFFFF) // 2) & 0xFFFFFFFF
        now = self._clock.ticks_us()
        since = (self._mem32[reg.TIMER_RAW_LOW] - self.start_us) & 0xFFFFFFFF
        self._due = self._clock.ticks_add(now, BLOCK_US - since)

    def stop(self):
        """Stop converter and DMA, so that nothing more is written to memory; harmless if idle."""
        mem32 = self._mem32
        # Everything is switched off before waiting, so it is off even if it does not answer.
        mem32[reg.ADC_CS] = reg.ADC_CS_EN
        # Disable and unchain both before aborting them; otherwise one would start the other.
        mem32[self._mover_at + reg.DMA_AL1_CTRL] = self._mover << reg.DMA_CTRL_CHAIN_TO_SHIFT
        mem32[self._feeder_at + reg.DMA_AL1_CTRL] = self._feeder << reg.DMA_CTRL_CHAIN_TO_SHIFT
        mem32[reg.DMA_CHAN_ABORT] = 1 << self._mover | 1 << self._feeder
        # By erratum RP2040-E13, BUSY is right and CHAN_ABORT is not.
        self._wait(self._mover_at + reg.DMA_AL1_CTRL, reg.DMA_CTRL_BUSY, 0)
        self._wait(self._feeder_at + reg.DMA_AL1_CTRL, reg.DMA_CTRL_BUSY, 0)
        self._wait(reg.ADC_CS, reg.ADC_CS_READY, reg.ADC_CS_READY)
        mem32[reg.ADC_FCS] = reg.ADC_FCS_OVER | reg.ADC_FCS_UNDER
        for _ in range(8):  # twice what the FIFO holds
            if mem32[reg.ADC_FCS] & reg.ADC_FCS_EMPTY:
                break
            mem32[reg.ADC_FIFO]

    def wait_us(self):
        """Return the microseconds until the next block is complete; 0 or less if it should be."""
        return self._clock.ticks_diff(self._due, self._clock.ticks_us())

    def take(self):
        """Return the readings of the oldest complete block, or None; `block` is its number.

        The readings stay valid for at least 10 ms; call `intact` afterwards to check. Raises
        OSError if the converter does not keep up with its clock. Allocates nothing.
        """
        if self._mem32[reg.ADC_FCS] & (reg.ADC_FCS_OVER | reg.ADC_FCS_UNDER):
            self._realign()
            return None
        complete = self._complete()
        if complete <= 0:
            self._behind = False
            return None
        if complete >= BLOCKS:  # the oldest are overwritten, or about to be
            lost = complete - (BLOCKS - 1)
            self.dma_overruns += lost
            self._advance(lost)
        elif complete > 1 and not self._behind:
            self.late_services += 1
        self._behind = complete > 1
        self.block = self._next
        readings = self._views[(self._next - self._base) & (BLOCKS - 1)]
        self._advance(1)
        return readings

    def intact(self):
        """Return True if the block from `take` is whole; count it if it was overwritten.

        The next `take` counts readings that the FIFO has lost.
        """
        if self._mem32[reg.ADC_FCS] & (reg.ADC_FCS_OVER | reg.ADC_FCS_UNDER):
            return False  # perhaps in this block
        if self.wait_us() > _NEAR_US - (BLOCKS - 2) * BLOCK_US:
            return True
        self.dma_overruns += 1
        return False

    def _prepare(self):
        """Set up everything but the converter's start; the mover waits for the first reading."""
        mem32 = self._mem32
        for k in range(BLOCKS):
            self._table[k] = self._ring_address + k * self._block_bytes
        mem32[reg.ADC_DIV] = self._divider
        mem32[reg.ADC_FCS] = (
            reg.ADC_FCS_EN
            | reg.ADC_FCS_DREQ_EN
            | 1 << reg.ADC_FCS_THRESH_SHIFT
            | reg.ADC_FCS_OVER
            | reg.ADC_FCS_UNDER
        )
        feeder = self._feeder_at
        mem32[feeder + reg.DMA_READ_ADDR] = self._table_address + 4  # the mover has the first
        mem32[feeder + reg.DMA_WRITE_ADDR] = self._mover_at + reg.DMA_AL2_WRITE_ADDR_TRIG
        mem32[feeder + reg.DMA_TRANS_COUNT] = 1
        mem32[feeder + reg.DMA_AL1_CTRL] = (
            reg.DMA_CTRL_EN
            | reg.DMA_CTRL_HIGH_PRIORITY
            | reg.DMA_CTRL_SIZE_WORD
            | reg.DMA_CTRL_INCR_READ
            | 5 << reg.DMA_CTRL_RING_SIZE_SHIFT  # 2^5 bytes: BLOCKS words
            | self._feeder << reg.DMA_CTRL_CHAIN_TO_SHIFT
            | reg.TREQ_PERMANENT << reg.DMA_CTRL_TREQ_SHIFT
            | reg.DMA_CTRL_IRQ_QUIET
        )
        mover = self._mover_at
        mem32[mover + reg.DMA_READ_ADDR] = reg.ADC_FIFO
        mem32[mover + reg.DMA_WRITE_ADDR] = self._ring_address
        mem32[mover + reg.DMA_TRANS_COUNT] = self._block_bytes // 2
        mem32[mover + reg.DMA_CTRL_TRIG] = (
            reg.DMA_CTRL_EN
            | reg.DMA_CTRL_HIGH_PRIORITY
            | reg.DMA_CTRL_SIZE_HALFWORD
            | reg.DMA_CTRL_INCR_WRITE
            | self._feeder << reg.DMA_CTRL_CHAIN_TO_SHIFT
            | reg.DREQ_ADC << reg.DMA_CTRL_TREQ_SHIFT
            | reg.DMA_CTRL_IRQ_QUIET
        )
        mem32[reg.ADC_CS] = self._converter  # the input is chosen before the first conversion
        self._base = self._next
        self._behind = False

    def _complete(self):
        """Return how many blocks wait: modulo BLOCKS from the mover, whole turns from the clock."""
        by_clock = -self.wait_us() // BLOCK_US + 1
        at = (self._mem32[self._position] - self._ring_address) // self._block_bytes
        ahead = (at - (self._next - self._base) - by_clock) & (BLOCKS - 1)
        if ahead <= 1:
            return by_clock + ahead
        if ahead == BLOCKS - 1:
            return by_clock - 1
        raise OSError("the converter has stopped, or runs at another rate")

    def _advance(self, blocks):
        self._next += blocks
        self._due = self._clock.ticks_add(self._due, blocks * BLOCK_US)

    def _realign(self):
        """Restart after readings were lost in the FIFO; otherwise channels would be swapped.

        New blocks begin at the times of the old count; the blocks between are lost.
        """
        self.stop()
        self.fifo_overflows += 1
        self._prepare()
        self._advance(-self.wait_us() // BLOCK_US + 2)
        self._base = self._next
        # `_due` is now the end of the first new block, which begins up to 10 ms from now.
        while self.wait_us() > BLOCK_US:
            pass
        self._mem32[reg.ADC_CS] = self._converter | reg.ADC_CS_START_MANY

    def _wait(self, address, mask, value):
        for _ in range(_SPINS):
            if self._mem32[address] & mask == value:
                return
        raise OSError("the converter does not answer")
