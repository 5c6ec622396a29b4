"""How the tests of hardware/ run its commands."""

from __future__ import annotations

import runpy
import sys
from collections.abc import Callable

import pytest


@pytest.fixture
def run_module(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[object, str, str]]:
    """Run `python -m MODULE OPTIONS` in this process; return its status, output and errors."""

    def run(module: str, *options: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", [module, *options])
        status: object = 0
        try:
            runpy.run_module(module, run_name="__main__", alter_sys=True)
        except SystemExit as ended:
            status = ended.code
        return status, *capsys.readouterr()

    return run
