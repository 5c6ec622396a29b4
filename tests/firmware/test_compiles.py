"""Every file of the firmware is compiled for the RP2040's core, the machine code in it too."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.firmware.machine_code import FIRMWARE, compile_file

FILES = sorted(FIRMWARE.rglob("*.py"))


def test_the_firmwares_files_are_found():
    assert len(FILES) >= 10


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FIRMWARE)))
def test_every_file_compiles_for_the_chip(path: Path, tmp_path: Path):
    assert compile_file(path, tmp_path / "out.mpy").startswith(b"M\x06")
