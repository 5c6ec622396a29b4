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
from unclench.training.programs.mistakes import Mistake, toml_mistake, value_mistakes
from unclench.training.programs.program import Program
from unclench.training.programs.tomllines import key_lines, parse_toml
from unclench.translation import tr, trn
from unclench.wording import printable

MAX_BYTES = 256 * 1024  # the longest shipped program has 2 kB
SHIPPED = Path(__file__).parent / "shipped"
CALIBRATION = SHIPPED / "calibration"  # found by name, and left out of the list
_NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Checked:
    """Result of reading a file: a program, or all mistakes, each a sentence."""

    text: str
    program: Program | None
    mistakes: tuple[str, ...]


@dataclass(frozen=True)
class NamedProgram:
    """A program that was found."""

    name: str
    path: Path
    program: Program
    text: str  # of the file, without byte order mark and with \n as line ends
    shipped: bool


@dataclass(frozen=True)
class ListedProgram:
    """One line of the list: a program, or a sentence about what is wrong with it."""

    name: str
    path: Path
    shipped: bool
    replaces_shipped: bool  # a person's own program with the name of a shipped one
    program: Program | None
    trouble: str | None


def parse_program(text: str, file: str) -> Checked:
    """Check a program's text; `file` is its name in sentences. Raises nothing."""
    if not text.strip():
        empty = tr("{file} is empty; docs/programs.md shows how to begin.", file=file)
        return Checked(text, None, (empty,))
    try:
        document = parse_toml(text)
        lines = key_lines(text)
    except ValueError as error:
        return Checked(text, None, (toml_mistake(error, text).sentence(file),))
    except RecursionError:
        deep = Mistake(None, tr("lists or tables are nested too deep"))
        return Checked(text, None, (deep.sentence(file),))
    try:
        return Checked(text, Program.model_validate(document), ())
    except ValidationError as error:
        found = value_mistakes(error, document, lines)
        return Checked(text, None, tuple(mistake.sentence(file) for mistake in found))


def check_program(path: Path) -> Checked:
    """Read and check a file, including its name.

    Raises
    ------
    InputError
        The file does not exist, or is not readable text.
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
        The file cannot be read, or has mistakes: the first one, and how many more.
    """
    return _load(path, shipped=False).program


def find_program(name_or_path: str, own_dir: Path | None = None) -> NamedProgram:
    """Return the program with a name, or in a file.

    A path has a separator in it or ends in .toml; everything else is a name. A person's own program
    is used before a shipped one.

    Parameters
    ----------
    own_dir
        Contains the folder "programs"; by default the folder of the settings.

    Raises
    ------
    InputError
        There is no such program, or it has mistakes.
    """
    if name_or_path.endswith(".toml") or "/" in name_or_path or "\\" in name_or_path:
        return _load(Path(name_or_path), shipped=False)
    shipped = {path.stem: path for folder in (SHIPPED, CALIBRATION) for path in _tomls(folder)}
    own: dict[str, Path] = {}
    with contextlib.suppress(OSError):  # the list reports it; the shipped ones still work
        own = {path.stem: path for path in _tomls(programs_dir(own_dir))}
    if name_or_path in own:
        return _load(own[name_or_path], shipped=False)
    if name_or_path in shipped:
        return _load(shipped[name_or_path], shipped=True)
    near = difflib.get_close_matches(name_or_path.lower(), {**shipped, **own}, n=1)
    name = printable(name_or_path)
    if not name:
        words = tr("The program's name is empty; `unclench programs list` shows all programs.")
    elif near:
        words = tr(
            "There is no program {name}. Did you mean {near}? `unclench programs list` shows all.",
            name=name,
            near=near[0],
        )
    else:
        words = tr("There is no program {name}; `unclench programs list` shows all.", name=name)
    raise InputError(words)


def list_programs(own_dir: Path | None = None) -> tuple[ListedProgram, ...]:
    """Return a person's own programs and the shipped ones, by name, without calibrations.

    A broken one is listed with its mistake. Of two with the same name the person's own is listed.
    """
    shipped = {path.stem: path for path in _tomls(SHIPPED)}
    listed = {name: _listed(path, True, False) for name, path in shipped.items()}
    folder = programs_dir(own_dir)
    try:
        for path in _tomls(folder):
            listed[path.stem] = _listed(path, False, path.stem in shipped)
    except OSError as error:
        reason = error.strerror or error
        trouble = tr("{folder} cannot be read: {reason}.", folder=folder, reason=reason)
        listed[""] = ListedProgram("programs", folder, False, False, None, trouble)
    return tuple(listed[name] for name in sorted(listed))


def notify_broken() -> None:
    """Notify the person of each own program that has a mistake."""
    with contextlib.suppress(OSError):  # the list reports it
        for path in _tomls(programs_dir()):
            if trouble := _listed(path, False, False).trouble:
                tell(Refused(path, trouble, tr("that program cannot be used")))


def programs_dir(own_dir: Path | None = None) -> Path:
    """Return the folder of a person's own programs; it may not exist yet."""
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
            first = trn(
                "{first} ({n} more mistake: `unclench programs check {path}` lists all).",
                "{first} ({n} more mistakes: `unclench programs check {path}` lists all).",
                more,
                first=first[:-1],
                path=path,
            )
        raise InputError(first)
    return NamedProgram(path.stem, path, checked.program, checked.text, shipped)


def _name_trouble(path: Path) -> str | None:
    """Return why a file's name is not valid for a program, or None."""
    if not _NAME.fullmatch(path.stem):
        return tr(
            "{path}: a program's name may have lower-case letters a to z, digits and single "
            "hyphens; rename the file.",
            path=path,
        )
    calibrations = {calibration.stem for calibration in _tomls(CALIBRATION)}
    if path.stem in calibrations and path.absolute().parent != CALIBRATION:
        return tr(
            "{path}: the name {name} is reserved for unclench's own calibration; rename the file.",
            path=path,
            name=path.stem,
        )
    return None


def _tomls(folder: Path) -> list[Path]:
    """Return files that may be programs, by name; none without a folder. Raises OSError."""
    try:
        found = [path for path in folder.iterdir() if path.suffix == ".toml"]
    except FileNotFoundError:
        return []
    return sorted(path for path in found if not path.name.startswith("."))  # not a person's file


def _read(path: Path) -> str:
    try:
        if path.is_dir():
            raise InputError(tr("{path} is a folder; give the TOML file of a program.", path=path))
        if path.exists() and not path.is_file():
            words = tr("{path} is not a file; give the TOML file of a program.", path=path)
            raise InputError(words)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        words = tr(
            "There is no file {path}; `unclench programs list` shows all programs by name.",
            path=path,
        )
        raise InputError(words) from None
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        reason = getattr(error, "strerror", None) or error
        words = tr("{path} cannot be read: {reason}.", path=path, reason=reason)
        raise InputError(words) from error
    if len(raw) > MAX_BYTES:
        raise InputError(
            tr(
                "{path} is not a program: it is longer than {kib} KiB.",
                path=path,
                kib=MAX_BYTES // 1024,
            )
        )
    try:
        return raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        words = tr(
            "{path}, line {line}: this is not UTF-8; save the file as UTF-8.", path=path, line=line
        )
        raise InputError(words) from None
