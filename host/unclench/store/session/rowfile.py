"""A CSV file that always ends with a complete row, whatever happens to the disk."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from unclench.errors import StoreError
from unclench.files import free_space, why_unwritable
from unclench.translation import tr


class RowFile:
    """A new file, unbuffered: after `append` the system has the rows.

    Raises
    ------
    StoreError
        The file exists or cannot be made.
    """

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self._path = path
        self._size = 0
        try:
            self._file = path.open("xb", buffering=0)
        except OSError as error:
            raise unwritable(path, error) from error
        _, failure = self.append((",".join(header) + "\n").encode())
        if failure is not None:
            self._file.close()
            raise failure

    def append(self, rows: bytes) -> tuple[int, StoreError | None]:
        """Write rows; return how many bytes were written, and the error that stopped the rest."""
        written = 0
        try:
            while written < len(rows):
                written += self._file.write(memoryview(rows)[written:])
        except OSError as error:
            kept = rows.rfind(b"\n", 0, written) + 1
            self._size += kept
            with suppress(OSError):  # a disk that was removed cannot be tidied
                self._file.truncate(self._size)
                self._file.seek(self._size)
            failure = unwritable(self._path, error)
            failure.__cause__ = error
            return kept, failure
        self._size += len(rows)
        return len(rows), None

    def sync(self) -> None:
        """Force the data to the disk, so that it survives a power failure."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise unwritable(self._path, error) from error

    def close(self) -> None:
        """Close the file; the system has all rows already."""
        self._file.close()


def unwritable(path: Path, error: OSError) -> StoreError:
    """Return the error for a file that cannot be written."""
    return StoreError(
        tr(
            "{path} cannot be written: {reason} ({space}). What was recorded until then is saved. "
            "Free some space, or record to another folder.",
            path=path,
            reason=why_unwritable(error),
            space=free_space(path.parent),
        )
    )
