"""Moves a session to the system's trash, where it can be restored from."""

from __future__ import annotations

from pathlib import Path

from unclench.errors import StoreError
from unclench.translation import tr


def move_to_trash(folder: Path) -> None:
    """Move a folder to the trash.

    Raises
    ------
    StoreError
        The trash is not available; nothing is deleted.
    """
    from send2trash import send2trash

    try:
        send2trash(folder.absolute())
    except OSError as error:
        reason = error.strerror or str(error) or type(error).__name__
        raise StoreError(
            tr(
                "{folder} cannot be moved to the trash ({reason}), so nothing was deleted. If you "
                "are sure, delete the folder yourself.",
                folder=folder,
                reason=reason,
            )
        ) from error
