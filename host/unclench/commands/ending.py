"""When a run without a window is over, and what went wrong then."""

from __future__ import annotations

import time
from collections.abc import Callable

from unclench.live.pipeline import Pipeline
from unclench.wording import capital

_PATIENCE_S = 5.0  # beyond the time asked for, for a board that is away


class Ending:
    """Waits for the end of a stream, but not for ever for a board that stays away.

    Parameters
    ----------
    pipeline
        Running.
    seconds
        Of signal that were asked for, which the pipeline ends after; None: until it is stopped.
    """

    def __init__(
        self,
        pipeline: Pipeline,
        seconds: float | None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pipeline, self._seconds, self._clock = pipeline, seconds, clock
        self._began_s = clock()

    def over(self, wait_s: float) -> bool:
        """Wait so long for the end; say whether it has come."""
        return self._pipeline.wait(wait_s) or self._stayed_away

    @property
    def trouble(self) -> str | None:
        """Why it is over before its time, as a sentence without its full stop; None: it is not."""
        status = self._pipeline.status
        if status.cut_short:
            return capital(status.why)
        if not status.ended and self._stayed_away:
            return f"{self._pipeline.info.source} went away and did not come back ({status.why})"
        return None

    @property
    def _stayed_away(self) -> bool:
        if self._seconds is None or self._pipeline.status.connected:
            return False
        return self._clock() - self._began_s - self._seconds > _PATIENCE_S
