"""Exports a recording to a file of another format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from unclench.errors import InputError
from unclench.files import unwritable, written
from unclench.store.exporting.content import Content, load_content
from unclench.store.exporting.edf import write_edf
from unclench.store.exporting.tables import write_csv, write_parquet
from unclench.store.session.folder import EMG, EVENTS, META, PROGRAM, SUMMARY, TENSION, is_session
from unclench.translation import tr

_WRITERS: dict[str, Callable[[Content, Path], list[str]]] = {
    "edf": partial(write_edf, fmt="EDF"),
    "bdf": partial(write_edf, fmt="BDF"),
    "csv": write_csv,
    "parquet": write_parquet,
}
FORMATS = tuple(_WRITERS)
_OURS = (EMG, EVENTS, META, PROGRAM, SUMMARY, TENSION)


@dataclass(frozen=True)
class Exported:
    """The file that was made, and sentences about it for the person."""

    path: Path
    notes: tuple[str, ...]


def export(
    path: Path,
    to: str,
    out: Path | None = None,
    *,
    force: bool = False,
    fs_hz: float | None = None,
    columns: Sequence[str] = (),
    unit: str | None = None,
) -> Exported:
    """Write a session, or anything that `load_recording` reads, as a file of another format.

    Parameters
    ----------
    path : Path
    to : {"edf", "bdf", "csv", "parquet"}
    out : Path, optional
        By default beside `path`, with its name.
    force : bool
        Overwrite an existing file.
    fs_hz, columns, unit
        See `load_recording`.

    Raises
    ------
    InputError
        Not readable, not possible in this format, or a target that is not allowed.
    StoreError
        The target cannot be written.
    """
    content = load_content(path, fs_hz=fs_hz, columns=columns, unit=unit)
    target = _beside(path, content, to) if out is None else out
    try:
        _check_target(target, path, force)
        with written(target) as part:
            notes = _WRITERS[to](content, part)
            if not force and target.exists():  # another program was quicker
                raise _taken(target)
    except OSError as error:
        advice = tr("Choose a file in a folder that you can write to, on a disk with free space.")
        raise unwritable(target, error, advice) from error
    return Exported(target, (*content.recording.notes, *notes))


def _beside(path: Path, content: Content, to: str) -> Path:
    where = path.resolve()
    if content.meta is not None:
        folder = where if where.is_dir() else where.parent
        return folder.parent / f"{folder.name}.{to}"
    return where.with_name(f"{where.stem}.{to}")


def _check_target(target: Path, source: Path, force: bool) -> None:
    if target.is_dir():
        raise InputError(
            tr(
                "{target} is a folder, but a file is expected. Give the name of a file.",
                target=target,
            )
        )
    if target.exists() and target.samefile(source):
        raise InputError(
            tr(
                "{target} is the file being exported, which is never overwritten. Give another "
                "name with -o.",
                target=target,
            )
        )
    if target.name in _OURS and is_session(target.parent):
        raise InputError(
            tr(
                "{target} belongs to a session and is never overwritten. Give another name.",
                target=target,
            )
        )
    if target.exists() and not force:
        raise _taken(target)


def _taken(target: Path) -> InputError:
    return InputError(
        tr(
            "{target} exists already. Give another name with -o, or --force to overwrite it.",
            target=target,
        )
    )
