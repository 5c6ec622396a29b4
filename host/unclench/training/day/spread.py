"""How much a person's rest varies over their days: from the minutes of watched days on disk."""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterator
from pathlib import Path

from unclench.training.day.store import DAY, SUMMARY
from unclench.training.limit import USUAL_SPREAD

_DAYS = 30  # the latest ones
_AT_REST = 0.5  # share of a minute that must be rest
_LEAST_S = 30.0  # of usable signal in it
_APART = 20  # minutes: about so far apart, they tell something new
_USUAL_WEIGHT = 10.0  # what is usual counts like so many independent minutes
_BOUNDS = (0.05, 0.2)


def spread_of_days(out: Path, label: str) -> float:
    """Return the standard deviation of the logarithm of a channel's resting tension.

    Taken from all minutes of the last 30 days in `out` in which the muscle mostly rested: their
    medians, within and between days. A twentieth of the minutes counts as independent. The usual
    10 % weighs like ten of these, so that a few days change little; the result lies between 5 and
    20 %. Folders that cannot be read are left out.
    """
    logs = [math.log(uv) for folder in _latest(out) for uv in _resting_uv(folder, label)]
    if not logs:
        return USUAL_SPREAD
    mean = sum(logs) / len(logs)
    variance = sum((log - mean) ** 2 for log in logs) / len(logs)
    independent = len(logs) / _APART
    whole = _USUAL_WEIGHT * USUAL_SPREAD**2 + independent * variance
    spread = math.sqrt(whole / (_USUAL_WEIGHT + independent))
    return min(_BOUNDS[1], max(_BOUNDS[0], spread))


def _latest(out: Path) -> list[Path]:
    try:
        return sorted(folder for folder in out.iterdir() if (folder / DAY).is_file())[-_DAYS:]
    except OSError:
        return []


def _resting_uv(folder: Path, label: str) -> Iterator[float]:
    """Yield the medians of a day's minutes at rest; its summary says which column is whose."""
    try:
        summary = json.loads((folder / SUMMARY).read_text(encoding="utf-8"))
        labels = [channel["channel"] for channel in summary["channels"]]
        name = f"ch{labels.index(label) + 1}"
        with (folder / DAY).open(encoding="utf-8", newline="") as file:
            minutes = list(csv.DictReader(file))
    except (OSError, ValueError, KeyError, TypeError, csv.Error):
        return
    for minute in minutes:
        try:
            uv, share, trusted_s = (
                float(minute[f"{name}_{what}"]) for what in ("median_uv", "rest_share", "trusted_s")
            )
        except (ValueError, KeyError, TypeError):  # without usable signal, or cut off
            continue
        if share >= _AT_REST and trusted_s >= _LEAST_S and 0 < uv < math.inf:
            yield uv
