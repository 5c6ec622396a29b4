"""Sets a board's rate, channels and gains; what may be set is the board's affair, in its words."""

from __future__ import annotations

import struct
from collections.abc import Mapping

from unclench.errors import SourceError
from unclench.link.connection import Connection
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
    """Set what is given, the defaults first; return what the board says of itself then.

    `gain_milli` goes by channel from 0, whether or not it is on. Raises SourceError in the board's
    words for what it refuses, and says what it had taken before that.
    """
    orders: list[tuple[str, int, bytes]] = []
    if defaults:
        orders.append(("the defaults", ids.CMD_SET_DEFAULTS, b""))
    if channels is not None:
        orders.append(("the channels", ids.CMD_SET_CHANNELS, struct.pack("<B", channels)))
    if rate_hz is not None:
        orders.append(("the rate", ids.CMD_SET_RATE, struct.pack("<I", rate_hz)))
    for channel, gain in (gain_milli or {}).items():
        args = struct.pack("<BI", channel, gain)
        orders.append((f"gain {channel + 1}", ids.CMD_SET_GAIN, args))
    done: list[str] = []
    for name, command, args in orders:
        try:
            hello = connection.setting(command, args)
        except SourceError as error:
            if not done:
                raise
            raise SourceError(
                f"{str(error).rstrip('.')}; set before that: {', '.join(done)}."
            ) from error
        done.append(name)
    return hello
