"""What is asked of a run: the signal, how it is treated, and the sinks that follow it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from unclench.live.blocks import LiveSettings
from unclench.live.pipeline import Pipeline
from unclench.sources import Source, open_source, parse_speed
from unclench_dsp import BANDS, MainsMode


@dataclass(frozen=True)
class Wanted:
    """A signal as asked for on the command line: where from, how fast, how treated, where to.

    Attributes
    ----------
    source, speed
        See `sources.open_source` and `sources.parse_speed`.
    fs_hz, columns, unit
        Of a CSV that does not say.
    band, mains
        See `LiveSettings`.
    sinks
        A value for each sink of `running/sinks` that is wanted, by its module's name.
    """

    source: str = "auto"
    speed: str = "1"
    fs_hz: float | None = None
    columns: Sequence[str] = ()
    unit: str | None = None
    band: str = "wide"
    mains: MainsMode = "auto"
    sinks: Mapping[str, str] = field(default_factory=dict)

    def with_sink(self, name: str, value: object) -> Wanted:
        """Want one more sink."""
        return replace(self, sinks={**self.sinks, name: str(value)})

    def open(self) -> Source:
        """Open the source. Raises InputError or SourceError."""
        return open_source(
            self.source,
            speed=parse_speed(self.speed),
            fs_hz=self.fs_hz,
            columns=self.columns,
            unit=self.unit,
        )

    def connect(
        self, source: Source, stop_after_s: float | None = None, gather_s: float = 0.0
    ) -> Pipeline:
        """Connect to an opened source. Raises InputError or SourceError."""
        reader = source.reader()
        reader.gather_s = gather_s
        settings = LiveSettings(BANDS[self.band], self.mains)
        return Pipeline.connect(reader, source.name, settings, source.channel_names, stop_after_s)
