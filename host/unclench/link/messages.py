"""What the link hands to the live pipeline: decoded messages and link events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench_wire.messages import Hello


@dataclass(frozen=True)
class SampleFrame:
    """One SAMPLES message as it came: counters still wrap (PROTOCOL.md 3)."""

    seq: int  # modulo 2^16
    index: int  # of the first row, modulo 2^32
    device_us: int  # when the last row was complete, modulo 2^32
    overflows: int  # modulo 2^16
    units: NDArray[np.int32]  # (n_samples, n_channels)


@dataclass(frozen=True)
class Reply:
    """The board did what it was told."""

    command: int
    tag: int
    body: bytes


@dataclass(frozen=True)
class ErrorReply:
    """The board refused, or reports trouble of its own (command 0)."""

    command: int
    tag: int
    code: int
    text: str


Message = Hello | SampleFrame | Reply | ErrorReply


@dataclass(frozen=True)
class Connected:
    """A board has answered and its stream begins; sample index 0 follows."""

    hello: Hello
    host_s: float  # host monotonic seconds


@dataclass(frozen=True)
class Arrived:
    """Frames that one read brought, in order."""

    frames: tuple[SampleFrame, ...]
    host_s: float
    bad_frames: int  # damaged frames on this connection so far


@dataclass(frozen=True)
class Disconnected:
    """The stream stopped; `final` if nothing more will come."""

    reason: str
    host_s: float
    final: bool = False


LinkEvent = Connected | Arrived | Disconnected
