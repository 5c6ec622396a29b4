"""What can go wrong with a board, on an emulated Pico: nothing hangs, nothing is hidden."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.pico.emulated import EmulatedPico, EmulatedTransport
from tests.pico.host import Host, holes, ramp_sum

from unclench.board.files import firmware_files
from unclench.link.connection import Connection
from unclench.link.messages import ErrorReply, SampleFrame
from unclench_wire import ids
from unclench_wire.messages import Hello

Board = Callable[..., Host]
LEVELS = [1000, 2222, 3333]  # codes: a channel that changed places would be seen
PROMPT = b">>> "


def streaming(board: Board, channels: int = 3) -> tuple[Host, Hello, int]:
    """A host to which constant levels stream; its hello, and where the stream begins in `heard`."""
    host = board()
    host.pico.analog([{"level": level} for level in LEVELS])
    hello = host.set_up(2000, channels)
    since = host.start()
    host.run_ms(500)
    return host, hello, since


def check_rows(host: Host, hello: Hello, since: int) -> dict[str, int]:
    """Every row is right, and every hole is counted; the counters."""
    host.run_ms(100)
    counters = host.counters()
    host.run_ms(20)
    frames = host.frames(since)
    rows_per_block = len(frames[0][1].units)
    wanted = [level * hello.oversampling for level in LEVELS[: len(hello.channels)]]
    for _, frame in frames:
        assert (frame.units == wanted).all(), f"frame {frame.seq} has wrong sums"
    counted = counters["lost_samples"] + rows_per_block * counters["dma_overruns"]
    if not counters["fifo_overflows"]:  # these leave holes of their own (3.7)
        assert holes(frames) == counted
    assert host.decoder.bad_frames <= 2  # the frames that were cut
    return counters


@pytest.mark.parametrize("stall_ms", [30, 300, 2000])
def test_a_host_that_does_not_read(board: Board, stall_ms: int) -> None:
    host, hello, since = streaming(board)
    host.pico.stall(True)
    host.run_ms(stall_ms)
    host.pico.stall(False)
    resumed_ns = host.pico.nanos
    host.run_ms(2000)
    frames = host.frames(since)
    fresh = [
        (at, frame)
        for at, frame in frames
        if frame.device_us * 1000 > resumed_ns and at < resumed_ns + 100e6
    ]
    assert fresh, "no new sample within 100 ms"
    assert holes(fresh + [f for f in frames if f[0] > fresh[-1][0]]) == 0
    counters = check_rows(host, hello, since)
    if stall_ms == 2000:
        assert 0.5 * 4000 < counters["lost_samples"] + 20 * counters["dma_overruns"] <= 4000 + 200
    elif stall_ms == 30:
        assert holes(frames) <= 80


def test_a_port_closed_and_opened_again(board: Board) -> None:
    host, hello, _ = streaming(board)
    host.pico.port(False)
    host.run_ms(3000)
    host.pico.port(True)
    host.run_ms(100)
    connection = Connection(EmulatedTransport(host.pico), "pico", clock=host.pico)
    assert connection.handshake().oversampling == hello.oversampling
    again = host.start()
    host.run_ms(300)
    frames = host.frames(again)
    assert frames[0][1].index == 0
    assert holes(frames) == 0
    assert len(frames) >= 28


def test_a_port_closed_while_nothing_streams(board: Board) -> None:
    host = board()
    host.pico.port(False)
    host.run_ms(5000)
    host.pico.port(True)
    host.wait_for_hello(1600)
    assert host.order(ids.CMD_COUNTERS).ms < 50


def test_nobody_opens_the_port_for_a_while(power_on: Callable[..., EmulatedPico]) -> None:
    pico = power_on(port_open=False)
    pico.run_ms(8000)
    pico.port(True)
    host = Host(pico)
    host.wait_for_hello(1600)
    host.start()
    host.run_ms(100)
    assert host.frames()


def test_the_handshake_of_the_host(power_on: Callable[..., EmulatedPico]) -> None:
    pico = power_on()
    pico.run_ms(3000)
    connection = Connection(EmulatedTransport(pico), "pico", clock=pico)
    hello = connection.handshake()
    assert hello.fs_hz() == 2000
    connection.start()
    assert any(isinstance(m, SampleFrame) for _ in range(5) for m in connection.read(0.1))
    connection.close()


def test_hello_comes_in_time_and_not_before(power_on: Callable[..., EmulatedPico]) -> None:
    pico = power_on()
    host = Host(pico)
    host.wait_for_hello(5000)
    assert 2000 < pico.nanos / 1e6 < 4000  # 2.1, 4.13
    before_ns = host.heard[-1].nanos
    host.wait_for_hello()
    assert (host.heard[-1].nanos - before_ns) / 1e6 == pytest.approx(500, abs=20)


@pytest.mark.parametrize("us", [20, 200, 3000])
def test_an_overflow_of_the_fifo(board: Board, us: float) -> None:
    host, hello, since = streaming(board)
    host.pico.hold_dma(us)
    host.run_ms(500)
    frames = host.frames(since)
    counters = check_rows(host, hello, since)
    assert counters["fifo_overflows"] >= 1
    assert counters["lost_samples"] == 0
    told = [frame for _, frame in frames]
    assert told[-1].overflows == counters["fifo_overflows"]
    before = [frame for frame in told if frame.overflows == 0][-1]
    after = next(frame for frame in told if frame.overflows == told[-1].overflows)
    assert after.index > before.index + len(before.units), "no hole where readings are missing"
    # The count still goes by the clock: the next rows are where they belong.
    assert after.device_us - before.device_us == (after.index - before.index) * 500
    state = host.pico.state()
    complete_us = state["conversions"]["started"] / 1000 + len(after.units) * 500
    assert after.device_us == pytest.approx(complete_us, abs=50)


def test_many_overflows_at_any_moment(board: Board) -> None:
    """Also one that comes while the board begins anew after another: no row leaves its place."""
    host, hello, since = streaming(board)
    started_us = host.pico.state()["conversions"]["started"] / 1000
    chance = random.Random(9)
    for _ in range(60):
        host.run_ms(60 * chance.random())
        host.pico.hold_dma(chance.choice([9, 12, 20, 100, 1000, 9000, 15_000, 40_000]))
    host.run_ms(300)
    counters = check_rows(host, hello, since)
    assert counters["fifo_overflows"] > 40
    stamps = [f.device_us - 500 * (f.index + len(f.units)) for _, f in host.frames(since)]
    assert stamps == pytest.approx([started_us] * len(stamps), abs=50)


def test_a_core_that_stands_still_for_long(board: Board) -> None:
    host, hello, since = streaming(board)
    host.pico.hold_core(150)
    host.run_ms(500)
    counters = check_rows(host, hello, since)
    assert counters["dma_overruns"] >= 5
    assert counters["fifo_overflows"] == 0


def test_a_core_that_stands_still_for_a_moment(board: Board) -> None:
    host, hello, since = streaming(board)
    host.pico.hold_core(22)  # two blocks are complete then, and the oldest lives for 70 ms
    host.run_ms(500)
    counters = check_rows(host, hello, since)
    assert counters["late_services"] >= 1
    assert counters["dma_overruns"] == counters["lost_samples"] == counters["fifo_overflows"] == 0
    assert holes(host.frames(since)) == 0


def test_no_block_is_sent_that_was_overwritten_meanwhile(board: Board) -> None:
    """The core stands still while it sums, among other moments; a ramp tells old from new."""
    host = board()
    host.pico.analog([{"ramp": True}])
    hello = host.set_up(2000, 1)
    since = host.start()
    started_ns = host.pico.state()["conversions"]["started"]
    for step in range(40):
        blocks_ns = (host.pico.nanos - started_ns) // 10_000_000 * 10_000_000
        at_ns = started_ns + blocks_ns + 150_000_000 + step * 50_000  # so long after a block's end
        host.run_ms((at_ns - host.pico.nanos) / 1e6)
        host.pico.hold_core(73)
    host.run_ms(100)
    counters = host.counters()
    frames = host.frames(since)
    over = hello.oversampling
    first = next(n for n in range(4096) if ramp_sum(n, over) == frames[0][1].units[0, 0])
    for _, frame in frames:
        for k, unit in enumerate(frame.units[:, 0]):
            assert unit == ramp_sum(first + (frame.index + k) * over, over), f"row {k} of {frame}"
    assert counters["fifo_overflows"] == counters["lost_samples"] == 0
    assert counters["dma_overruns"] >= 10
    assert holes(frames) == 20 * counters["dma_overruns"]


def test_settings_outlive_power(board: Board, tmp_path: Path) -> None:
    host = board()
    host.set_up(4000, 2, 900)
    host.order(ids.CMD_SET_GAIN, "BI", 1, 201_000)
    host.order(ids.CMD_SET_NOISE, "BI", 0, 210)
    host.pico.save(tmp_path / "left")
    told = board(left=tmp_path / "left").wait_for_hello()
    assert (told.fs_hz(), len(told.channels), told.step_mlsb) == (4000, 2, 900)
    assert [c.gain_milli for c in told.channels] == [200_000, 201_000]
    assert [c.noise_nv for c in told.channels] == [210, 0]


@pytest.mark.parametrize("torn", [False, True], ids=["before", "amid"])
@pytest.mark.parametrize("command", ["first", "second", "defaults"])
def test_a_power_cut_at_every_flash_operation(
    board: Board, tmp_path: Path, command: str, torn: bool
) -> None:
    """The old settings or the new ones, and a board that works."""
    left = None
    old, new = 0, 900
    if command != "first":
        host = board()
        host.order(ids.CMD_SET_STEP, "h", 700)
        left = tmp_path / "left"
        host.pico.save(left)
        old = 700
    if command == "defaults":
        new = 0

    def write(host: Host) -> None:
        if command == "defaults":
            host.tell(ids.CMD_SET_DEFAULTS)
        else:
            host.tell(ids.CMD_SET_STEP, new.to_bytes(2, "little"))

    host = board(left=left)
    before = host.pico.state()["flash_operations"]
    write(host)
    host.run_ms(1000)
    operations = host.pico.state()["flash_operations"] - before
    assert operations > 0
    outcomes = []
    for operation in range(1, operations + 1):
        host = board(left=left)
        assert host.pico.state()["flash_operations"] == before
        host.pico.cut_power_at(before + operation, torn)
        write(host)
        host.run_ms(1000)
        assert host.pico.power_lost
        cut = tmp_path / f"cut-{operation}"
        host.pico.save(cut)
        host.pico.close()
        again = board(left=cut)
        hello = again.wait_for_hello()
        assert hello.step_mlsb in (old, new)
        assert "unreadable" not in hello.label
        outcomes.append(hello.step_mlsb)
        again.order(ids.CMD_SET_STEP, "h", 333)  # and it can still be written
        assert again.wait_for_hello().step_mlsb == 333
        again.pico.close()
    assert outcomes == sorted(outcomes, key=lambda x: x == new), "new, then old again"


KEPT = (
    b'{"version": 1, "rate_hz": %s, "channels": 2, "gain_milli": %s, "noise_nv": [0, 0, 0], '
    b'"step_mlsb": %s}'
)
SPOILT = {
    "empty": b"",
    "cut": b'{"version": 1, "rate',
    "not text": b"\xff\xfe\x00",
    "null": b"null",
    "a list": b"[1, 2]",
    "rate with a point": KEPT % (b"2000.0", b"[200000, 200000, 200000]", b"900"),
    "gain with a point": KEPT % (b"2000", b"[200000.5, 200000, 200000]", b"900"),
    "step with a point": KEPT % (b"2000", b"[200000, 200000, 200000]", b"1.5"),
    "step in words": KEPT % (b"2000", b"[200000, 200000, 200000]", b'"900"'),
}


@pytest.mark.parametrize("kind", SPOILT)
def test_settings_that_make_no_sense(board: Board, kind: str) -> None:
    """A board that could not start with them could not be told others either."""
    host = board({"/unclench_settings.json": SPOILT[kind]})
    host.order(ids.CMD_SET_STEP, "h", 700)
    assert host.wait_for_hello().step_mlsb == 700


FULL = b"""
def fill(name, size):
    with open(name, "wb") as file:
        while True:
            file.write(bytes(size))
            file.flush()
