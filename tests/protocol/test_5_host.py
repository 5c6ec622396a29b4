"""PROTOCOL.md, clause 5: what a host does, towards the real board code on a bench."""

import time

import pytest

from unclench.errors import SourceError
from unclench.link import connection as connection_module
from unclench.link import reader as reader_module
from unclench.link.connection import Connection
from unclench.link.messages import Arrived, Connected, Disconnected
from unclench.link.reader import LinkReader
from unclench_wire import ids
from unclench_wire.framing import FrameDecoder, encode_frame
from unclench_wire.messages import pack_error, pack_reply


class Wire:
    """A transport straight into a bench's board; everything that the host sends is noted."""

    def __init__(self, bench, first: bytes = b"") -> None:
        self.bench = bench
        self.sent_by_host = FrameDecoder()
        self.payloads: list[bytes] = []
        self.closed = False
        self.before_answers = b""  # put on the line ahead of what the next command brings
        self._at = 0
        bench.sent[:0] = first

    @property
    def commands(self) -> list[int]:
        return [payload[0] for payload in self.payloads]

    def read(self, timeout_s: float) -> bytes:
        data = bytes(self.bench.sent[self._at :])
        self._at += len(data)
        if not data:
            time.sleep(min(timeout_s, 0.001))  # the board may be in another thread
        return data

    def write(self, data: bytes | bytearray | memoryview) -> int:
        self.payloads += self.sent_by_host.feed(bytes(data))
        self.bench.sent += self.before_answers
        self.before_answers = b""
        self.bench.board.receive(bytes(data))
        return len(data)

    def drain(self) -> None:
        pass

    def close(self) -> None:
        self.closed = True


def test_5_1_stale_bytes_at_opening_do_no_harm(bench):
    stale = encode_frame(b"\x02" + bytes(range(1, 200)))[50:]
    bench.board.beacon()
    connection = Connection(Wire(bench, first=stale), "port")
    assert connection.handshake().label == "bench"
    assert connection.decoder.bad_frames == 0


def test_5_1_an_answer_has_the_id_and_the_tag(bench):
    wire = Wire(bench)
    connection = Connection(wire, "port")
    connection.command(ids.CMD_STOP)
    tag = wire.payloads[-1][2] + 1 & 0xFF
    stale = [
        pack_reply(ids.CMD_ECHO, tag ^ 1, b"another tag"),
        pack_reply(ids.CMD_STOP, tag, b"another command"),
        pack_error(ids.CMD_ECHO, tag ^ 1, ids.ERR_VALUE, "another tag"),
        pack_error(ids.CMD_STOP, tag, ids.ERR_VALUE, "another command"),
    ]
    wire.before_answers = b"".join(encode_frame(payload) for payload in stale)
    assert connection.command(ids.CMD_ECHO, b"mine")[:4] == b"mine"


@pytest.mark.parametrize(
    ("heard", "words"), [(b"", "Nothing arrived"), (b"login: ", "not an unclench board")]
)
def test_5_2_silence_and_strangers_are_told_apart(bench, heard, words):
    with pytest.raises(SourceError, match=words):
        Connection(Wire(bench, first=heard), "port").handshake(wait_s=0.01)


def test_5_2_it_listens_for_three_beacons():
    assert connection_module.HELLO_WAIT_S * 1000 >= 3 * ids.BEACON_MS


def test_5_3_a_board_that_still_streams_is_stopped_and_asked(bench):
    bench.tell(ids.CMD_START)
    bench.stream(5)
    del bench.sent[:20]
    wire = Wire(bench)
    hello = Connection(wire, "port").handshake()
    assert hello.label == "bench"
    assert wire.commands == [ids.CMD_STOP, ids.CMD_HELLO]
    assert not bench.board.streaming


def test_5_4_a_board_that_restarted_is_started_anew(new_bench):
    first, second = new_bench(), new_bench()
    wires = [Wire(first), Wire(second)]
    first.board.beacon()
    reader = LinkReader(lambda: wires.pop(0), "port")
    wire = wires[0]
    reader.start()
    try:
        assert isinstance(reader.events.get(timeout=10), Connected)
        first.stream(1)
        assert isinstance(reader.events.get(timeout=10), Arrived)
        second.board.beacon()
        first.board.beacon()  # as after a reset
        event = reader.events.get(timeout=10)
        assert isinstance(event, Disconnected)
        assert "restarted" in event.reason
        assert isinstance(reader.events.get(timeout=10), Connected)
        assert second.board.streaming
        assert wire.closed
    finally:
        reader.stop()


def test_5_5_silence_begins_anew(new_bench, monkeypatch):
    assert reader_module._SILENT_S == 2.0
    monkeypatch.setattr(reader_module, "_SILENT_S", 0.0)
    benches = [new_bench(), new_bench()]
    for bench in benches:
        bench.board.beacon()
    wires = [Wire(bench) for bench in benches]

    def open_next() -> Wire:
        if not wires:
            raise SourceError("unplugged")
        return wires.pop(0)

    reader = LinkReader(open_next, "port")
    reader.start()
    try:
        kinds = [type(reader.events.get(timeout=10)) for _ in range(3)]
    finally:
        reader.stop()
    assert kinds == [Connected, Disconnected, Connected]
    assert benches[1].hardware.told[0] == ("start",)


def test_5_6_stop_at_leaving(bench):
    bench.tell(ids.CMD_START)
    wire = Wire(bench)
    Connection(wire, "port").close()
    assert wire.commands == [ids.CMD_STOP]
    assert wire.closed
    assert not bench.board.streaming
