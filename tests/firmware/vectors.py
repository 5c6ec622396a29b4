"""Blocks of readings that every implementation of `summing` is tried with."""

from __future__ import annotations

import random
import struct

# Rows in 10 ms, channels, readings to one sample: every rate and number of channels there is
CONFIGURATIONS = [
    (10, 1, 500),
    (10, 2, 250),
    (10, 3, 160),
    (20, 1, 250),
    (20, 2, 125),
    (20, 3, 80),
    (40, 1, 125),
    (40, 2, 60),
    (40, 3, 40),
]
STEPS_MLSB = [0, 500, 600, 1000, 1400, 4000]  # 500: halves, which are rounded upwards


def some_readings(n: int, seed: int = 1) -> dict[str, list[int]]:
    """Readings of every kind that matters to a sum."""
    rng = random.Random(seed)
    return {
        "random": [rng.randrange(4096) for _ in range(n)],
        "at rest": [min(4095, max(0, round(rng.gauss(2047.5, 2)))) for _ in range(n)],
        "all 0": [0] * n,
        "all 4095": [4095] * n,
        "all 2047": [2047] * n,
        "all 2048": [2048] * n,
        "2047 and 2048": [rng.choice((2047, 2048)) for _ in range(n)],
        "rising": [k % 4096 for k in range(n)],
    }


def pack(readings: list[int]) -> bytes:
    """Readings as the DMA writes them."""
    return struct.pack(f"<{len(readings)}H", *readings)


def expected_samples(
    readings: list[int], rows: int, channels: int, over: int, step_mlsb: int
) -> list[int]:
    """Samples by PROTOCOL.md 2.5 and 2.6, in fractions of whole numbers."""
    samples = []
    for row in range(rows):
        block = readings[row * over * channels : (row + 1) * over * channels]
        for channel in range(channels):
            own = block[channel::channels]
            above = sum(reading > 2047 for reading in own)
            samples.append(sum(own) - (2 * above * step_mlsb + 1000) // 2000)
    return samples


def expected_counts(readings: list[int], first: int) -> list[int]:
    """Counts by PROTOCOL.md 4.10."""
    counts = [readings.count(code) for code in range(first, first + 128)]
    below = sum(reading < first for reading in readings)
    return [*counts, below, len(readings) - below - sum(counts)]


def samples_of(out: bytes | bytearray) -> list[int]:
    """Samples as SAMPLES carries them."""
    return [int.from_bytes(out[k : k + 3], "little") for k in range(0, len(out), 3)]
