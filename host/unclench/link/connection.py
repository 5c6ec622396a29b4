"""A conversation with one board: wait for its hello, then send commands and read the replies.

The host never speaks first. A board says hello by itself twice a second (PROTOCOL.md 2.1), so the
host recognises a device that is not ours without sending it a single byte.
"""

from __future__ import annotations

import random
from collections.abc import Callable

from unclench.errors import SourceError, Trouble
from unclench.link.decoder import LinkDecoder
from unclench.link.messages import ErrorReply, Message, Reply, SampleFrame
from unclench.link.timing import TRUE_TIME, Clock
from unclench.link.transport import Transport, TransportClosed
from unclench.translation import tr
from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import Hello, pack_command

HELLO_WAIT_S = 1.6  # three beacons
_REPLY_WAIT_S = 1.0
# One damaged frame in 65536 passes its checksum (1.7), so three in a row are no accident.
_STRANGE_FRAMES = 3


class Connection:
    """One open transport and its decoder.

    Parameters
    ----------
    transport : Transport
    name : str
        Name of the port in messages.
    cancelled : callable
        Waits end early when it returns True.
    clock : Clock
        Waits and the transport's timeouts are in its seconds.
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
        self._tag = random.randrange(256)  # so a late reply to an earlier host does not match
        self._received = 0
        self._early: list[Message] = []  # arrived in the same read as an answer, after it
        self._trouble = ""  # reported by the board while we waited for something else (4.14)

    def read(self, timeout_s: float) -> list[Message]:
        """Return the messages that arrive within `timeout_s`. Raises TransportClosed."""
        if self._early:
            early, self._early = self._early, []
            return early
        data = self.transport.read(timeout_s)
        self._received += len(data)
        return self.decoder.feed(data) if data else []

    def handshake(self, wait_s: float = HELLO_WAIT_S) -> Hello:
        """Wait for an unclench board and return its hello.

        Raises SourceError if the device is silent, foreign, too new or too old.
        """
        hello = self.listen(wait_s)
        if hello is None:
            raise self._no_hello(wait_s)
        check_level(hello, self.name)
        return hello

    def listen(self, wait_s: float) -> Hello | None:
        """Return the hello of a board of any level, or None. Raises SourceError if it closes."""
        try:
            message = self._wait_for(lambda m: isinstance(m, Hello | SampleFrame), wait_s)
            strange = self.decoder.strange_samples >= _STRANGE_FRAMES
            if isinstance(message, SampleFrame) or (message is None and strange):
                # It still streams to an earlier host, perhaps at another protocol level (4.5).
                self.send(ids.CMD_STOP)
                self.send(ids.CMD_HELLO)
                message = self._wait_for(lambda m: isinstance(m, Hello), wait_s)
        except TransportClosed as error:
            raise SourceError(
                tr(
                    "{name} was closed before a board answered: {error}.",
                    name=self.name,
                    error=error,
                ),
                Trouble.CLOSED,
            ) from error
        return message if isinstance(message, Hello) else None

    def command(self, command: int, args: bytes = b"", wait_s: float | None = None) -> bytes:
        """Send a command and return the body of its reply; drop samples that arrive meanwhile.

        `wait_s` is for slow commands. Raises SourceError, with the board's own words if it refuses.
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
            raise SourceError(
                tr(
                    "The board on {name} refused: {text}.", name=self.name, text=_inner(answer.text)
                ),
                Trouble.REFUSED,
            )
        if not isinstance(answer, Reply):
            if self._trouble:
                raise SourceError(
                    tr(
                        "The board on {name} reports: {trouble}.",
                        name=self.name,
                        trouble=self._trouble,
                    ),
                    Trouble.REPORTED,
                )
            raise SourceError(
                tr(
                    "The board on {name} did not answer a command within {wait_s:g} s. Unplug it "
                    "and plug it in again.",
                    name=self.name,
                    wait_s=wait_s,
                ),
                Trouble.SILENT,
            )
        return answer.body

    def setting(self, command: int, args: bytes = b"") -> Hello:
        """Send one of the SET commands; return the board's new constants (4.6).

        Raises SourceError as `command` does.
        """
        self.command(command, args)
        message = self._wait_for(lambda m: isinstance(m, Hello), _REPLY_WAIT_S)
        if not isinstance(message, Hello):
            raise SourceError(
                tr(
                    "The board on {name} accepted a setting but did not report its new settings. "
                    "Unplug it and plug it in again.",
                    name=self.name,
                )
            )
        return message

    def start(self) -> None:
        """Start the stream again: its next sample has index 0."""
        self.command(ids.CMD_START)

    def close(self) -> None:
        """Stop the stream if the board still listens, and close the port."""
        try:
            self.send(ids.CMD_STOP)
        except TransportClosed:
            pass
        finally:
            self.transport.close()

    def send(self, command: int, args: bytes = b"") -> int:
        """Send a command and return its tag; the caller finds the answer among what it reads."""
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

    def _no_hello(self, wait_s: float) -> SourceError:
        if self._trouble:
            return SourceError(
                tr(
                    "The board on {name} reports: {trouble}. It did not say hello within "
                    "{wait_s:g} s. Unplug it and plug it in again. If that does not help, install "
                    "its firmware again (`unclench board install`).",
                    name=self.name,
                    trouble=self._trouble,
                    wait_s=wait_s,
                ),
                Trouble.REPORTED,
            )
        if self.decoder.strange_samples >= _STRANGE_FRAMES:
            return SourceError(
                tr(
                    "The board on {name} sends samples that this program does not understand and "
                    "does not answer. Unplug it and plug it in again, then update unclench or the "
                    "board's firmware (`unclench board install`).",
                    name=self.name,
                ),
                Trouble.FOREIGN,
            )
        if self._received == 0:
            return SourceError(
                tr(
                    "Nothing arrived from {name} within {wait_s:g} s, but an unclench board says "
                    "hello. Check the cable, and install the firmware if it is not on the board "
                    "yet (`unclench board install`).",
                    name=self.name,
                    wait_s=wait_s,
                ),
                Trouble.SILENT,
            )
        return SourceError(
            tr(
                "The device on {name} is not an unclench board: it sent {received} bytes without "
                "a hello. Choose another port (`unclench devices` lists boards).",
                name=self.name,
                received=self._received,
            ),
            Trouble.FOREIGN,
        )


def trouble_of(message: Message) -> str:
    """Return an error that the board reports by itself (4.14), without a full stop; or ""."""
    if isinstance(message, ErrorReply) and message.command == 0:
        return _inner(message.text) or tr("an error without a description")
    return ""


def _inner(text: str) -> str:
    """Return a board's words on one line, without a full stop."""
    return " ".join(text.split()).rstrip(".")


def check_level(hello: Hello, name: str) -> None:
    """Raise SourceError if board and host speak different levels of the protocol."""
    firmware = ".".join(str(part) for part in hello.firmware)
    if hello.level > ids.LEVEL:
        raise SourceError(
            tr(
                "The board on {name} (firmware {firmware}) speaks protocol level {theirs}, newer "
                "than level {ours} of this program. Update unclench.",
                name=name,
                firmware=firmware,
                theirs=hello.level,
                ours=ids.LEVEL,
            ),
            Trouble.NEWER,
        )
    if hello.level < ids.LEVEL:
        raise SourceError(
            tr(
                "The board on {name} (firmware {firmware}) speaks protocol level {theirs}, older "
                "than level {ours} of this program. Update the board's firmware (`unclench board "
                "install`).",
                name=name,
                firmware=firmware,
                theirs=hello.level,
                ours=ids.LEVEL,
            ),
            Trouble.OLDER,
        )
