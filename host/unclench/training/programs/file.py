"""Programs as files: reading, checking, finding and listing them (for people: docs/programs.md)."""

from __future__ import annotations

import contextlib
import difflib
import re
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from unclench import settings
from unclench.errors import InputError
from unclench.notices import Refused, tell
from unclench.training.programs.mistakes import Mistake, in_toml, in_values
from unclench.training.programs.program import Program
from unclench.training.programs.tomllines import key_lines, parse_toml
from unclench.translation import tr
from unclench.wording import printable

MAX_BYTES = 256 * 1024  # the longest shipped program has 2 kB
SHIPPED = Path(__file__).parent / "shipped"
CALIBRATION = SHIPPED / "calibration"  # found by name, and left out of the list
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_LIST = "`unclench programs list` shows all"


@dataclass(frozen=True)
class Checked:
    """What a file says: a program, or all that is wrong with it, each a sentence."""

    text: str
    program: Program | None
    mistakes: tuple[str, ...]


@dataclass(frozen=True)
class NamedProgram:
    """A program that was found."""

    name: str
    path: Path
    program: Program
    text: str  # of the file, byte order mark left out and line ends as \n
    shipped: bool


@dataclass(frozen=True)
class ListedProgram:
    """One line of the list: a program, or its trouble in a sentence."""

    name: str
    path: Path
    shipped: bool
    replaces_shipped: bool  # a person's own one, in place of the shipped one of the same name
    program: Program | None
    trouble: str | None


def parse_program(text: str, file: str) -> Checked:
    """Check a program's text; `file` is what sentences call it. Raises nothing."""
    if not text.strip():
        return Checked(text, None, (f"{file} is empty; docs/programs.md says how to begin.",))
    try:
        document = parse_toml(text)
        lines = key_lines(text)
    except ValueError as error:
        return Checked(text, None, (in_toml(error, text).sentence(file),))
    except RecursionError:
        deep = Mistake(None, ": it nests lists or tables too deep")
        return Checked(text, None, (deep.sentence(file),))
    try:
        return Checked(text, Program.model_validate(document), ())
    except ValidationError as error:
        found = in_values(error, document, lines)
        return Checked(text, None, tuple(mistake.sentence(file) for mistake in found))


def check_program(path: Path) -> Checked:
    """Read and check a file, its name included.

    Raises
    ------
    InputError
        There is no such file, or it cannot be read as text.
    """
    checked = parse_program(_read(path), str(path))
    trouble = _name_trouble(path)
    if trouble is None:
        return checked
    return Checked(checked.text, None, (trouble, *checked.mistakes))


def load_program(path: Path) -> Program:
    """Return the program of a file.

    Raises
    ------
    InputError
        It cannot be read, or there are mistakes in it: the first one, and how many more.
    """
    return _load(path, shipped=False).program


def find_program(name_or_path: str, own_dir: Path | None = None) -> NamedProgram:
    """Return the program of a name, or of a file.

    A path has a separator in it or ends in .toml; all else is a name. A person's own program comes
    before a shipped one.

    Parameters
    ----------
    own_dir
        Holds the folder "programs"; that of the settings unless given.

    Raises
    ------
    InputError
        There is none, or there are mistakes in it.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path or "\\" in name_or_path:
        return _load(Path(name_or_path), shipped=False)
    shipped = {path.stem: path for folder in (SHIPPED, CALIBRATION) for path in _tomls(folder)}
    own: dict[str, Path] = {}
    with contextlib.suppress(OSError):  # the list says so; the shipped ones are there all the same
        own = {path.stem: path for path in _tomls(programs_dir(own_dir))}
    if name_or_path in own:
        return _load(own[name_or_path], shipped=False)
    if name_or_path in shipped:
        return _load(shipped[name_or_path], shipped=True)
    near = difflib.get_close_matches(name_or_path.lower(), {**shipped, **own}, n=1)
    hint = f"perhaps {near[0]} is meant; {_LIST}" if near else _LIST
    name = printable(name_or_path)
    raise InputError(f"There is no program {name or 'without a name'}; {hint}.")


def list_programs(own_dir: Path | None = None) -> tuple[ListedProgram, ...]:
    """Return a person's own programs and the shipped ones, by name; calibrations are left out.

    One that is broken is listed with its trouble. Of two with one name the person's own is listed.
    """
    shipped = {path.stem: path for path in _tomls(SHIPPED)}
    listed = {name: _listed(path, True, False) for name, path in shipped.items()}
    folder = programs_dir(own_dir)
    try:
        for path in _tomls(folder):
            listed[path.stem] = _listed(path, False, path.stem in shipped)
    except OSError as error:
        trouble = f"{folder} cannot be read: {error.strerror or error}."
        listed[""] = ListedProgram("programs", folder, False, False, None, trouble)
    return tuple(listed[name] for name in sorted(listed))


def tell_broken() -> None:
    """Tell of each program of the person's own that has a mistake."""
    with contextlib.suppress(OSError):  # the list says so
        for path in _tomls(programs_dir()):
            if trouble := _listed(path, False, False).trouble:
                tell(Refused(path, trouble, tr("that program cannot be used")))


def programs_dir(own_dir: Path | None = None) -> Path:
    """Return the folder of a person's own programs; it need not exist."""
    return (own_dir or settings.own_dir()) / "programs"


def _listed(path: Path, shipped: bool, replaces: bool) -> ListedProgram:
    try:
        program, trouble = _load(path, shipped).program, None
    except InputError as error:
        program, trouble = None, str(error)
    return ListedProgram(path.stem, path, shipped, replaces, program, trouble)


def _load(path: Path, shipped: bool) -> NamedProgram:
    checked = check_program(path)
    if checked.program is None:
        first, more = checked.mistakes[0], len(checked.mistakes) - 1
        if more:
            some = f"{more} more mistake{'s' if more > 1 else ''}"
            first = f"{first[:-1]} ({some}: `unclench programs check {path}` lists all)."
        raise InputError(first)
    return NamedProgram(path.stem, path, checked.program, checked.text, shipped)


def _name_trouble(path: Path) -> str | None:
    """Why a file's name cannot be a program's, if so."""
    allowed = "a program's name has lower-case letters a to z, digits and single hyphens"
    if not _NAME.fullmatch(path.stem):
        return f"{path}: {allowed}; rename the file."
    calibrations = {calibration.stem for calibration in _tomls(CALIBRATION)}
    if path.stem in calibrations and path.absolute().parent != CALIBRATION:
        return f"{path}: {path.stem} is a calibration of unclench's own; rename the file."
    return None


def _tomls(folder: Path) -> list[Path]:
    """Files that may be programs, by name; none where there is no such folder. Raises OSError."""
    try:
        found = [path for path in folder.iterdir() if path.suffix == ".toml"]
    except FileNotFoundError:
        return []
    return sorted(path for path in found if not path.name.startswith("."))  # of no person's making


def _read(path: Path) -> str:
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; give the TOML file of a program.")
        if path.exists() and not path.is_file():
            raise InputError(f"{path} is no file; give the TOML file of a program.")
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"There is no file {path}; {_LIST} that have a name.") from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        why = getattr(error, "strerror", None) or error
        raise InputError(f"{path} cannot be read: {why}.") from error
    if len(raw) > MAX_BYTES:
        raise InputError(f"{path} is no program: it is longer than {MAX_BYTES // 1024} KiB.")
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError(
            f"{path}, line {line}: this is not UTF-8; save the file as UTF-8."
        ) from None
