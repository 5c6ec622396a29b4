"""A talk with one board: listen until it says hello, then commands and their replies.

The host never speaks first. A board says hello by itself twice a second (PROTOCOL.md 2.1), so a
device that is not ours is recognised without one byte being sent to it.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable

from unclench.errors import SourceError
from unclench.link.decoder import LinkDecoder
from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench.link.transport import Transport, TransportClosed
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command

HELLO_WAIT_S = 1.6  # three beacons
_REPLY_WAIT_S = 1.0


class Connection:
    """One open transport and its decoder; waits end early once `cancelled` says so."""

    def __init__(
        self, transport: Transport, name: str, cancelled: Callable[[], bool] = lambda: False
    ) -> None:
        self.transport = transport
        self.name = name
        self._cancelled = cancelled
        self.decoder = LinkDecoder()
        self._tag = random.randrange(256)  # or a late reply to somebody else might fit
        self._received = 0
        self._early: list[Message] = []  # came in one read with an answer, behind it

    def read(self, timeout_s: float) -> list[Message]:
        """Messages that have arrived, waiting at most `timeout_s`. Raises TransportClosed."""
        if self._early:
            early, self._early = self._early, []
            return early
        data = self.transport.read(timeout_s)
        self._received += len(data)
        return self.decoder.feed(data) if data else []

    def handshake(self, wait_s: float = HELLO_WAIT_S) -> Hello:
        """Listen for our kind of board and return what it says of itself.

        Raises SourceError in one sentence: silent, foreign, too new, too old.
        """
        try:
            message = self._wait_for(lambda m: isinstance(m, Hello | SampleFrame), wait_s)
            if isinstance(message, SampleFrame):  # still streaming to somebody who left
                self._send(ids.CMD_STOP)
                self._send(ids.CMD_HELLO)
                message = self._wait_for(lambda m: isinstance(m, Hello), wait_s)
        except TransportClosed as error:
            raise SourceError(
                f"{self.name} closed before a board had answered: {error}."
            ) from error
        if message is None:
            raise SourceError(self._who_is_there())
        assert isinstance(message, Hello)
        check_level(message, self.name)
        return message

    def command(self, command: int, args: bytes = b"") -> bytes:
        """Send a command and wait for its reply; samples that come meanwhile are dropped.

        Raises SourceError with the board's own words when it refuses.
        """
        tag = self._send(command, args)

        def answers(message: Message) -> bool:
            return (
                isinstance(message, Reply | ErrorReply)
                and message.command == command
                and message.tag == tag
            )

        answer = self._wait_for(answers, _REPLY_WAIT_S)
        if isinstance(answer, ErrorReply):
            raise SourceError(f"The board on {self.name} refused: {answer.text}.")
        if not isinstance(answer, Reply):
            raise SourceError(
                f"The board on {self.name} did not answer a command within "
                f"{_REPLY_WAIT_S:g} s; unplug it and plug it in again."
            )
        return answer.body

    def start(self) -> None:
        """Start the stream anew: its next sample has index 0."""
        self.command(ids.CMD_START)

    def close(self) -> None:
        """Stop the stream, if anybody still listens, and give the port back."""
        try:
            self._send(ids.CMD_STOP)
        except TransportClosed:
            pass
        finally:
            self.transport.close()

    def _send(self, command: int, args: bytes = b"") -> int:
        self._tag = (self._tag + 1) & 0xFF
        self.transport.write(encode_frame(pack_command(command, self._tag, args)))
        return self._tag

    def _wait_for(self, wanted: Callable[[Message], bool], wait_s: float) -> Message | None:
        deadline = time.monotonic() + wait_s
        while (left_s := deadline - time.monotonic()) > 0 and not self._cancelled():
            messages = self.read(min(left_s, 0.1))
            for i, message in enumerate(messages):
                if wanted(message):
                    self._early = messages[i + 1 :]
                    return message
        return None

    def _who_is_there(self) -> str:
        if self._received == 0:
            return (
                f"Nothing was heard from {self.name} within {HELLO_WAIT_S:g} s: expected an "
                "unclench board's hello; check the cable, and that the firmware is installed."
            )
        return (
            f"The device on {self.name} is not an unclench board: it sent {self._received} bytes "
            "without one hello in them; choose another port (`unclench devices` lists boards)."
        )


def check_level(hello: Hello, name: str) -> None:
    """Raise SourceError if board and host speak different levels of the protocol."""
    firmware = ".".join(str(part) for part in hello.firmware)
    if hello.level > ids.LEVEL:
        raise SourceError(
            f"The board on {name} (firmware {firmware}) speaks protocol level {hello.level}, newer "
            f"than level {ids.LEVEL} of this program: update unclench."
        )
    if hello.level < ids.LEVEL:
        raise SourceError(
            f"The board on {name} (firmware {firmware}) speaks protocol level {hello.level}, older "
            f"than level {ids.LEVEL} of this program: update the board's firmware."
        )
