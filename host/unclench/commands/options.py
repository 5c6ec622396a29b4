"""Options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import click

from unclench_dsp import BANDS

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

chain_options = _together(
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


speed_option = click.option(
    "--speed",
    default="1",
    show_default=True,
    metavar="N|max",
    help="How fast the virtual board or a recording runs.",
)


places_option = click.option(
    "--place",
    "places",
    multiple=True,
    metavar="CH:SITE[:SIDE]",
    help="Where a sensor is, such as 1:shoulder:left; repeatable.",
)
