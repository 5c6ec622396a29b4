"""Write a page as a whole, and only over a page that unclench has made."""

from __future__ import annotations

from pathlib import Path

from unclench.errors import StoreError
from unclench.files import unwritable, write_whole
from unclench.report.render import MARK
from unclench.translation import tr

PDF_MARK = b"\n% made by unclench\n"
"""After the end of a PDF, where readers do not look."""

_HEAD_BYTES = 2048


def check_free(path: Path, *, force: bool) -> None:
    """Refuse to overwrite anything that unclench has not made. Raises StoreError."""
    if path.is_dir():
        raise StoreError(
            tr(
                "{path} is a folder: give the name of a file, such as {example}.",
                path=path,
                example=path / "report.html",
            )
        )
    try:
        if path.exists() and not force and not _is_ours(path):
            raise StoreError(
                tr(
                    "{path} exists and was not made by unclench: give another name with -o, or "
                    "overwrite it with --force.",
                    path=path,
                )
            )
    except OSError as error:
        raise StoreError(
            tr("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
        ) from error


def write_page(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        advice = tr("give a name in a folder that you may write to with -o")
        raise unwritable(path, error, advice) from error


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        file.seek(max(0, path.stat().st_size - len(PDF_MARK)))
        return MARK in head or (head.startswith(b"%PDF") and file.read() == PDF_MARK)
