"""The wire package under a real MicroPython: it does there what it does here, byte for byte."""

from __future__ import annotations

import ast
import itertools
import json
import random
import shutil
import struct
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from unclench_wire import ids
from unclench_wire.framing import encode_frame
from unclench_wire.messages import (
    Channel,
    Hello,
    Stamp,
    pack_command,
    pack_hello,
    pack_samples_head,
)

LIB = Path(__file__).parents[2] / "firmware" / "lib"
SCRIPT = Path(__file__).with_name("on_both.py")


def run(interpreter: str, do: str, lib: Path = LIB, **task: Any) -> Any:
    """Do one task in one interpreter."""
    done = subprocess.run(
        [interpreter, str(SCRIPT)],
        input=json.dumps({"do": do, "lib": str(lib), **task}, ensure_ascii=False),
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def plain_lib(tmp_path_factory) -> Path:
    """The library as a MicroPython sees it whose compiler makes no machine code."""
    lib = tmp_path_factory.mktemp("plain") / "lib"
    shutil.copytree(LIB / "unclench_wire", lib / "unclench_wire")
    native = lib / "unclench_wire" / "framing_native.py"
    source = native.read_text()
    assert "@micropython.viper" in source
    native.write_text(source.replace("@micropython.viper", "@micropython.asm_thumb"))
    return lib


@pytest.fixture
def both(micropython, plain_lib):
    """Do a task in both interpreters, hold them against each other, return what came of it.

    In MicroPython twice: by machine code, and as one does it that makes none.
    """

    def do_both(do: str, **task: Any) -> Any:
        here = run(sys.executable, do, **task)
        assert run(micropython, do, **task) == here
        assert run(micropython, do, lib=plain_lib, **task) == here
        return here

    return do_both


def some_payloads(n: int) -> list[bytes]:
    """Payloads of every awkward length, with few zeros, many, or none."""
    rng = random.Random(1)
    lengths = [1, 2, 3, 251, 252, 253, 254, 255, 506, 507, 508, ids.MAX_PAYLOAD]
    lengths += [rng.randint(1, ids.MAX_PAYLOAD) for _ in range(n)]
    alphabets = [b"\0", b"\x55", b"\0\x55", bytes(range(256)), bytes(range(1, 256))]
    return [bytes(rng.choices(rng.choice(alphabets), k=length)) for length in lengths]


def chip_only(path: Path) -> set[str]:
    """What a file needs that only the chip's MicroPython has."""
    needs = set()
    for node in ast.parse(path.read_text()).body:  # the top: what is imported later may be missing
        if isinstance(node, ast.Import):
            needs |= {alias.name for alias in node.names} & {"machine", "rp2"}
        elif isinstance(node, ast.FunctionDef):
            needs |= {d.attr for d in node.decorator_list if isinstance(d, ast.Attribute)} & {
                "asm_thumb"
            }
    return needs


def imported(path: Path) -> set[str]:
    """Modules of ours that a file imports at its top."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return found


def test_every_file_of_the_library_can_be_imported(micropython):
    """But those for which it takes the chip, and those that import one of them."""
    files = {
        ".".join(path.relative_to(LIB).with_suffix("").parts).removesuffix(".__init__"): path
        for path in sorted(LIB.rglob("*.py"))
    }
    del files["unclench_board.main"]  # a program: it is run, tests/firmware/test_fault.py does
    left_out = {name for name, path in files.items() if chip_only(path)}
    while more := {name for name, path in files.items() if imported(path) & left_out} - left_out:
        left_out |= more
    assert all(name.startswith("unclench_board.") for name in left_out)
    modules = [name for name in files if name not in left_out]
    assert len(modules) >= 12
    assert "unclench_board.summing" in modules
    assert run(micropython, "import", modules=modules) == modules


def test_framing_is_chosen_by_the_interpreter(micropython, plain_lib):
    assert run(sys.executable, "choice") == ["plain", "library"]
    assert run(micropython, "choice") == ["machine code"] * 2
    assert run(micropython, "choice", lib=plain_lib) == ["plain"] * 2


def test_frames_that_just_fit_write_nothing_beyond_the_buffer(both):
    """Nothing is written beyond them: machine code knows no bounds of its own."""
    lengths = [1, 2, 3, 4, 5, 7, 8, 9, *range(248, 262), *range(502, 516), ids.MAX_PAYLOAD]
    found = both("fit", lengths=lengths)
    for n, (size, *around), (target, behind) in zip(
        [n for n in lengths for _ in (0, 1)], found[::2], found[1::2], strict=True
    ):
        assert size <= n + 5 + (n + 2) // 254
        assert around[0] in ("00" * 8, "01" * 8)
        assert around[1] == around[0]
        assert target[:16] == "a5" * 8
        assert behind == "a5" * 8


def test_buffers_that_are_too_short_are_refused(both, micropython, plain_lib):
    assert both("refuse") == ["IndexError"] * 4 + ["TypeError"] * 2
    assert run(micropython, "overlong") == "IndexError"
    assert run(micropython, "overlong", lib=plain_lib) == "IndexError"


def test_both_interpreters_encode_frames_alike(both):
    payloads = some_payloads(100)
    frames = both("encode", payloads=[payload.hex() for payload in payloads])
    assert [bytes.fromhex(frame) for _, frame in frames] == [encode_frame(p) for p in payloads]


def test_the_checksum_has_the_standards_check_value(both):
    assert both("encode", payloads=[b"123456789".hex()])[0][0] == 0x29B1


def test_a_damaged_stream_in_pieces(both):
    rng = random.Random(2)
    stream = bytearray()
    for payload in some_payloads(60):
        frame = bytearray(encode_frame(payload))
        if rng.random() < 0.3:
            frame[rng.randrange(len(frame))] ^= rng.randint(1, 255)
        stream += frame
    stream += b"\x55" * 2000 + encode_frame(b"last")
    pieces = []
    while stream:
        n = rng.choice([1, 2, 64, 1000])
        pieces.append(bytes(stream[:n]).hex())
        del stream[:n]
    payloads, bad_frames = both("decode", pieces=pieces)
    assert payloads[-1] == b"last".hex()
    assert len(payloads) > 30
    assert bad_frames > 5


def test_hello_survives_any_label_in_both_interpreters(both):
    said = both("hello", labels=["", "Kiefer µ", "x" * 81, "x" + "€" * 40, "😀" * 21])
    assert [back["label"] for _, back in said][:2] == ["", "Kiefer µ"]
    for _, back in said:
        assert back["flags"] == ids.FLAG_STREAMING
        assert back["rate_num"] == 2**32 - 1
        assert back["channels"] == [[2**32 - 1, 1, 2], [3, 4, 5]]
        assert back["low_unit"] == -(2**31)


def test_both_interpreters_accept_and_reject_the_same_messages(both):
    hello = pack_hello(Hello([Channel(200_000)], label="µ"))
    samples = bytearray(14 + 18)
    pack_samples_head(samples, 3, 65535, Stamp(2**32 - 1, 2**32 - 1), 65535)
    later = bytearray(hello)
    later[1] = 2
    payloads = [hello[:n] for n in range(1, len(hello) + 1)]
    payloads += [bytes(samples[:n]) for n in range(1, len(samples) + 1)]
    payloads += [bytes(later), hello[:-2] + b"\xff\xfe", hello + b"later"]
    payloads += [bytes(14) + hello[14:], hello[:14] + bytes(100), hello[:46] + b"\xff" * 200]
    read = both("read", payloads=[payload.hex() for payload in payloads])
    assert read[len(hello) - 1]["label"] == "µ"
    assert read[len(hello) + len(samples) - 1] == [3, 65535, 2**32 - 1, 2**32 - 1, 65535]
    assert sum(isinstance(message, str) for message in read) > 60


def test_the_board_answers_alike_in_both_interpreters(both):
    commands = [
        pack_command(ids.CMD_HELLO, 1),
        pack_command(ids.CMD_SET_RATE, 2, struct.pack("<I", 4000)),
        pack_command(ids.CMD_SET_RATE, 3, struct.pack("<I", 0)),
        pack_command(ids.CMD_SET_CHANNELS, 4, b"\x03"),
        pack_command(ids.CMD_SET_GAIN, 5, struct.pack("<BI", 2, 2**32 - 1)),
        pack_command(ids.CMD_SET_STEP, 6, struct.pack("<h", -900)),
        pack_command(ids.CMD_START, 7),
        pack_command(ids.CMD_SET_STEP, 8, struct.pack("<h", 0)),
        pack_command(ids.CMD_COUNTERS, 9),
        pack_command(ids.CMD_ECHO, 10, b"\0\xff\0\x80"),
        pack_command(ids.CMD_NOISE, 11, b"\2"),
        pack_command(ids.CMD_LIGHT, 11, b"\1\2"),
        pack_command(ids.CMD_BLINK, 11, b"\1"),
        pack_command(ids.CMD_STOP, 11),
        pack_command(ids.CMD_NOISE, 11, b"\2"),
        pack_command(ids.CMD_HISTOGRAM, 11, struct.pack("<BHI", 2, 65535, 2**32 - 1)),
        pack_command(ids.CMD_SET_NOISE, 11, struct.pack("<BI", 1, 2**32 - 1)),
        pack_command(ids.CMD_SET_DEFAULTS, 11),
        pack_command(ids.CMD_START, 11),  # this hardware does not start twice
        pack_command(0x7F, 12),
        pack_command(ids.CMD_START, 13, b"too much"),
        pack_command(ids.CMD_START, 14, level=9),
        pack_command(ids.CMD_STOP, 15, b"of a later level", level=9),
        pack_command(ids.CMD_PROMPT, 16),
        b"\x04\x11\x01\x01an answer",
        b"\x12",
    ]
    pieces = [encode_frame(payload).hex() for payload in commands]
    pieces[3:3] = [b"AT\r\n\0".hex(), b"\x03\x03\x01\0".hex(), (b"\x55" * 300 + b"\0").hex()]
    sent, streaming, lost_samples = both("talk", pieces=pieces)
    assert [on for on, _ in itertools.groupby(streaming)] == [False, True, False]
    assert max(lost_samples) == 20 * streaming.count(True)  # one frame in three
    assert bytes.fromhex(sent).count(b"\0\0") > 20


@pytest.mark.parametrize("plain", [False, True], ids=["machine code", "plain"])
def test_a_frame_of_samples_allocates_nothing(micropython, plain_lib, plain):
    """So the garbage collector has nothing to do while the board streams.

    A frame that differs in size from the one before costs one slice of a memoryview.
    """
    encoded, sent, resized = run(micropython, "allocate", lib=plain_lib if plain else LIB)
    print(f"bytes per frame: encoder {encoded}, board {sent}, changing size {resized}")
    assert encoded == 0
    assert sent <= 1  # the view is made anew once, for the first frame
    assert resized <= 96
