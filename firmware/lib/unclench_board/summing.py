"""Readings of the converter into sums and counts: on the chip by machine code, elsewhere in Python.

`sum_block` and `count_codes` are the ones to use; `plain_sum_block` and `plain_count_codes` are
their twins in Python, to hold the machine code against and for every machine that is no RP2040.

On the chip nothing is checked: a buffer that is too short makes the machine code read, and write,
what lies behind it. Whoever owns the buffers gives them their size once and keeps to it.
"""

import sys

UNROLL = 5  # readings that the machine code sums per turn: `over` is a multiple of it
CODES = 128  # codes that are counted one by one; behind them those below, those above


def step_q20(step_mlsb):
    """Give the step in 2^-20 codes, rounded up, as `sum_block` takes it.

    Rounded up, because only then (above * step_q20 + 2^19) >> 20 is exactly
    floor(above * step_mlsb / 1000 + 1/2), a half upwards as PROTOCOL.md 2.6 wants it: rounded
    down, a half that is none of 2^-20 would fall just short. It holds for 0 to 500 readings above
    2047 and 0 to 4000 thousandths, and nothing there needs more than 32 bits.
    """
    return (step_mlsb * 1048576 + 999) // 1000


def plain_sum_block(readings, out, job):
    """Sum a block of readings to rows of samples, the step taken off (PROTOCOL.md 2.5, 2.6).

    `readings` are 16 bits each, little-endian, of 12 bits, reading k of channel k % channels.
    `job` is array('I') of rows, channels, readings to one sample (a multiple of UNROLL), and what
    `step_q20` gives. `out` takes 3 bytes a sample, little-endian, channel 0 first.
    """
    rows, channels, over, step = job
    at = 0
    for row in range(rows):
        for channel in range(channels):
            k = 2 * (row * over * channels + channel)
            total = 0
            above = 0
            for _ in range(over):  # a range with a step of its own would be an object on the heap
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

    Codes from `first` on come first, then all below, then all above. Adds to what is there.
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
