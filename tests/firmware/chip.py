"""An RP2040 without its cores: registers, converter, DMA, timer and RAM, in emulated time.

What drives registers runs in the test's own interpreter; `Chip.mem32` stands in for MicroPython's
`machine.mem32`. Underneath is rp2040py, which carries over rp2040js and its faults with it; those
that touch a converter read by DMA are mended here. Their numbers are those of the mends to rp2040js
in tests/pico/emulator/pico.mjs:

- P3 round robin: the next channel was masked with the wrong constant, and after channel 4 channel 0
  was passed over;
- P5 the converter's DREQ: it stayed up when DREQ_EN was cleared, and a threshold of 0 meant always;
- P6 a write to CS while conversions run on their own started one more;
- P8 a transfer of the DMA took no time; it takes one cycle of clk_sys;
- the period of conversions: 1 + INT + FRAC / 256 cycles of 48 MHz, counted from the first one, so
  that no rounding adds up; at most every 96, and one after the other if DIV is 0;
- START_ONE stayed set, EN off stopped nothing, clearing ERR_STICKY cleared the FIFO's UNDER;
- CHAN_ABORT and MULTI_CHAN_TRIGGER read as all ones, so that waiting for an abort never ended;
- any access to what is not there raises an error.

Not modelled: noise, the missing code, contention for the bus, a change of DIV while conversions
run (it counts from the next START_MANY on), the DMA's queue of requests, bus errors.
"""

from __future__ import annotations

from collections.abc import Callable

from rp2040py import RP2040
from rp2040py.peripherals import adc as stock_adc
from rp2040py.peripherals import dma as stock_dma

RAM = 0x20000000
ADC_BASE, DMA_BASE = 0x4004C000, 0x50000000
CLK_ADC_HZ, CLK_SYS_HZ = 48_000_000, 125_000_000
CONVERSION_CYCLES = 96

Analog = Callable[[int, float], int]


class Converter(stock_adc.RPADC):
    """The analog converter, mended."""

    def __init__(self, rp2040: RP2040, name: str) -> None:
        self.analog: Analog = lambda channel, nanos: 0
        self.conversions = 0  # since START_MANY
        self._begun_nanos = 0.0
        self._period_cycles = float(CONVERSION_CYCLES)
        self._code = 0
        super().__init__(rp2040, name)

    def start_adc_read(self) -> None:
        """Begin one conversion; its code is that of this moment."""
        clock = self.rp2040.clock
        self.busy = True
        self._code = self.analog((self.cs >> 12) & 7, clock.nanos)
        self.sample_alarm.schedule(CONVERSION_CYCLES * 1e9 / CLK_ADC_HZ)

    def _start_many(self) -> None:
        cycles = 1 + self.clock_div / 256 if self.clock_div else 0
        self._period_cycles = max(CONVERSION_CYCLES, cycles)
        self._begun_nanos = self.rp2040.clock.nanos
        self.conversions = 0
        self._on_multi_shot_alarm()

    def _on_multi_shot_alarm(self) -> None:
        if self.cs & stock_adc.CS_START_MANY:
            self.conversions += 1
            self.start_adc_read()

    def _on_sample_alarm(self) -> None:
        round_robin = (self.cs >> stock_adc.CS_RROBIN_SHIFT) & stock_adc.CS_RROBIN_MASK
        control = self.cs
        self.cs &= ~(stock_adc.CS_START_MANY | stock_adc.CS_RROBIN_MASK << 16)
        self.complete_adc_read(self._code, False)  # result and FIFO only
        self.cs = control & ~stock_adc.CS_ERR
        if round_robin:
            channel = (self.cs >> 12) & 7
            while True:
                channel = (channel + 1) % self.num_channels
                if round_robin & 1 << channel:
                    break
            self.cs = self.cs & ~(7 << 12) | channel << 12
        if self.cs & stock_adc.CS_START_MANY:
            if self.conversions:
                due = self.conversions * self._period_cycles * 1e9 / CLK_ADC_HZ
                wait = self._begun_nanos + due - self.rp2040.clock.nanos
                if wait > 0.5:
                    self.multi_shot_alarm.schedule(wait)
                else:
                    self._on_multi_shot_alarm()
            else:
                self._start_many()

    def _update_dma(self) -> None:
        threshold = max(1, (self.fcs >> stock_adc.FCS_THRESH_SHIFT) & stock_adc.FCS_THRES_MASK)
        if self.fcs & stock_adc.FCS_DREQ_EN and self.fifo.item_count >= threshold:
            self.rp2040.dma.set_dreq(self.dreq)
        else:
            self.rp2040.dma.clear_dreq(self.dreq)

    def write_uint32(self, offset: int, value: int) -> None:
        """Write a register; CS as the chip does it."""
        if offset != stock_adc.CS:
            super().write_uint32(offset, value)
            if offset == stock_adc.FCS:
                self._update_dma()
            return
        many = stock_adc.CS_START_MANY
        ran = self.cs & many and self.cs & stock_adc.CS_EN
        kept = self.cs & ~stock_adc.CS_WRITE_MASK & ~(value & stock_adc.CS_ERR_STICKY)
        self.cs = kept | value & stock_adc.CS_WRITE_MASK & ~stock_adc.CS_START_ONE
        if not value & stock_adc.CS_EN:
            self.busy = False
            self.sample_alarm.cancel()
            self.multi_shot_alarm.cancel()
        elif not value & many:
            self.multi_shot_alarm.cancel()
            if value & stock_adc.CS_START_ONE and not self.busy:
                self.start_adc_read()
        elif not ran:
            self.conversions = 0  # begins behind one that is under way
            if not self.busy:
                self._start_many()


