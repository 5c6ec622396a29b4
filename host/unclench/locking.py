"""One writer of a file or folder at a time, whichever program it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from unclench.errors import StoreError

_PATIENCE_S = 20.0  # a change takes a fraction of a second


@contextmanager
def locked(lock: Path, busy: str) -> Iterator[None]:
    """Hold the lock file `lock` while something is read, changed and written.

    The file stays: taking it away would let two hold locks of the same name at once. A file system
    that knows no locks goes without.

    Raises
    ------
    StoreError
        Another program holds it for long; `busy` is the sentence.
    OSError
        No file can be made there.
    """
    from filelock import FileLock, Timeout  # here, so that other commands stay quick

    held = FileLock(lock)
    try:
        held.acquire(timeout=_PATIENCE_S)
    except Timeout:
        raise StoreError(busy) from None
    except NotImplementedError:  # such a file system
        pass
    try:
        yield
    finally:
        held.release()
