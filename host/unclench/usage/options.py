"""Options that several commands share, so that they mean the same everywhere."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar, cast

import click

from unclench.running.sinks import sink_kinds
from unclench.translation import tr
from unclench.usage.types import Seconds

F = TypeVar("F", bound=Callable[..., Any])

BANDS = click.Choice(["wide", "narrow"])
A_PATH = click.Path(path_type=Path)


def _together(*options: Callable[[F], F]) -> Callable[[F], F]:
    def decorate(function: F) -> F:
        for option in reversed(options):
            function = option(function)
        return function

    return decorate


csv_options = _together(
    click.option(
        "--fs", "fs_hz", type=float, metavar="HZ", help=tr("Sampling rate of a CSV without times.")
    ),
    click.option(
        "--column",
        "columns",
        multiple=True,
        metavar="NAME",
        help=tr("EMG column of a CSV; repeatable."),
    ),
    click.option(
        "--unit", type=click.Choice(["uV", "mV", "V"]), help=tr("Unit of a CSV's columns.")
    ),
)

places_option = click.option(
    "--place",
    "places",
    multiple=True,
    metavar="CH:SITE[:SIDE]",
    help=tr("Channel and site of a sensor, such as 1:shoulder:left; repeatable."),
)

speed_option = click.option(
    "--speed",
    default="1",
    show_default=True,
    metavar="N|max",
    help=tr("Speed of the virtual board or of a recording."),
)

port_option = click.option(
    "--port",
    metavar="PORT",
    help=tr("Serial port or URL (default: the one Pico that is plugged in)."),
)
board_option = click.option(
    "--port",
    metavar="PORT",
    help=tr("Serial port, URL or sim:NAME (default: the one Pico that is plugged in)."),
)
yes_option = click.option("--yes", is_flag=True, help=tr("Do not ask for confirmation."))
json_option = click.option("--json", "as_json", is_flag=True, help=tr("Print JSON."))
force_option = click.option("--force", is_flag=True, help=tr("Overwrite an existing file."))


def out_option(words: str, metavar: str = "DIR", *, required: bool = False) -> Callable[[F], F]:
    """Where the command writes: a folder unless `metavar` says otherwise."""
    return click.option("--out", "-o", type=A_PATH, metavar=metavar, required=required, help=words)


def site_option(words: str) -> Callable[[F], F]:
    """A site by its name."""
    return click.option("--site", metavar="NAME", help=words)


def seconds_option(
    words: str, default: float | None = None, kind: click.FloatRange | click.IntRange | None = None
) -> Callable[[F], F]:
    """For how long, in seconds of signal: any length unless `kind` limits it."""
    return click.option(
        "--seconds",
        type=kind or Seconds(),
        default=default,
        show_default=default is not None,
        metavar="N",
        help=words,
    )


_mains_choice = click.Choice(["auto", "50", "60", "off"])
own_band_option = click.option(
    "--band",
    type=BANDS,
    help=tr("wide: 20-450 Hz; narrow: 100-200 Hz (default: the session's own, or wide)."),
)
own_mains_option = click.option(
    "--mains",
    type=_mains_choice,
    help=tr("Remove mains hum (default: as in the session, or auto)."),
)
_chain_options = _together(
    click.option(
        "--band",
        type=BANDS,
        default="wide",
        show_default=True,
        help=tr("wide: 20-450 Hz; narrow: 100-200 Hz, without the heartbeat."),
    ),
    click.option(
        "--mains",
        type=_mains_choice,
        default="auto",
        show_default=True,
        help=tr("Remove mains hum where it is found (auto), always (50, 60), or never (off)."),
    ),
)


def source_options(words: str, *, without: Sequence[str] = ()) -> Callable[[F], F]:
    """Options that make a `Wanted`, handed to the command as `wanted`.

    Parameters
    ----------
    words
        Help for --source.
    without
        Names of the modules of sinks that the command has an option of its own for.
    """
    source = click.option(
        "--source", default="auto", show_default=True, metavar="SOURCE", help=words
    )
    kinds = {name: kind.OPTION for name, kind in sink_kinds().items() if name not in without}
    sink_options = _together(
        *(
            click.option(option.flag, f"sink_{name}", metavar=option.metavar, help=option.help)
            for name, option in kinds.items()
        )
    )

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def command(**given: Any) -> Any:
            from dataclasses import fields

            from unclench.running.wanted import Wanted

            asked = {name: given.pop(f"sink_{name}") for name in kinds}
            own = {each.name: given.pop(each.name) for each in fields(Wanted) if each.name in given}
            sinks = {name: value for name, value in asked.items() if value is not None}
            return function(wanted=Wanted(**own, sinks=sinks), **given)

        options = (source, speed_option, csv_options, _chain_options, sink_options)
        return _together(*options)(cast(F, command))

    return decorate
