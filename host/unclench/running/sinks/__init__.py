"""Sinks that every run may have, a module each; being in this folder is all it takes.

Such a module has an `OPTION`, which every command that runs a source then offers, and a function
`make(run, value)` that returns a `RunSink`. It imports at its top only what the option needs, as
`--help` loads it.
"""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from unclench.live.blocks import LiveBlock
    from unclench.running.run import Run
    from unclench.store.events.event import Event


@dataclass(frozen=True)
class SinkOption:
    """How a sink is asked for on the command line."""

    flag: str  # "--record"
    metavar: str
    help: str


class RunSink(Protocol):
    """A `Sink` that follows a stream from its first sample on, in the processing thread."""

    def block(self, block: LiveBlock) -> None:
        """See Sink.block."""

    def event(self, event: Event) -> None:
        """See Sink.event."""

    def close(self) -> object:
        """End it, once the stream has ended. Raises UnclenchError, in one sentence."""


class SinkKind(Protocol):
    """What a module of this folder is."""

    OPTION: SinkOption

    def make(self, run: Run, value: str) -> RunSink:
        """Make the sink of a connected run. Raises UnclenchError, in one sentence."""


def sink_kinds() -> dict[str, SinkKind]:
    """All sinks that there are, by their module's name."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: cast("SinkKind", importlib.import_module(f"{__name__}.{name}")) for name in names}
