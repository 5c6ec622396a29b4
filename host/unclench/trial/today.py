"""Whether a day's session of a trial is done."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from unclench.store.library.library import Library
from unclench.trial.plan import Trial


def sessions_on(root: Path, trial: Trial, day: date) -> int:
    """How many sessions of the trial's site and band a folder holds of a day."""
    return sum(
        entry.created.date() == day
        and trial.site in entry.sites
        and (entry.band, entry.provenance) == (trial.band.name, trial.provenance)
        for entry in Library(root).entries()
    )