n = 0
try:
    fill("/full", 4096)
except OSError:
    pass
for size in (300, 100):  # what is small lies in the folder itself
    try:
        while True:
            with open("/full%d" % n, "wb") as file:
                file.write(bytes(size))
            n += 1
    except OSError:
        pass
from unclench_board.start import main
main(0)
"""


def test_a_full_flash_refuses_in_words(power_on: Callable[..., EmulatedPico]) -> None:
    host = Host(power_on({"/main.py": FULL}))
    host.wait_for_hello(60_000)
    answer = host.ask(ids.CMD_SET_STEP, b"\x84\x03").message
    assert isinstance(answer, ErrorReply)
    assert answer.code == ids.ERR_HARDWARE
    assert len(answer.text.split()) > 3, f"no sentence: {answer.text!r}"
    assert host.order(ids.CMD_HELLO).ms < 50


def wait_for_prompt(pico: EmulatedPico) -> bytes:
    pico.run_ms(1500)
    pico.take()
    pico.send(b"\r\n1234+1\r\n")
    pico.run_ms(200)
    return pico.take()


@pytest.mark.parametrize("at_ms", [500, 800, 1500, 1950])
def test_ctrl_c_in_the_first_seconds_gives_the_prompt(
    power_on: Callable[..., EmulatedPico], at_ms: float
) -> None:
    pico = power_on()
    pico.run_ms(at_ms)
    assert Host(pico).run_ms(0) == []
    pico.send(b"\x03")
    assert b"1235" in wait_for_prompt(pico)


def test_a_pin_held_low_gives_the_prompt(power_on: Callable[..., EmulatedPico]) -> None:
    pico = power_on(inputs={22: 0})
    pico.run_ms(2500)
    assert b"1235" in wait_for_prompt(pico)


def test_prompt_gives_the_prompt_also_amid_a_stream(board: Board) -> None:
    host, _, _ = streaming(board)
    assert host.order(ids.CMD_PROMPT).ms < 50
    assert b"1235" in wait_for_prompt(host.pico)
    host.pico.send(b"\x04")  # a soft reset runs the program anew
    host.wait_for_hello()


def test_ctrl_c_is_data_afterwards(board: Board) -> None:
    host, hello, since = streaming(board)
    host.pico.send(b"\x03\x03\x00\x03\x00")
    host.run_ms(300)
    counters = check_rows(host, hello, since)
    assert counters["bad_frames"] > 0
    assert counters["lost_samples"] == 0


FAULTY = b"""
import unclench_board.hardware as hardware
service, calls = hardware.Hardware.service, [0]
def faulty(self, board):
    calls[0] += 1
    if calls[0] == 30:
        raise RuntimeError("gone wrong")
    service(self, board)
