"""A recording from the first sample on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from unclench.running.sinks import RunSink, SinkOption
from unclench.translation import tr

if TYPE_CHECKING:
    from unclench.running.run import Run

OPTION = SinkOption("--record", "DIR", tr("Record from the start into this session folder."))


def make(run: Run, value: str) -> RunSink:
    """Begin to record into the folder `value`."""
    return run.record(Path(value).expanduser(), origin=0)
