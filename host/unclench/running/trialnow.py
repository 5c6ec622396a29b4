"""What a self-trial asks for now: its day may end while somebody watches."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from unclench.trial.phases import Standing, note_deviation
from unclench.trial.words import SHOWN_ANYWAY, standing_words

LOOK_S = 30.0  # between two looks


class TrialNow:
    """Where the self-trial stands that a signal belongs to, if any.

    Parameters
    ----------
    standing
        Tells where it stands, None where no trial is about this signal.
    clock
        Host monotonic seconds.
    """

    def __init__(
        self, standing: Callable[[], Standing | None], clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._standing, self._clock = standing, clock
        self._looked_s = clock()
        self._shown_block = -1  # in which a person wanted to see tension anyway
        self.now = standing()

    def look(self) -> bool:
        """Look again if it is time to; say whether something else holds now."""
        return self._clock() - self._looked_s >= LOOK_S and self.look_now()

    def look_now(self) -> bool:
        """Look again; say whether something else holds now."""
        self._looked_s = self._clock()
        before, self.now = (self.words, self.shown), self._standing()
        return (self.words, self.shown) != before

    @property
    def shown(self) -> bool:
        """Whether tension may be shown."""
        return self.now is None or self.now.feedback or self._shown_anyway

    @property
    def words(self) -> str:
        """Where it stands; '' without a trial."""
        if self._shown_anyway:
            return SHOWN_ANYWAY
        return "" if self.now is None else standing_words(self.now)

    def in_session(self) -> dict[str, Any]:
        """Entries of session.json; none without a trial."""
        return {} if self.now is None else self.now.in_session(shown=self._shown_anyway)

    def show_anyway(self, where: str) -> None:
        """Show tension in this block, and keep that it was shown in `where`. Raises StoreError."""
        if self.now is not None and self.now.block is not None:
            self._shown_block = self.now.block.number
            note_deviation(where)

    @property
    def _shown_anyway(self) -> bool:
        block = None if self.now is None else self.now.block
        return block is not None and not block.feedback and block.number == self._shown_block
