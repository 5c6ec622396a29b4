"""Readings of the converter into sums and counts: machine code on the chip, Python elsewhere.

Use `sum_block` and `count_codes`. `plain_sum_block` and `plain_count_codes` do the same in Python,
for tests of the machine code and for machines without an RP2040.

On the chip nothing is checked: with a buffer that is too short, the machine code reads and writes
the memory behind it. The owner of the buffers chooses their size once and never changes it.
"""

import sys

UNROLL = 5  # readings that the machine code sums per loop; `over` is a multiple of it
CODES = 128  # codes that are counted separately; then those below, then those above


def step_q20(step_mlsb):
    """Return the step in 2^-20 codes, rounded up, for `sum_block`.

    Only rounded up, (above * step_q20 + 2^19) >> 20 is exactly floor(above * step_mlsb / 1000 +
    1/2), a half upwards as PROTOCOL.md 2.6 requires; rounded down, some halves would be just too
    small. This is true for 0 to 500 readings above 2047 and steps of 0 to 4000 thousandths, and
    needs 32 bits at most.
    """
    return (step_mlsb * 1048576 + 999) // 1000


def plain_sum_block(readings, out, job):
    """Sum a block of readings to rows of samples, without the step (PROTOCOL.md 2.5, 2.6).

    `readings` are 12 bits in 16, little-endian; reading k belongs to channel k % channels.
    `job` is array('I') of rows, channels, readings per sample (a multiple of UNROLL), and the
    result of `step_q20`. `out` gets 3 bytes a sample, little-endian, channel 0 first.
    """
    rows, channels, over, step = job
    at = 0
    for row in range(rows):
        for channel in range(channels):
            k = 2 * (row * over * channels + channel)
            total = 0
            above = 0
            for _ in range(over):  # a range with a step would be an object on the heap
                reading = readings[k] | readings[k + 1] << 8
                total += reading
                above += reading >> 11
                k += 2 * channels
            total -= (above * step + 524288) >> 20
            out[at] = total & 0xFF
            out[at + 1] = total >> 8 & 0xFF
            out[at + 2] = total >> 16
            at += 3


def plain_count_codes(readings, counts, n, first):
    """Count `n` readings by their code into `counts`, array('I') of CODES + 2 (PROTOCOL.md 4.10).

    Codes from `first` on come first, then all below, then all above. Adds to the old counts.
    """
    for k in range(0, 2 * n, 2):
        code = (readings[k] | readings[k + 1] << 8) - first
        if code < 0:
            counts[CODES] += 1
        elif code >= CODES:
            counts[CODES + 1] += 1
        else:
            counts[code] += 1


if sys.platform == "rp2":
    from unclench_board.summing_thumb import count_codes, sum_block
else:
    count_codes = plain_count_codes
    sum_block = plain_sum_block
