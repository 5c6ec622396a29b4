"""A signal as the options ask for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from unclench.live.blocks import LiveSettings
from unclench.live.pipeline import Pipeline
from unclench.sources import Source, open_source, parse_speed
from unclench_dsp import BANDS, MainsMode


@dataclass(frozen=True)
class Wanted:
    """A signal as asked for on the command line: where from, how fast, how treated."""

    source: str
    speed: str
    fs_hz: float | None
    columns: Sequence[str]
    unit: str | None
    band: str
    mains: MainsMode

    def open(self) -> Source:
        """Open the source. Raises InputError or SourceError."""
        return open_source(
            self.source,
            speed=parse_speed(self.speed),
            fs_hz=self.fs_hz,
            columns=self.columns,
            unit=self.unit,
        )

    def pipeline(
        self, opened: Source, stop_after_s: float | None = None, gather_s: float = 0.0
    ) -> Pipeline:
        """Make the pipeline of an opened source."""
        reader = opened.reader()
        reader.gather_s = gather_s
        settings = LiveSettings(BANDS[self.band], self.mains)
        return Pipeline(reader, opened.name, settings, opened.channel_names, stop_after_s)
