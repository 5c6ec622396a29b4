"""A talk with one board: listen until it says hello, then commands and their replies.

The host never speaks first. A board says hello by itself twice a second (PROTOCOL.md 2.1), so a
device that is not ours is recognised without one byte being sent to it.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from unclench.errors import SourceError, Trouble
from unclench.link.decoder import LinkDecoder
from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import Transport, TransportClosed
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command

HELLO_WAIT_S = 1.6  # three beacons
_REPLY_WAIT_S = 1.0
# A damaged frame passes its checksum once in 65536 times (1.7): so many in a row are no accident.
_STRANGE_FRAMES = 3


class Connection:
    """One open transport and its decoder; waits end early once `cancelled` says so.

    `clock` is the time by which it waits, and the transport's timeouts are seconds of it.
    """

    def __init__(
        self,
        transport: Transport,
        name: str,
        cancelled: Callable[[], bool] = lambda: False,
        clock: Clock = TRUE_TIME,
    ) -> None:
        self.transport = transport
        self.name = name
        self.clock = clock
        self._cancelled = cancelled
        self.decoder = LinkDecoder()
        self._tag = random.randrange(256)  # or a late reply to somebody else might fit
        self._received = 0
        self._early: list[Message] = []  # came in one read with an answer, behind it
        self._trouble = ""  # the board's own, told unasked while we waited (4.14)

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
        hello = self.listen(wait_s)
        if hello is None:
            raise self._who_is_there(wait_s)
        check_level(hello, self.name)
        return hello

    def listen(self, wait_s: float) -> Hello | None:
        """Hello of a board of any level; None if there is none. Raises SourceError if it closes."""
        try:
            message = self._wait_for(lambda m: isinstance(m, Hello | SampleFrame), wait_s)
            strange = self.decoder.strange_samples >= _STRANGE_FRAMES
            if isinstance(message, SampleFrame) or (message is None and strange):
                # Still streaming to somebody who left; its level may be another than ours (4.5).
                self.send(ids.CMD_STOP)
                self.send(ids.CMD_HELLO)
                message = self._wait_for(lambda m: isinstance(m, Hello), wait_s)
        except TransportClosed as error:
            fact = f"{self.name} closed before a board had answered: {error}."
            raise SourceError(fact, reason=Trouble.CLOSED) from error
        return message if isinstance(message, Hello) else None

    def command(self, command: int, args: bytes = b"", wait_s: float | None = None) -> bytes:
        """Send a command and wait for its reply; samples that come meanwhile are dropped.

        `wait_s` is for commands that take their time. Raises SourceError with the board's own words
        when it refuses.
        """
        tag = self.send(command, args)
        wait_s = _REPLY_WAIT_S if wait_s is None else wait_s

        def answers(message: Message) -> bool:
            return (
                isinstance(message, Reply | ErrorReply)
                and message.command == command
                and message.tag == tag
            )

        answer = self._wait_for(answers, wait_s)
        if isinstance(answer, ErrorReply):
            fact = f"The board on {self.name} refused: {_inner(answer.text)}."
            raise SourceError(fact, reason=Trouble.REFUSED)
        if not isinstance(answer, Reply):
            if self._trouble:
                fact = f"The board on {self.name} reports: {self._trouble}."
                raise SourceError(fact, reason=Trouble.REPORTED)
            raise SourceError(
                f"The board on {self.name} did not answer a command within {wait_s:g} s",
                "unplug it and plug it in again",
                Trouble.SILENT,
            )
        return answer.body

    def setting(self, command: int, args: bytes = b"") -> Hello:
        """Send one of the SET commands; return the constants as they are from now on (4.6).

        Raises SourceError as `command` does.
        """
        self.command(command, args)
        message = self._wait_for(lambda m: isinstance(m, Hello), _REPLY_WAIT_S)
        if not isinstance(message, Hello):
            raise SourceError(
                f"The board on {self.name} took a setting but did not say what holds now; unplug "
                "it and plug it in again."
            )
        return message

    def start(self) -> None:
        """Start the stream anew: its next sample has index 0."""
        self.command(ids.CMD_START)

    def close(self) -> None:
        """Stop the stream, if anybody still listens, and give the port back."""
        try:
            self.send(ids.CMD_STOP)
        except TransportClosed:
            pass
        finally:
            self.transport.close()

    def send(self, command: int, args: bytes = b"") -> int:
        """Send a command and return its tag; the caller looks for the answer in what it reads."""
        self._tag = (self._tag + 1) & 0xFF
        self.transport.write(encode_frame(pack_command(command, self._tag, args)))
        return self._tag

    def _wait_for(self, wanted: Callable[[Message], bool], wait_s: float) -> Message | None:
        self._trouble = ""
        deadline_s = self.clock.now_s() + wait_s
        while (left_s := deadline_s - self.clock.now_s()) > 0 and not self._cancelled():
            messages = self.read(min(left_s, 0.1))
            for i, message in enumerate(messages):
                self._trouble = trouble_of(message) or self._trouble
                if wanted(message):
                    self._early = messages[i + 1 :]
                    return message
        return None

    def _who_is_there(self, wait_s: float) -> SourceError:
        if self._trouble:
            return SourceError(
                f"The board on {self.name} reports: {self._trouble}",
                f"it said no hello within {wait_s:g} s, so unplug it, plug it in again, and "
                "install its firmware again if that does not help",
                Trouble.REPORTED,
                joint=";",
            )
        if self.decoder.strange_samples >= _STRANGE_FRAMES:
            return SourceError(
                f"The board on {self.name} streams in a way that this program does not know, and "
                "does not answer",
                "unplug it and plug it in again; unclench or the board's firmware must be updated",
                Trouble.FOREIGN,
            )
        if self._received == 0:
            return SourceError(
                f"Nothing was heard from {self.name} within {wait_s:g} s",
                "expected an unclench board's hello; check the cable, and that the firmware is "
                "installed (`unclench board install`)",
                Trouble.SILENT,
            )
        return SourceError(
            f"The device on {self.name} is not an unclench board",
            f"it sent {self._received} bytes without one hello in them; choose another port "
            "(`unclench devices` lists boards)",
            Trouble.FOREIGN,
        )


def trouble_of(message: Message) -> str:
    """What a board reports of itself unasked (4.14), fit for the middle of a sentence; or ""."""
    if isinstance(message, ErrorReply) and message.command == 0:
        return _inner(message.text) or "trouble without words"
    return ""


def _inner(text: str) -> str:
    """A board's words on one line, without a full stop."""
    return " ".join(text.split()).rstrip(".")


def check_level(hello: Hello, name: str) -> None:
    """Raise SourceError if board and host speak different levels of the protocol."""
    firmware = ".".join(str(part) for part in hello.firmware)
    if hello.level > ids.LEVEL:
        raise SourceError(
            f"The board on {name} (firmware {firmware}) speaks protocol level {hello.level}, newer "
            f"than level {ids.LEVEL} of this program",
            "update unclench",
            Trouble.NEWER,
        )
    if hello.level < ids.LEVEL:
        raise SourceError(
            f"The board on {name} (firmware {firmware}) speaks protocol level {hello.level}, older "
            f"than level {ids.LEVEL} of this program",
            "update the board's firmware (`unclench board install`)",
            Trouble.OLDER,
        )
