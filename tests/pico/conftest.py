"""An emulated Pico with our firmware on it, where its image and boot ROM are given."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests import needs
from tests.pico.emulated import (
    EmulatedPico,
    Flash,
    Images,
    NoEmulatorError,
    prepare,
)
from tests.pico.host import Host

from unclench.board.files import firmware_files


def _missing(config: pytest.Config) -> str:
    """What is missing to run these tests, and how to get it."""
    if not config.getoption("pico_uf2") or not config.getoption("pico_bootrom"):
        return "a board image and its boot ROM: give --pico-uf2 IMAGE and --pico-bootrom ROM"
    try:
        prepare()
    except NoEmulatorError as error:
        return str(error)
    return ""


class _LeftOut(pytest.Module):
    """A file of tests that cannot run: skipped as one, not with a line for every test."""

    def collect(self) -> Any:
        needs.missing(_missing(self.config))


def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    """Leave the files of this folder out where something is missing."""
    return _LeftOut.from_parent(parent, path=module_path) if _missing(parent.config) else None


@pytest.fixture(scope="session")
def images(request: pytest.FixtureRequest) -> Images:
    """The MicroPython image and the boot ROM."""
    paths = [request.config.getoption(name) for name in ("pico_uf2", "pico_bootrom")]
    for path in paths:
        if not path.is_file():
            pytest.fail(f"there is no file {path}")
    return Images(*paths)


@pytest.fixture(scope="session")
def flash(images: Images, tmp_path_factory: pytest.TempPathFactory) -> Flash:
    """File systems, made once each."""
    return Flash(images, tmp_path_factory.mktemp("flash"))


@pytest.fixture
def power_on(flash: Flash) -> Iterator[Callable[..., EmulatedPico]]:
    """Give a board power: our firmware's files and `more`, or a file system as it was left."""
    with ExitStack() as stack:

        def power_on(
            more: dict[str, bytes] | None = None, left: Path | None = None, **how: Any
        ) -> EmulatedPico:
            files = left or flash.with_files({**firmware_files(), **(more or {})})
            return stack.enter_context(EmulatedPico(flash.images, files, **how))

        yield power_on


@pytest.fixture
def board(power_on: Callable[..., EmulatedPico]) -> Callable[..., Host]:
    """A board that has said hello, with the host on its port."""

    def board(*given: Any, **how: Any) -> Host:
        host = Host(power_on(*given, **how))
        host.wait_for_hello()
        return host

    return board
