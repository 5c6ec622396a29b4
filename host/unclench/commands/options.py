"""Options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from typing import Any, TypeVar, cast

import click

from unclench.live.blocks import LiveSettings
from unclench.live.pipeline import Pipeline
from unclench.sources import Source, open_source, parse_speed
from unclench_dsp import BANDS, MainsMode

F = TypeVar("F", bound=Callable[..., Any])


def _together(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


csv_options = _together(
    click.option("--fs", "fs_hz", type=float, metavar="HZ", help="Rate of a CSV without times."),
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="NAME",
        help="EMG column of a CSV; repeatable.",
    ),
    click.option("--unit", type=click.Choice(["uV", "mV", "V"]), help="Unit of a CSV's columns."),
)

_LONGEST_S = 366 * 86400.0


class Seconds(click.FloatRange):
    """A length of time above 0 that ends: click lets "nan" and "inf" through."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds, or fail with a sentence."""
        seconds = float(super().convert(value, param, ctx))
        if not seconds <= _LONGEST_S:  # neither nan nor inf
            self.fail(f"'{value}' is not a number of seconds up to a year.", param, ctx)
        return seconds


places_option = click.option(
    "--place",
    "places",
    multiple=True,
    metavar="CH:SITE[:SIDE]",
    help="Where a sensor is, such as 1:shoulder:left; repeatable.",
)

speed_option = click.option(
    "--speed",
    default="1",
    show_default=True,
    metavar="N|max",
    help="How fast the virtual board or a recording runs.",
)

_chain_options = _together(
    click.option(
        "--band",
        type=click.Choice(sorted(BANDS, reverse=True)),
        default="wide",
        show_default=True,
        help="wide: 20-450 Hz; narrow: 100-200 Hz, keeps the heartbeat out.",
    ),
    click.option(
        "--mains",
        type=click.Choice(["auto", "50", "60", "off"]),
        default="auto",
        show_default=True,
        help="Remove mains hum where it is found (auto), always, or never.",
    ),
)


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


def source_options(words: str) -> Callable[[F], F]:
    """Options that make a `Wanted`, handed to the command as `wanted`; `words` are for --source."""
    source = click.option(
        "--source", default="auto", show_default=True, metavar="SOURCE", help=words
    )

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def command(**given: Any) -> Any:
            own = {field.name: given.pop(field.name) for field in fields(Wanted)}
            return function(wanted=Wanted(**own), **given)

        return _together(source, speed_option, csv_options, _chain_options)(cast(F, command))

    return decorate
