"""Count the sessions of a trial on a day."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from unclench.store.library.library import Library
from unclench.trial.plan import Trial


def sessions_on(root: Path, trial: Trial, day: date) -> int:
    """Return how many sessions in a folder have the trial's site and band and are of a day."""
    return sum(
        entry.created.date() == day
        and trial.site in entry.sites
        and (entry.band, entry.provenance) == (trial.band.name, trial.provenance)
        for entry in Library(root).entries()
    )
