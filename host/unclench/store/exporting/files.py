"""The one way out: which format, into which file, never over another one."""

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
    """The file that was made, and what a person should know of it, each a sentence."""

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

    The file is written aside and renamed, so that it is there as a whole or not at all.

    Parameters
    ----------
    path : Path
    to : {"edf", "bdf", "csv", "parquet"}
    out : Path, optional
        Beside `path`, with its name, unless given.
    force : bool
        Write over a file that is there.
    fs_hz, columns, unit
        See `load_recording`.

    Raises
    ------
    InputError
        What cannot be read, or cannot be said in this format, or a target that is no choice.
    StoreError
        The target cannot be written.
    """
    content = load_content(path, fs_hz=fs_hz, columns=columns, unit=unit)
    target = _beside(path, content, to) if out is None else out
    try:
        _check_target(target, path, force)
        with written(target) as part:
            notes = _WRITERS[to](content, part)
            if not force and target.exists():  # somebody else was quicker
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
        raise InputError(f"{target} is a folder where a file is expected: give the name of a file.")
    if target.exists() and target.samefile(source):
        raise InputError(
            f"{target} is what is being exported, which is never overwritten: give another name "
            "with -o."
        )
    if target.name in _OURS and is_session(target.parent):
        raise InputError(f"{target} belongs to a session and is never overwritten: give another.")
    if target.exists() and not force:
        raise _taken(target)


def _taken(target: Path) -> InputError:
    return InputError(
        f"{target} is there already: give another name with -o, or --force to write over it."
    )
