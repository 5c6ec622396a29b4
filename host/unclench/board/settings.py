"""Set a board's rate, channels and gains; the board decides what is allowed and says so."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from unclench.errors import SourceError
from unclench.link.connection import Connection
from unclench.translation import tr
from unclench_wire import ids
from unclench_wire.messages import Hello


def change(
    connection: Connection,
    hello: Hello,
    *,
    defaults: bool = False,
    channels: int | None = None,
    rate_hz: int | None = None,
    gain_milli: Mapping[int, int] | None = None,
) -> Hello:
    """Set what is given, the defaults first; return the board's new hello.

    `gain_milli` maps a channel, counted from 0 and perhaps off, to its gain in thousandths. Raises
    SourceError in the board's own words if it refuses a setting; the sentence lists the settings
    that were changed before.
    """
    orders: list[tuple[str, int, bytes]] = []
    if defaults:
        orders.append((tr("the defaults"), ids.CMD_SET_DEFAULTS, b""))
    if channels is not None:
        orders.append((tr("the channels"), ids.CMD_SET_CHANNELS, struct.pack("<B", channels)))
    if rate_hz is not None:
        orders.append((tr("the rate"), ids.CMD_SET_RATE, struct.pack("<I", rate_hz)))
    for channel, gain in (gain_milli or {}).items():
        args = struct.pack("<BI", channel, gain)
        orders.append((tr("gain {channel}", channel=channel + 1), ids.CMD_SET_GAIN, args))
    done: list[str] = []
    for name, command, args in orders:
        try:
            hello = connection.setting(command, args)
        except SourceError as error:
            if not done:
                raise
            raise SourceError(
                tr(
                    "{error} These settings were changed before: {done}.",
                    error=error,
                    done=", ".join(done),
                )
            ) from error
        done.append(name)
    return hello
