"""What the link passes to the live pipeline: decoded messages and link events."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unclench_wire.messages import Hello


@dataclass(frozen=True)
class SampleFrame:
    """One SAMPLES message as received: its counters still wrap (PROTOCOL.md 3)."""

    seq: int  # modulo 2^16
    index: int  # of the first row, modulo 2^32
    device_us: int  # when the last row was complete, modulo 2^32
    overflows: int  # modulo 2^16
    units: NDArray[np.int32]  # (n_samples, n_channels)


@dataclass(frozen=True)
class Reply:
    """The board carried out a command."""

    command: int
    tag: int
    body: bytes


@dataclass(frozen=True)
class ErrorReply:
    """The board refused a command, or reports an error by itself (command 0)."""

    command: int
    tag: int
    code: int
    text: str


Message = Hello | SampleFrame | Reply | ErrorReply


@dataclass(frozen=True)
class Connected:
    """A board answered and its stream begins with sample index 0."""

    hello: Hello
    host_s: float  # host monotonic seconds


@dataclass(frozen=True)
class Arrived:
    """Frames that arrived in one read, in order."""

    frames: tuple[SampleFrame, ...]
    host_s: float
    bad_frames: int  # damaged frames on this connection so far


@dataclass(frozen=True)
class Disconnected:
    """The stream stopped; `final` if nothing more will arrive."""

    reason: str
    host_s: float
    final: bool = False


LinkEvent = Connected | Arrived | Disconnected
