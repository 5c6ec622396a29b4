"""Views made by hand, without any terminal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from unclench.live.blocks import LiveStatus
from unclench.live.reading import Reading
from unclench.live.words import STATE_WORDS
from unclench.terminal.view import Channel, ChannelView, View

ROW_S = 0.02
FS_HZ = 2000.0


@pytest.fixture
def status() -> LiveStatus:
    """Twelve seconds, connected, nothing lost."""
    return LiveStatus(True, False, "", round(12 * FS_HZ), 0, 0, 0, 0)


@pytest.fixture
def channel_view() -> Callable[..., ChannelView]:
    """Make a channel with a steady tension of `level_uv`, for 12 s."""

    def make(title: str = "Channel 1", level_uv: float = 2.3, **changes: Any) -> ChannelView:
        rows = np.full(600, level_uv)
        made = ChannelView(
            Channel(title, 0.62),
            Reading(level_uv, STATE_WORDS["good"]),
            "",
            rows,
            np.ones(600, np.bool_),
        )
        return replace(made, **changes)

    return make


@pytest.fixture
def view(status: LiveStatus, channel_view: Callable[..., ChannelView]) -> Callable[..., View]:
    """Make a view of `channels`; of one at rest unless given."""

    def make(*channels: ChannelView, **changes: Any) -> View:
        made = View(
            "Virtual board: relaxed",
            FS_HZ,
            status,
            np.arange(600),
            ROW_S,
            channels or (channel_view(),),
        )
        return replace(made, **changes)

    return make
