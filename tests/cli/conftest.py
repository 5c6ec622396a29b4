"""The command line in this process, and in one of its own."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner

from unclench.cli import main

LONG_S = 120.0  # only against hanging
COMMAND = (sys.executable, "-W", "error", "-m", "unclench.cli")


@dataclass(frozen=True)
class Ran:
    """What a command left."""

    status: int
    out: str
    err: str

    def sentence(self) -> str:
        """Return what went wrong: one sentence on stderr, status 2, no traceback."""
        assert self.status == 2, (self.status, self.out, self.err)
        assert "Traceback" not in self.err
        assert self.out == ""
        said = self.err.strip()
        assert "\n" not in said, said
        assert said.endswith("."), said
        return said


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Ran]:
    """Run `unclench ...` in this process, with its exit status."""

    def run_here(*arguments: object) -> Ran:
        with CliRunner().isolation() as (out, err, _):
            monkeypatch.setattr(sys, "argv", ["unclench", *(str(a) for a in arguments)])
            status: object = 0
            try:
                main()
            except SystemExit as left:
                status = left.code
            return Ran(int(status or 0), out.getvalue().decode(), err.getvalue().decode())  # type: ignore[call-overload]

    return run_here


@pytest.fixture
def no_display() -> dict[str, str]:
    """The environment without any screen."""
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    return {k: v for k, v in os.environ.items() if k not in screens}


@pytest.fixture
def run_apart() -> Callable[..., Ran]:
    """Run `unclench ...` in a process of its own."""

    def run_there(*arguments: object, **options) -> Ran:
        done = subprocess.run(
            [*COMMAND, *(str(a) for a in arguments)],
            capture_output=True,
            text=True,
            timeout=LONG_S,
            check=False,
            **options,
        )
        return Ran(done.returncode, done.stdout, done.stderr)

    return run_there


@pytest.fixture
def spawn() -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start `unclench ...` and go on; ended with the test."""
    with contextlib.ExitStack() as stack:

        def start(*arguments: object, **options) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [*COMMAND, *(str(a) for a in arguments)],
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                **options,
            )
            stack.enter_context(process)
            stack.callback(lambda: process.poll() is None and process.kill())
            return process

        yield start


@pytest.fixture
def session(run, tmp_path) -> Path:
    """A session of two seconds with two channels."""
    folder = tmp_path / "session"
    arguments = ("--source", "sim:relaxed?channels=2", "--seconds", 2, "--speed", "max")
    assert run("record", *arguments, "--out", folder).status == 0
    return folder
