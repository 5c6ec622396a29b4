"""The tables of the noise budget."""

from __future__ import annotations

from hardware.frontend.budget import budget, neighbour, neighbour_range_uv
from hardware.frontend.response import CHANNELS, sampling
from hardware.markdown import status_words, table


def budget_table() -> str:
    """Return the noise of each number of channels at 2000 Hz, and of the usual sketch."""
    rows: list[list[object]] = []
    for channels in CHANNELS:
        how = sampling(2000, channels)
        on, off = (budget("tidy", how, corrected) for corrected in (True, False))
        each_uv = (on.known_uv, off.known_uv, on.all_uv, budget("no-solder", how, True).all_uv)
        rows.append([channels, 2000, how.readings, *(f"{uv:.2f}" for uv in each_uv)])
    usual = neighbour()
    low_uv, high_uv = neighbour_range_uv()
    known = f"{usual.known_uv:.1f}; {low_uv:.1f} to {high_uv:.1f} by chip"
    rows.append(["`read_u16`: 1", 1000, 1, "-", known, "-", f"{usual.all_uv:.1f}"])
    head = [
        *("channels", "Hz", "readings summed", "board, step corrected", "board, not corrected"),
        *("all, tidy, *unverified*", "all, no-solder, *unverified*"),
    ]
    return table(head, rows)


def parts_table() -> str:
    """Return what each part adds in one configuration."""
    each = budget("tidy", sampling(2000, 1), False)
    rows = [
        [part.name, f"{part.noise_uv:.2f}", part.rests_on, status_words(part.status)]
        for part in each.parts
    ]
    return table(["part", "µV RMS", "rests on", "status"], rows)
