"""Arrows point one way: who may import whom, read from the source itself."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import pytest
from tests.processes import python

ROOT = Path(__file__).parents[1]
ROOMS_OF = {
    "unclench_wire": ROOT / "firmware" / "lib" / "unclench_wire",
    "unclench_board": ROOT / "firmware" / "lib" / "unclench_board",
    "unclench_dsp": ROOT / "dsp" / "unclench_dsp",
    "unclench": ROOT / "host" / "unclench",
}
WIRE, DSP, BOARD = "unclench_wire", "unclench_dsp", "unclench_board"

# What each room and module of the host may import of ours. A new one is put here on purpose.
COMMON = {"ticks", "wording"}  # which any of them may import
MAY_IMPORT = {
    "ticks": set(),
    "wording": set(),
    "translation": set(),
    "errors": set(),
    "files": {"errors"},
    "logs": {"errors"},
    "notices": set(),
    "ownfile": {"errors", "files", "notices"},
    "profiles": {WIRE, DSP},
    "link": {WIRE, DSP, "errors", "profiles"},
    "locking": {"errors"},
    "board": {WIRE, DSP, "errors", "files", "link", "locking", "profiles"},
    "store": {WIRE, DSP, "errors", "files", "locking", "profiles"},
    "live": {WIRE, DSP, "errors", "link", "profiles", "store"},
    "review": {DSP, "errors", "live", "settings", "store", "training"},
    "importing": {DSP, "errors", "files", "link", "live", "store"},
    "trial": {DSP, "errors", "ownfile", "review", "settings", "store", "training"},
    "report": {DSP, "errors", "files", "review", "store", "training", "trial"},
    "training": {
        *(WIRE, DSP, "errors", "files", "link", "live", "notices", "ownfile", "profiles"),
        *("settings", "store"),
    },
    "audio": {"training"},
    "running": {
        *(DSP, "errors", "live", "notices", "review", "settings", "sources", "store", "training"),
        "trial",
    },
    "terminal": {DSP, "live", "store"},
    "settings": {"ownfile"},
    "sources": {WIRE, DSP, "errors", "link", "profiles", "store"},
    "desktop": {
        *(DSP, "errors", "audio", "live", "report", "review", "settings", "store", "training"),
        *("logs", "notices", "running", "trial"),
    },
    "commands": {
        *(WIRE, DSP, "errors", "link", "store", "live", "review", "training"),
        *("audio", "board", "settings", "sources", "desktop", "importing", "report", "trial"),
        *("logs", "notices", "profiles", "running", "terminal"),
    },
    "usage": {WIRE, "board", "commands", "importing", "logs", "running", "settings", "store"},
    "cli": {"errors", "logs", "notices", "usage"},
    "__main__": {"cli"},
}
QT = {"pyqtgraph", "PyQt5", "PyQt6", "PySide2", "PySide6", "qtpy"}
WIRE_STDLIB = {"struct", "binascii", "micropython", "array", "sys"}
# What MicroPython has on the chip; the host imports none of the board's own package.
BOARD_STDLIB = {"struct", "micropython", "array", "sys", "os", "io", "gc", "time", "json", "math"}
BOARD_STDLIB |= {"errno", "select", "machine", "rp2", "uctypes"}
DSP_LIBRARIES = {"numpy", "scipy", "math", "dataclasses", "typing", "collections", "__future__"}
DSP_LIBRARIES |= {"functools", "itertools", "fractions", "enum", "abc"}
IO_CALLS = {"open", "print", "input", "exec", "eval", "fromfile", "tofile", "load", "loadtxt"}
IO_CALLS |= {"genfromtxt", "save", "savetxt", "savez", "memmap"}


@cache
def imports(path: Path) -> frozenset[str]:
    """Return dotted names of all modules that a file imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative imports hide where an arrow points"
            assert node.module is not None  # as it is not relative
            names.add(node.module)
            # "from unclench.live import rings" names a module as well
            names |= {f"{node.module}.{a.name}" for a in node.names if node.module == "unclench"}
    return frozenset(names)


def files(package: str) -> list[Path]:
    found = sorted(ROOMS_OF[package].rglob("*.py"))
    assert found
    return found


def room(path: Path) -> str:
    return path.relative_to(ROOMS_OF["unclench"]).parts[0].removesuffix(".py")


def imported_rooms(path: Path) -> set[str]:
    """Our rooms and packages that a file of the host imports, its own left out."""
    found = set()
    for name in imports(path):
        top, _, rest = name.partition(".")
        if top == "unclench" and rest and rest != "__version__":
            found.add(rest.partition(".")[0])
        elif top in ROOMS_OF and top != "unclench":
            found.add(top)
    return found - {room(path), "translation"}  # sentences are marked everywhere


HOST_FILES = [path for path in files("unclench") if room(path) != "__init__"]


@pytest.mark.parametrize("path", files(WIRE), ids=lambda path: path.name)
def test_wire_imports_nothing_of_ours(path):
    assert {name.partition(".")[0] for name in imports(path)} <= WIRE_STDLIB | {WIRE}


@pytest.mark.parametrize("path", files(BOARD), ids=lambda path: path.name)
def test_the_board_has_the_wire_and_micropython(path):
    assert {name.partition(".")[0] for name in imports(path)} <= BOARD_STDLIB | {BOARD, WIRE}


