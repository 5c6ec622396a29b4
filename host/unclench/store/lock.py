"""One change of a session at a time, whichever program makes it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unclench.errors import StoreError
from unclench.store.folder import LOCK

_PATIENCE_S = 20.0  # a change takes milliseconds


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold a session while something in it is read, changed and written.

    The file stays: taking it away would let two hold locks of the same name at once. A file system
    that knows no locks goes without.

    Raises
    ------
    StoreError
        Another program holds it for long.
    OSError
        No file can be made in the folder.
    """
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    try:
        lock.acquire(timeout=_PATIENCE_S)
    except Timeout:
        raise StoreError(
            f"{folder} is being changed by another program: try again when that is done."
        ) from None
    except NotImplementedError:
        pass
    try:
        yield
    finally:
        lock.release()
