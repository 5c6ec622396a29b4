"""A virtual board with more inputs than any real one, on a wire that carries them."""

from __future__ import annotations

import pytest

from unclench.profiles.kinds import BoardProfile
from unclench.profiles.known import BOARDS, RP2040
from unclench_wire import ids


def wide_board(n: int) -> BoardProfile:
    """Return a board with `n` inputs."""
    inputs = tuple(f"IN{k}" for k in range(n))
    return BoardProfile(
        name="wide", label="Wide board", converter=RP2040, inputs=inputs, rates_hz=(1000, 2000)
    )


def widen(monkeypatch: pytest.MonkeyPatch, n: int) -> None:
    """Let `sim:NAME?board=wide&channels=N` have up to `n` channels, as a later wire may."""
    monkeypatch.setattr(ids, "MAX_CHANNELS", n)
    monkeypatch.setitem(BOARDS, "wide", wide_board(n))
