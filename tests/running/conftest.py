"""Every command that runs a source, called for a few seconds of signal."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from tests.commandline import Ran, run_command

from unclench.settings import Place, Settings, save_settings

COMMANDS = ("record", "live", "watch", "session", "calibrate")
SIM = ("--source", "sim:person", "--speed", "max")
PROGRAM = """
title = "Short"
purpose = "A test."
evidence = "None."
step = [{ kind = "settle", seconds = 3 }]
"""


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., Ran]:
    """Run a command for three seconds of signal or more: `run("watch", "--count", path)`."""
    program = tmp_path / "short.toml"
    program.write_text(PROGRAM, encoding="utf-8")
    place, three = ("--place", "1:shoulder:left"), ("--seconds", "3")
    given: dict[str, tuple[object, ...]] = {
        "record": (*three, *place, "--out", tmp_path / "recorded"),
        "live": ("--terminal", *three),
        "watch": ("--terminal", *three, *place, "--out", tmp_path / "days"),
        "session": (program, "--terminal", *place, "--out", tmp_path / "session"),
        "calibrate": ("--reference", "none", *place),
    }
    return lambda command, *more: run_command(command, *SIM, *given[command], *more)


@pytest.fixture
def settled() -> Settings:
    """Somebody who has read the safety page and whose sensor is on the left shoulder."""
    place = Place(channel=1, site="shoulder", side="left")
    settings = Settings(safety_read=date(2026, 1, 1), places=(place,))
    save_settings(settings)
    return settings
