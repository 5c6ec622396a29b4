"""One change of a session at a time, whichever program makes it."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from unclench.locking import locked as _locked
from unclench.store.session.folder import LOCK


def locked(folder: Path) -> AbstractContextManager[None]:
    """Hold a session while something in it is read, changed and written.

    See `unclench.locking.locked` for what it raises.
    """
    busy = f"{folder} is being changed by another program: try again when that is done."
    return _locked(folder / LOCK, busy)
