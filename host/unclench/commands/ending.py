"""When a run without a window is over, and what went wrong then."""

from __future__ import annotations

import time
from collections.abc import Callable

from unclench.live.pipeline import Pipeline
from unclench.translation import tr
from unclench.wording import capital

_PATIENCE_S = 5.0  # for a disconnected board, beyond the time asked for


class Ending:
    """Waits for the end of a stream, and gives up on a board that stays disconnected.

    Parameters
    ----------
    pipeline
        Running.
    seconds
        Length of signal after which the pipeline ends; None: until it is stopped.
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
        """Wait up to `wait_s` for the end; return True once it has come."""
        return self._pipeline.wait(wait_s) or self._stayed_away

    @property
    def trouble(self) -> str | None:
        """Why it ended early, as a sentence without a full stop; None if it did not."""
        status = self._pipeline.status
        if status.cut_short:
            return capital(status.why)
        if not status.ended and self._stayed_away:
            return tr(
                "{source} was disconnected and did not reconnect ({why})",
                source=self._pipeline.info.source,
                why=status.why,
            )
        return None

    @property
    def _stayed_away(self) -> bool:
        if self._seconds is None or self._pipeline.status.connected:
            return False
        return self._clock() - self._began_s - self._seconds > _PATIENCE_S