hardware.Hardware.service = faulty
"""
OUR_MAIN = firmware_files()["/main.py"]


def test_a_fault_is_told_and_the_board_starts_anew(board: Board) -> None:
    host = board({"/main.py": FAULTY + OUR_MAIN})
    since = host.start()
    error = host.wait_for(lambda m: isinstance(m, ErrorReply), 2000).message
    assert isinstance(error, ErrorReply)
    assert (error.command, error.tag, error.code) == (0, 0, ids.ERR_HARDWARE)
    assert "gone wrong" in error.text
    assert host.frames(since)
    hello = host.wait_for_hello(4000)
    assert not hello.flags & ids.FLAG_STREAMING
    again = host.start()
    host.run_ms(100)
    assert host.frames(again)
    assert host.pico.state()["conversions"]["lost"] == 0


@pytest.mark.parametrize(
    "broken",
    [
        {"/main.py": b"import unclench_board.start as start\nstart.Light = None\n" + OUR_MAIN},
        {"/lib/unclench_board/light.py": b"def light(:\n"},
    ],
    ids=["a mistake", "a broken file"],
)
def test_a_board_that_cannot_begin_says_so(
    power_on: Callable[..., EmulatedPico], broken: dict[str, bytes]
) -> None:
    host = Host(power_on(broken))
    error = host.wait_for(lambda m: isinstance(m, ErrorReply), 6000).message
    assert isinstance(error, ErrorReply)
    assert error.command == 0


def test_light(board: Board) -> None:
    host = board()

    def seen(ms: int) -> list[float]:
        lights = []
        for _ in range(ms // 20):
            host.run_ms(20)
            lights.append(host.pico.state()["light"])
        return lights

    waiting = seen(2500)
    assert max(waiting) > 0.5
    assert sum(x > 0 for x in waiting) < 0.1 * len(waiting), "waiting is a short flash"
    host.start()
    host.run_ms(100)
    steady = set(seen(300))
    assert len(steady) == 1
    assert 0.01 < steady.pop() < 0.1  # seen, and not in the way
    host.order(ids.CMD_LIGHT, "BB", 1, 255)
    assert set(seen(200)) == {1.0}
    host.order(ids.CMD_LIGHT, "BB", 1, 0)
    assert set(seen(200)) == {0.0}
    host.order(ids.CMD_LIGHT, "BB", 0, 0)
    host.order(ids.CMD_BLINK, "B", 1)
    blinking = seen(900)
    assert 0.3 < sum(x > 0.5 for x in blinking) / len(blinking) < 0.7
    host.run_ms(300)
    assert len(set(seen(300))) == 1
    host.pico.hold_dma(100)
    trouble = seen(600)
    assert 0.3 < sum(x > 0.5 for x in trouble) / len(trouble) < 0.7
