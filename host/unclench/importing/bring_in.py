"""Import a file: recognize its format, read it, check it, and write the session folder."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from unclench.errors import InputError
from unclench.files import require_file
from unclench.importing.formats import Beginning, all_formats, list_formats
from unclench.importing.found import BROKEN, Asked, Found, broken, exact_rate
from unclench.importing.keep import keep
from unclench.store.session.folder import is_session
from unclench.store.session.schema import SessionMeta
from unclench.translation import tr

_FORMATS = all_formats()
FORMATS = tuple(_FORMATS)
KNOWN = list_formats(_FORMATS)
_MAX_UV = 1e9  # a thousand volts
_MAX_SPAN = 2**40


@dataclass(frozen=True)
class Imported:
    """The session that an import made."""

    folder: Path
    format: str
    meta: SessionMeta
    notes: tuple[str, ...]
    missing_s: float = 0.0  # cut off at the end of the file


def import_file(
    path: Path, out: Path, *, format_name: str | None = None, asked: Asked | None = None
) -> Imported:
    """Import a recording as a session folder.

    Nothing is written before the whole file has been read, and nothing is left behind if writing
    fails.

    Parameters
    ----------
    path : Path
    out : Path
        See `store.folder.new_session_folder`.
    format_name : str, optional
        One of `FORMATS`; by default it is recognized by the contents.
    asked : Asked, optional
        What the file does not say, or says wrongly.

    Raises
    ------
    InputError
        The file lacks something, or something in it is wrong.
    StoreError
        The session cannot be written.
    """
    try:
        if not path.exists():
            raise InputError(tr("There is no file '{path}': check the name.", path=path))
        if path.is_dir():
            if is_session(path):
                raise InputError(
                    tr("{path} is already a session: give a file of another program.", path=path)
                )
            raise InputError(tr("{path} is a folder: give a file of another program.", path=path))
        require_file(path)
        name = format_name or find_format(path)
        with np.errstate(all="ignore"):  # `_check` refuses what overflows
            found = _FORMATS[name].read(path, asked or Asked())
        _check(path.name, found)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise InputError(
            tr("{path} cannot be read: {reason}.", path=path, reason=error.strerror or error)
        ) from error
    except BROKEN as error:
        raise broken(path.name, tr("the format that it seems to have"), error) from error
    about = {"file": path.name, "format": name, "sha256": digest}
    meta, folder, notes = keep(found, out, path.name, about)
    return Imported(folder, name, meta, notes, found.missing_s)


def find_format(path: Path) -> str:
    """Recognize the format of a file by its contents. Raises InputError: an unknown format."""
    file = Beginning(path)
    for each in _FORMATS.values():
        if each.recognizes is not None and each.recognizes(file):
            return each.name
    if file.empty:
        raise InputError(
            tr(
                "{name} is empty: give a file in one of these formats: {known}.",
                name=path.name,
                known=KNOWN,
            )
        )
    if not file.lines:
        raise InputError(
            tr(
                "{name} has an unknown format: give a file in one of these formats: {known}.",
                name=path.name,
                known=KNOWN,
            )
        )
    return next(each.name for each in _FORMATS.values() if each.recognizes is None)


def _check(file: str, found: Found) -> None:
    """Refuse what a session cannot hold, whichever reader it came from."""
    if not len(found.sample):
        raise InputError(tr("{file} has no samples: there is nothing to import.", file=file))
    if exact_rate(found.rate) <= 0:
        raise InputError(
            tr(
                "{file} has a sample rate of {rate:g} Hz: give the right one with --fs HZ.",
                file=file,
                rate=float(found.rate),
            )
        )
    bad = ~(np.abs(found.emg_uv) <= _MAX_UV)  # this form also catches NaN
    if bad.any():
        row, channel = np.argwhere(bad)[0].tolist()
        raise InputError(
            tr(
                "{file}: sample {row} of {channel!r} is "
                "{emg_uv:g} uV, which is not possible for a muscle: check the "
                "unit (--unit), or restore the file.",
                file=file,
                row=row + 1,
                channel=found.channels[channel],
                emg_uv=found.emg_uv[row, channel],
            )
        )
    if found.sample[0] < 0 or (np.diff(found.sample) < 1).any() or found.sample[-1] > _MAX_SPAN:
        raise InputError(
            tr("{file} has sample numbers that do not rise from 0: restore the file.", file=file)
        )
