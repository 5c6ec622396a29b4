"""A CSV file that only ever grows by whole rows, whatever happens to the disk."""

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from unclench.errors import StoreError
from unclench.files import free_space, why_unwritable


class RowFile:
    """A new file, opened unbuffered, so that what `append` returns from is with the system.

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
        """Write rows; return how many bytes of them stay, and what kept the rest back."""
        written = 0
        try:
            while written < len(rows):
                written += self._file.write(memoryview(rows)[written:])
        except OSError as error:
            kept = rows.rfind(b"\n", 0, written) + 1
            self._size += kept
            with suppress(OSError):  # a disk that was pulled out cannot be tidied either
                self._file.truncate(self._size)
                self._file.seek(self._size)
            failure = unwritable(self._path, error)
            failure.__cause__ = error
            return kept, failure
        self._size += len(rows)
        return len(rows), None

    def sync(self) -> None:
        """Have the system put it on the disk itself, where it outlives a power failure."""
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            raise unwritable(self._path, error) from error

    def close(self) -> None:
        """Close the file; all rows are with the system already."""
        self._file.close()


def unwritable(path: Path, error: OSError) -> StoreError:
    """Return the sentence for a file that the system will not write."""
    return StoreError(
        f"{path} cannot be written: {why_unwritable(error)} ({free_space(path.parent)}); "
        "what was recorded until then is kept: free some space, or record to another folder."
    )