@pytest.mark.parametrize("path", files(DSP), ids=lambda path: path.name)
def test_dsp_does_no_io_and_imports_only_numpy_and_scipy(path):
    assert {name.partition(".")[0] for name in imports(path)} <= DSP_LIBRARIES | {DSP}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else None
            name = node.func.id if isinstance(node.func, ast.Name) else name
            assert name not in IO_CALLS, f"line {node.lineno} calls {name}"


@pytest.mark.parametrize("path", HOST_FILES, ids=lambda p: str(p.relative_to(ROOMS_OF["unclench"])))
def test_host_rooms_import_only_what_they_may(path):
    assert room(path) in MAY_IMPORT, f"{room(path)} is new: say here what it may import"
    assert imported_rooms(path) <= MAY_IMPORT[room(path)] | COMMON
    tops = {name.partition(".")[0] for name in imports(path)}
    assert room(path) == "desktop" or not tops & QT
    assert not tops & (QT - {"pyqtgraph"}), "Qt comes through pyqtgraph.Qt, whichever binding"


HARDWARE_FILES = sorted((ROOT / "hardware").rglob("*.py"))


@pytest.mark.parametrize("path", HARDWARE_FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_hardware_needs_no_window(path):
    names = imports(path)
    assert not any(name.startswith("unclench.desktop") for name in names)
    assert not {name.partition(".")[0] for name in names} & QT


def test_modules_of_hardware_import_in_no_circle():
    arrows = {}
    for path in HARDWARE_FILES:
        own = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        arrows[own] = {name for name in imports(path) if name.startswith("hardware.")} - {own}
    assert "hardware.making" in arrows["hardware.wiring"]
    TopologicalSorter(arrows).prepare()  # raises on a circle


def test_nothing_needs_hardware():
    for package in ROOMS_OF:
        for path in files(package):
            assert not any(name.partition(".")[0] == "hardware" for name in imports(path)), path


def calls(path: Path) -> Iterator[tuple[ast.Call, str, str]]:
    """Calls of the form `something.method(...)`, with both names."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            yield node, ast.unparse(node.func.value), node.func.attr


@pytest.mark.parametrize("path", HOST_FILES, ids=lambda p: str(p.relative_to(ROOMS_OF["unclench"])))
def test_only_the_module_of_whole_files_renames_and_writes_them(path):
    for node, of, name in calls(path):
        by_hand = name in {"rename", "write_text", "write_bytes"} or (of, name) == (
            "shutil",
            "move",
        )
        by_hand |= name == "replace" and (of == "os" or len(node.args) == 1) and not node.keywords
        assert room(path) == "files" or not by_hand, f"line {node.lineno}: {of}.{name}"


@pytest.mark.parametrize("inside", ["store", "training", "desktop/review"])
def test_rooms_within_a_room_have_no_import_cycles(inside):
    root = ROOMS_OF["unclench"] / inside
    prefix = f"unclench.{inside.replace('/', '.')}."
    arrows: dict[str, set[str]] = {}
    for path in root.rglob("*.py"):
        if path != root / "__init__.py":  # it only hands out what the rooms have
            own = path.relative_to(root).parts[0].removesuffix(".py")
            names = (n.removeprefix(prefix) for n in imports(path) if n.startswith(prefix))
            arrows.setdefault(own, set()).update({n.partition(".")[0] for n in names} - {own})
    assert any(arrows.values())  # the arrows are seen at all
    list(TopologicalSorter(arrows).static_order())  # raises on a circle


def test_rooms_have_no_import_cycles():
    arrows: dict[str, set[str]] = {}
    for path in HOST_FILES:
        arrows.setdefault(room(path), set()).update(imported_rooms(path))
    assert arrows["live"] >= {"link", "store"}  # the arrows are seen at all
    order = list(TopologicalSorter(arrows).static_order())  # raises on a circle
    assert order.index("link") < order.index("live") < order.index("cli")
    TopologicalSorter(MAY_IMPORT).prepare()


@pytest.mark.parametrize("folder", ["dsp", "host", "firmware", "firmware/lib"])
def test_folders_of_packages_are_no_packages(folder):
    assert not (ROOT / folder / "__init__.py").exists()


def test_tests_are_no_packages():
    assert not list((ROOT / "tests").rglob("__init__.py"))


def test_scipy_is_imported_only_where_it_is_used():
    modules = [
        ".".join(path.relative_to(root.parent).with_suffix("").parts)
        for root in (ROOMS_OF["unclench"], ROOMS_OF[DSP])
        for path in sorted(root.rglob("*.py"))
        if path.name not in ("__main__.py", "__init__.py")
    ]
    program = (
        "import sys\n"
        "from importlib import import_module\n"
        "for name in sys.argv[1:]:\n"
        "    import_module(name)\n"
        "    if 'scipy' in sys.modules:\n"
        "        sys.exit(f'{name} imports scipy')\n"
    )
    done = subprocess.run(
        python(program) + modules, capture_output=True, text=True, timeout=120, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_recording_needs_no_qt(tmp_path):
    program = (
        "import sys\n"
        "from unclench.cli import cli\n"
        "cli(['record', '--source', 'sim', '--seconds', '1', '--speed', 'max', '--out',"
        f" {str(tmp_path / 's')!r}], standalone_mode=False)\n"
        f"print(sorted(set(sys.modules) & {QT!r}))\n"
    )
    done = subprocess.run(python(program), capture_output=True, text=True, timeout=120, check=False)
    assert (done.stdout.splitlines()[-1], done.stderr) == ("[]", "")
    assert (tmp_path / "s" / "emg.csv").stat().st_size > 10_000
