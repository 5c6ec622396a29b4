"""Values on the command line that click has no type for; errors are sentences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from unclench.translation import tr
from unclench_wire.ids import MAX_CHANNELS

_LONGEST_S = 366 * 86400.0
MAX_U32 = 0xFFFFFFFF


class OneOf(click.Choice):  # type: ignore[type-arg]  # generic in some versions of click
    """A choice of names that are only looked up when needed."""

    def __init__(self, names: Callable[[], tuple[str, ...]]) -> None:
        self._names = names
        self.case_sensitive = True

    @property
    def choices(self) -> tuple[str, ...]:  # type: ignore[override]
        """The names."""
        return self._names()


class Seconds(click.FloatRange):
    """A finite length of time above 0: click accepts "nan" and "inf"."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Return seconds, or fail with a sentence."""
        seconds = float(super().convert(value, param, ctx))
        if not seconds <= _LONGEST_S:  # neither nan nor inf
            self.fail(
                tr("'{value}' is not a number of seconds up to a year.", value=value), param, ctx
            )
        return seconds


class Size(click.ParamType):  # type: ignore[type-arg]  # generic in some versions of click
    """WIDTHxHEIGHT in pixels."""

    name = "size"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return width and height, or fail with a sentence."""
        from unclench.settings import LARGEST_WINDOW

        width, _, height = str(value).lower().partition("x")
        if not (width.isdecimal() and height.isdecimal()):
            self.fail(tr("'{value}' is not a size such as 1280x800.", value=value), param, ctx)
        size = int(width), int(height)
        if not 200 <= min(size) <= max(size) <= LARGEST_WINDOW:
            self.fail(
                tr(
                    "'{value}' is not a valid size: give 200 to {largest} pixels.",
                    value=value,
                    largest=LARGEST_WINDOW,
                ),
                param,
                ctx,
            )
        return size


class Gain(click.ParamType):  # type: ignore[type-arg]  # generic in some versions of click
    """K=G: a channel from 1, and the gain of its sensor, to a thousandth."""

    name = "K=G"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[int, int]:
        """Return channel and gain in thousandths, or fail with a sentence."""
        number, _, gain = str(value).partition("=")
        try:
            channel, gain_milli = int(number), round(float(gain) * 1000)
        except (ValueError, OverflowError):
            self.fail(
                tr("'{value}' is not a channel with its gain: give K=G, as in 1=200.", value=value),
                param,
                ctx,
            )
        if not 1 <= channel <= MAX_CHANNELS:
            self.fail(
                tr(
                    "channel {channel} does not exist: give 1 to {highest}.",
                    channel=channel,
                    highest=MAX_CHANNELS,
                ),
                param,
                ctx,
            )
        if not 0 <= gain_milli <= MAX_U32:
            self.fail(
                tr(
                    "{gain} is not a valid gain: give a number from 0 to {highest:.0f}.",
                    gain=gain,
                    highest=MAX_U32 / 1000,
                ),
                param,
                ctx,
            )
        return channel, gain_milli
