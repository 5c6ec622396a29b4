"""A program that fails says so, keeps the whole of it, and starts anew."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from unclench.link.decoder import LinkDecoder
from unclench.link.messages import ErrorReply
from unclench_wire import ids

LIB = Path(__file__).parents[2] / "firmware" / "lib"
SCRIPT = Path(__file__).with_name("fault_on_board.py")


@pytest.fixture
def fail(micropython, tmp_path):
    """Let /main.py fail; return what it wrote, and what it kept."""

    def run(how: str) -> tuple[bytes, str]:
        done = subprocess.run(
            [micropython, str(SCRIPT), str(LIB), how, str(tmp_path / "fault.txt")],
            capture_output=True,
            timeout=60,
            check=False,
        )
        assert done.stderr == b"restarts", done.stderr + done.stdout
        return done.stdout, (tmp_path / "fault.txt").read_text()

    return run


def test_a_program_that_cannot_be_imported_is_reported(fail):
    """As on a board on which a file is missing; here it is `rp2`, which no computer has."""
    said, kept = fail("import")
    (error,) = LinkDecoder().feed(said)
    assert isinstance(error, ErrorReply)
    assert (error.command, error.tag, error.code) == (0, 0, ids.ERR_HARDWARE)
    assert error.text.startswith("ImportError: no module named 'rp2'; File ")
    assert "start.py" in error.text
    assert "the board restarts" in error.text
    assert kept.startswith("Traceback")
    assert "ImportError: no module named 'rp2'" in kept


def test_an_error_while_running_is_reported_and_stored(fail):
    said, kept = fail("later")
    (error,) = LinkDecoder().feed(said)
    assert isinstance(error, ErrorReply)
    assert error.text.startswith("KeyError: gone; File ")
    assert "KeyError: gone" in kept


def test_without_the_wire_package_the_traceback_is_printed(fail):
    said, _ = fail("wire")
    assert b"ImportError" in said
    assert LinkDecoder().feed(said) == []


def test_a_repeated_error_is_stored_once(fail, tmp_path):
    fail("import")
    written = (tmp_path / "fault.txt").stat().st_mtime_ns
    fail("import")
    assert (tmp_path / "fault.txt").stat().st_mtime_ns == written
