"""Tests here share helpers: `machine_code.py` runs what mpy-cross compiles, `chip.py` is a chip."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest


@pytest.fixture(scope="module")
def _only_new_objects() -> Iterator[None]:
    """Let the garbage collector look at nothing else: it then takes a millisecond."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def chips_are_freed(_only_new_objects: None) -> Iterator[None]:
    """Free an emulated chip with its test: it has 16 MiB of flash, and refers to itself."""
    yield
    gc.collect()
