"""What `unclench_wire.board.Board` controls: acquisition, settings and light together."""

from array import array

from unclench_board import VERSION
from unclench_board import settings as limits
from unclench_board.acquisition import BLOCK_US, MAX_HISTOGRAM, plan
from unclench_board.noise import band_rms
from unclench_board.registers import ADC_CLOCK_HZ
from unclench_board.summing import count_codes, step_q20, sum_block
from unclench_wire import ids
from unclench_wire.messages import Channel, Hello, Stamp

CODES = 4096
FULL_SCALE_UV = 3300000
_HISTOGRAM_BLOCK = 5000  # readings in 10 ms of one input
_NOISE_BLOCKS = 125  # of 10 ms


class Hardware:
    """The hardware of a board; see `unclench_wire.board.Board`.

    Parameters
    ----------
    acquisition
        An `Acquisition`.
    settings
        A `Settings`.
    light
        A `Light`.
    read_timer_us
        The 32-bit timer.
    board_id, label
        The chip's own number, 8 bytes, and a name for people.
    """

    def __init__(self, acquisition, settings, light, read_timer_us, board_id, label):
        self.micros = read_timer_us
        self._acquisition = acquisition
        self._settings = settings
        self._light = light
        self._board_id = board_id
        self._label = label
        self._stamp = Stamp()
        self._job = array("I", [0, 0, 0, 0])
        self._rows = 0
        self._channels = 0
        self._start_high = 0
        self._start_low = 0
        self._troubles = 0
        self.blink = light.blink
        self.light = light.by_host

    # Commands of the host

    def hello(self):
        """Return all constants as they are now."""
        s = self._settings
        period, over = plan(s.rate_hz, s.channels)
        # From the converter's clock: what the hardware does, not what was asked for.
        num, den = ADC_CLOCK_HZ, period * over * s.channels
        common, rest = num, den
        while rest:
            common, rest = rest, common % rest
        return Hello(
            [
                Channel(s.gain_milli[k], (k * period * 1000 + 24) // 48, s.noise_nv[k])
                for k in range(s.channels)
            ],
            rate_num=num // common,
            rate_den=den // common,
            oversampling=over,
            full_scale_uv=FULL_SCALE_UV,
            codes=CODES,
            zero_unit=CODES // 2 * over,
            low_unit=0,
            high_unit=(CODES - 1) * over - (over * step_q20(s.step_mlsb) + (1 << 19) >> 20),
            step_mlsb=s.step_mlsb,
            firmware=VERSION,
            board_id=self._board_id,
            label=self._label + (", " + s.trouble if s.trouble else ""),
        )

    def set_rate(self, rate_hz):
        """Change the rate."""
        plan(rate_hz, self._settings.channels)
        self._settings.set("rate_hz", rate_hz)

    def set_channels(self, channels):
        """Change the number of channels."""
        plan(self._settings.rate_hz, channels)
        self._settings.set("channels", channels)

    def set_gain(self, channel, gain_milli):
        """Change the gain of a sensor."""
        limits.check_channel(channel)
        limits.check_gain(gain_milli)
        self._settings.set_one("gain_milli", channel, gain_milli)

    def set_step(self, step_mlsb):
        """Change the correction of the step."""
        limits.check_step(step_mlsb)
        self._settings.set("step_mlsb", step_mlsb)

    def set_noise(self, channel, noise_nv):
        """Change the stored noise of a channel."""
        limits.check_channel(channel)
        self._settings.set_one("noise_nv", channel, noise_nv)

    def set_defaults(self):
        """Restore the settings of a new board."""
        self._settings.set_defaults()

    def counters(self):
        """Return the first three of COUNTER_NAMES."""
        a = self._acquisition
        return a.fifo_overflows, a.dma_overruns, a.late_services

    def check_prompt(self):
        """Do nothing: a Pico has a prompt."""

    def histogram(self, channel, first_code, readings):
        """Count codes of one input at 500 kS/s."""
        limits.check_channel(channel)
        if not 1 <= readings <= MAX_HISTOGRAM:
            raise ValueError(
                "%d readings are not possible; choose 1 to %d" % (readings, MAX_HISTOGRAM)
            )
        if first_code >= CODES:
            raise ValueError("there is no code %d; choose 0 to %d" % (first_code, CODES - 1))
        counts = array("I", [0] * (ids.HISTOGRAM_CODES + 2))
        period, _ = plan(2000, 1)
        self._acquisition.start(period, 1, channel, _HISTOGRAM_BLOCK)
        try:
            while readings > 0:
                block = self._wait_for_block()
                n = min(readings, _HISTOGRAM_BLOCK)
                count_codes(block, counts, n, first_code)
                if not self._acquisition.intact():
                    raise OSError("the readings came faster than they were counted")
                readings -= n
        finally:
            self._acquisition.stop()
        return counts

    def noise(self, channel):
        """Measure the level and noise of a channel at the current rate."""
        s = self._settings
        limits.check_channel(channel)
        if channel >= s.channels:
            raise ValueError("channel %d is off; raise the number of channels first" % channel)
        over = self._begin()
        # 2000 samples are enough: each takes 0.2 ms of single-precision arithmetic.
        blocks = min(_NOISE_BLOCKS, 2000 // self._rows)
        sums = array("I", [0] * (blocks * self._rows))
        row = bytearray(3 * self._rows * self._channels)
        try:
            for k in range(blocks):
                sum_block(self._wait_for_block(), row, self._job)
                if not self._acquisition.intact():
                    raise OSError("the readings came faster than they were summed")
                for i in range(self._rows):
                    at = 3 * (i * self._channels + channel)
                    sums[k * self._rows + i] = row[at] | row[at + 1] << 8 | row[at + 2] << 16
        finally:
            self._acquisition.stop()
        nv_per_unit = 1000.0 * FULL_SCALE_UV / CODES / over / (s.gain_milli[channel] / 1000.0)
        level_mcode = round(1000.0 * (sum(sums) / len(sums)) / over)
        return level_mcode, round(band_rms(sums, s.rate_hz) * nv_per_unit)

    # The stream

    def start(self):
        """Start converting for a stream."""
        self._begin()
        self._start_high = self._acquisition.start_us >> 16
        self._start_low = self._acquisition.start_us & 0xFFFF
        self._troubles = 0

    def stop(self):
        """Stop converting."""
        self._acquisition.stop()

    def wait_ms(self):
        """Return the milliseconds until there is something to send, rounded up."""
        wait_us = self._acquisition.wait_us()
        return wait_us // 1000 + 1 if wait_us > 0 else 0

    def service(self, board):
        """Send every block that is complete. Allocates nothing."""
        a = self._acquisition
        out = board.sample_buffer()
        block = a.take()
        while block is not None:
            sum_block(block, out, self._job)
            if a.intact():
                self._stamp_block(a.block)
                board.send_samples(self._channels, self._rows, self._stamp, a.fifo_overflows)
            block = a.take()
        troubles = a.fifo_overflows + a.dma_overruns + board.lost_samples
        if troubles != self._troubles:
            self._troubles = troubles
            self._light.trouble()

    def _begin(self):
        """Start converting with the current settings; return the readings per sample."""
        s = self._settings
        period, over = plan(s.rate_hz, s.channels)
        self._channels = s.channels
        self._rows = s.rate_hz * BLOCK_US // 1000000
        self._job[0] = self._rows
        self._job[1] = s.channels
        self._job[2] = over
        self._job[3] = step_q20(s.step_mlsb)
        self._acquisition.start(period, s.channels, 0, self._rows * s.channels * over)
        return over

    def _wait_for_block(self):
        while True:
            block = self._acquisition.take()
            if block is not None:
                return block

    def _stamp_block(self, block):
        """Compute the index of a block's first row and the time of its last, in halves."""
        stamp = self._stamp
        low = (block & 0xFFFF) * self._rows
        stamp.index_low = low & 0xFFFF
        stamp.index_high = (block >> 16) * self._rows + (low >> 16) & 0xFFFF
        block += 1
        low = (block & 0xFFFF) * BLOCK_US + self._start_low
        stamp.us_low = low & 0xFFFF
        stamp.us_high = (block >> 16) * BLOCK_US + self._start_high + (low >> 16) & 0xFFFF