class Channel(stock_dma.RPDMAChannel):
    """One channel of the DMA, mended."""

    def schedule_transfer(self) -> None:
        """Let the next transfer take one cycle."""
        treq = self.treq
        if treq == stock_dma.TREQ.PERMANENT or self.dma.dreq.get(treq, False):
            self.transfer_alarm.schedule(1e9 / CLK_SYS_HZ)
        else:
            delay_us = self.dma.get_timer(treq)
            if delay_us:
                self.transfer_alarm.schedule(delay_us * 1000)


class Dma(stock_dma.RPDMA):
    """The DMA, mended."""

    def __init__(self, rp2040: RP2040, name: str) -> None:
        super().__init__(rp2040, name)
        self.channels = [Channel(self, rp2040, i) for i in range(len(self.channels))]

    def read_uint32(self, offset: int) -> int:
        """Read a register; an abort is over at once."""
        if offset in (stock_dma.CHAN_ABORT, stock_dma.MULTI_CHAN_TRIGGER):
            return 0
        return super().read_uint32(offset)


class Memory:
    """Addresses by words of one size, as `machine.mem8`, `mem16` and `mem32` have it."""

    def __init__(self, chip: RP2040, size: int, access_nanos: float) -> None:
        self._size = size
        self._access_nanos = access_nanos
        self._tick = chip.clock.tick
        self._mask = (1 << 8 * size) - 1
        self._read = {1: chip.read_uint8, 2: chip.read_uint16, 4: chip.read_uint32}[size]
        self._write = {1: chip.write_uint8, 2: chip.write_uint16, 4: chip.write_uint32}[size]

    def _begin(self, address: int) -> None:
        if address % self._size:
            raise ValueError(f"address {address:08x} is not aligned to {self._size} bytes")
        if self._access_nanos:
            self._tick(self._access_nanos)

    def __getitem__(self, address: int) -> int:
        self._begin(address)
        return int(self._read(address)) & self._mask

    def __setitem__(self, address: int, value: int) -> None:
        self._begin(address)
        self._write(address, int(value) & self._mask)


class _Strict:
    """Takes the emulator's messages: what it warns of is a mistake in a test or in the firmware."""

    def debug(self, component_name: str, message: str) -> None:
        pass

    info = debug

    def warning(self, component_name: str, message: str) -> None:
        raise RuntimeError(f"{component_name}: {message}")

    error = warning


class Chip:
    """The chip. Time stands still but for `run_us`, and for `access_us` before each access.

    What waits for a bit in a loop needs the latter: on the board an access out of MicroPython takes
    a microsecond or two. `start_us` is what the timer shows at the beginning: one that is about to
    wrap is worth a test.
    """

    def __init__(self, start_us: int = 0, access_us: float = 0) -> None:
        rp2040 = self.rp2040 = RP2040()
        rp2040.logger = _Strict()
        rp2040.dma = self.dma = Dma(rp2040, "DMA")
        rp2040.adc = self.adc = Converter(rp2040, "ADC")
        rp2040.peripherals[DMA_BASE >> 14 << 2] = self.dma
        rp2040.peripherals[ADC_BASE >> 14 << 2] = self.adc
        rp2040.timer._epoch_nanos = -1000.0 * start_us
        self._start_us = start_us
        self.mem8 = Memory(rp2040, 1, 1000 * access_us)
        self.mem16 = Memory(rp2040, 2, 1000 * access_us)
        self.mem32 = Memory(rp2040, 4, 1000 * access_us)

    @property
    def nanos(self) -> float:
        """Emulated time since the chip was made."""
        return float(self.rp2040.clock.nanos)

    def run_us(self, us: float) -> None:
        """Let emulated time pass: conversions and transfers happen."""
        self.rp2040.clock.tick(us * 1000)

    def micros(self) -> int:
        """Time as the chip's timer has it: microseconds, modulo 2^32."""
        return int(self.nanos / 1000 + self._start_us) & 0xFFFFFFFF

    def set_analog(self, analog: Analog) -> None:
        """Say what the converter finds: a code by `analog(channel, nanos)`, when it begins one."""
        self.adc.analog = analog

    def memory(self, address: int, n: int) -> memoryview:
        """Give `n` bytes of RAM themselves, to be read and written."""
        at = address - RAM
        if not 0 <= at <= at + n <= len(self.rp2040.sram):
            raise ValueError(f"{n} bytes at {address:#x} are not in RAM")
        return memoryview(self.rp2040.sram)[at : at + n]
