"""Moves a session to the system's trash, from where it can be taken back."""

from __future__ import annotations

from pathlib import Path

from unclench.errors import StoreError


def move_to_trash(folder: Path) -> None:
    """Move a folder to the trash.

    Raises
    ------
    StoreError
        There is no trash for it: nothing is deleted then.
    """
    from send2trash import send2trash

    try:
        send2trash(folder.absolute())
    except OSError as error:
        why = error.strerror or str(error) or type(error).__name__
        raise StoreError(
            f"{folder} cannot be moved to the trash ({why}), so nothing was deleted: delete the "
            "folder yourself if you are sure."
        ) from error
