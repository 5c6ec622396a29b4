"""Where a page goes: written as a whole, over nothing but a page that unclench has made itself."""

from __future__ import annotations

from pathlib import Path

from unclench.errors import StoreError
from unclench.files import unwritable, write_whole
from unclench.report.render import MARK
from unclench.translation import tr

PDF_MARK = b"\n% made by unclench\n"
"""Behind the end of a PDF, where readers look no more."""

_HEAD_BYTES = 2048


def check_free(path: Path, *, force: bool) -> None:
    """Refuse to write over anything that unclench has not made. Raises StoreError."""
    if path.is_dir():
        raise StoreError(
            tr(
                "{path} is a folder, but a file is expected. Give a name such as {example}.",
                path=path,
                example=path / "report.html",
            )
        )
    try:
        if path.exists() and not force and not _is_ours(path):
            raise StoreError(
                tr(
                    "{path} exists and was not made by unclench. Give another name with --out, or "
                    "overwrite it with --force.",
                    path=path,
                )
            )
    except OSError as error:
        raise StoreError(
            tr("{path} cannot be read: {error}.", path=path, error=error.strerror or error)
        ) from error


def write_page(path: Path, content: bytes) -> None:
    """Write a file as a whole or not at all. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, content)
    except OSError as error:
        advice = tr("Choose a file in a folder that you can write to with --out.")
        raise unwritable(path, error, advice) from error


def _is_ours(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        file.seek(max(0, path.stat().st_size - len(PDF_MARK)))
        return MARK in head or (head.startswith(b"%PDF") and file.read() == PDF_MARK)
