"""Only one program changes a session at a time."""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path

from unclench.locking import locked as _locked
from unclench.store.session.folder import LOCK
from unclench.translation import tr


def locked(folder: Path) -> AbstractContextManager[None]:
    """Lock a session while it is read, changed and written; see `unclench.locking.locked`."""
    busy = tr(
        "{folder} is being changed by another program. Try again when it is done.", folder=folder
    )
    return _locked(folder / LOCK, busy)
