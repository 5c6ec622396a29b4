"""Running `unclench ...` in this process, as if it were one of its own."""

from __future__ import annotations

import contextlib
import io
import os
import signal
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TextIO

from unclench.cli import main


@dataclass(frozen=True)
class Ran:
    """What a command left behind."""

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


@contextlib.contextmanager
def lent_process(stdin: TextIO, stdout: TextIO, stderr: TextIO) -> Iterator[None]:
    """Give this process other streams and a fresh one's Ctrl-C; take everything back at the end.

    A command may set signal handlers and environment variables; no other test sees them.
    """
    names = [name for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)]
    handlers = {name: signal.getsignal(getattr(signal, name)) for name in names}
    before = sys.argv, sys.stdin, sys.stdout, sys.stderr, dict(os.environ)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    sys.stdin, sys.stdout, sys.stderr = stdin, stdout, stderr
    try:
        yield
    finally:
        sys.argv, sys.stdin, sys.stdout, sys.stderr, environment = before
        os.environ.clear()
        os.environ.update(environment)
        for name, handler in handlers.items():
            signal.signal(getattr(signal, name), handler)


def status_of(arguments: tuple[object, ...], stderr: TextIO) -> int:
    """Run `unclench ...` and return the status with which a process would end."""
    sys.argv = ["unclench", *(str(argument) for argument in arguments)]
    try:
        main()
    except SystemExit as end:
        if isinstance(end.code, str):
            stderr.write(f"{end.code}\n")
            return 1
        return end.code or 0
    return 0


def run_command(
    *arguments: object,
    typed: str = "",
    during: contextlib.AbstractContextManager[object] | None = None,
) -> Ran:
    """Run `unclench ...` in this process, as if its streams were pipes.

    `typed` is what its standard input holds; `during` is entered while it runs.
    """
    out, err = io.BytesIO(), io.BytesIO()
    stdin = io.TextIOWrapper(io.BytesIO(typed.encode()), "utf-8")
    stdout, stderr = (io.TextIOWrapper(pipe, "utf-8", newline="\n") for pipe in (out, err))
    with lent_process(stdin, stdout, stderr), during or contextlib.nullcontext():
        status = status_of(arguments, stderr)
    for stream in (stdout, stderr):
        if not stream.closed:
            stream.flush()
    return Ran(status, out.getvalue().decode(), err.getvalue().decode())
