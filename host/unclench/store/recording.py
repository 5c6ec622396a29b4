"""The one way to open a recording, ours or another program's."""

from collections.abc import Sequence
from pathlib import Path

from unclench.errors import InputError
from unclench.files import unreadable
from unclench.store.model import Recording
from unclench.store.session.folder import EMG, META, is_session
from unclench.store.session.reader import open_session
from unclench.store.table.reading import read_table
from unclench.translation import tr

__all__ = ["Recording", "load_recording"]


def load_recording(
    path: str | Path,
    *,
    fs_hz: float | None = None,
    columns: Sequence[str] = (),
    unit: str | None = None,
) -> Recording:
    """Read a session folder (or its session.json or emg.csv), or any CSV or TSV with a header.

    Parameters
    ----------
    path : str or Path
    fs_hz, columns, unit
        See `read_table`; a session states its own rate and unit, only `columns` applies to it.

    Raises
    ------
    InputError, StoreError
        The file cannot be used; the message says why.
    """
    path = Path(path)
    try:
        if not path.exists():
            raise InputError(
                tr("There is no file or folder {path!r}. Check the name.", path=str(path))
            )
        if path.is_dir() or path.name == META or (path.name == EMG and is_session(path.parent)):
            recording = open_session(path).load(columns)
            if fs_hz is not None and abs(fs_hz / recording.fs_hz - 1) > 1e-6:
                raise InputError(
                    tr(
                        "--fs {given:g} contradicts the session {name}, which was sampled "
                        "at {fs_hz:g} Hz. Leave --fs out.",
                        given=fs_hz,
                        name=recording.name,
                        fs_hz=recording.fs_hz,
                    )
                )
            if unit is not None and unit.lower() != "uv":
                raise InputError(
                    tr(
                        "--unit {unit} contradicts the session {name}, which is in uV. "
                        "Leave --unit out.",
                        unit=unit,
                        name=recording.name,
                    )
                )
            return recording
        return read_table(path, fs_hz=fs_hz, columns=columns, unit=unit)
    except OSError as error:
        raise InputError(unreadable(path, error)) from error
