"""Whether Qt starts on this machine: tried once a run, for all tests that need it."""

from __future__ import annotations

from functools import cache

import pytest

from unclench.desktop.display import check_display
from unclench.errors import DisplayError


@cache
def why_not() -> str | None:
    """Return why Qt cannot draw here, not even offscreen; None where it can."""
    with pytest.MonkeyPatch.context() as patch:
        draw_offscreen(patch)
        try:
            check_display(instead="")
        except DisplayError as error:  # the libraries that Qt needs are missing
            return str(error)
    return None


def draw_offscreen(patch: pytest.MonkeyPatch) -> None:
    """Keep windows off the screen of the person at work, if there is one."""
    patch.setenv("QT_QPA_PLATFORM", "offscreen")
