"""What belongs on a board: the firmware's files, wherever Python has found their packages."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

PACKAGES = ("unclench_wire", "unclench_board")
LIB = "/lib"
MAIN = "/main.py"
_MAIN_IN_PACKAGE = "unclench_board/main.py"  # MicroPython runs it from the root, not as a module


def firmware_files() -> dict[str, bytes]:
    """Paths on the board and what is in them, in order of their names.

    The same from a wheel, an editable installation and a checkout: the packages are found as
    Python finds them, and nothing of them is run.
    """
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(f"the package {package} is missing: install unclench anew")
        folder = Path(next(iter(spec.submodule_search_locations)))
        for path in folder.rglob("*.py"):
            name = f"{package}/{path.relative_to(folder).as_posix()}"
            files[MAIN if name == _MAIN_IN_PACKAGE else f"{LIB}/{name}"] = path.read_bytes()
    return dict(sorted(files.items()))


def firmware_version(files: Mapping[str, bytes]) -> tuple[int, ...]:
    """What a board with these files says in HELLO."""
    text = files[f"{LIB}/unclench_board/__init__.py"].decode()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VERSION":
            return tuple(ast.literal_eval(node.value))
    raise ValueError("unclench_board says no VERSION")


def digest(content: bytes) -> str:
    """SHA-256 in hexadecimal, by which a file on the board is known."""
    return hashlib.sha256(content).hexdigest()
