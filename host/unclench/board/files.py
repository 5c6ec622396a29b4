"""The firmware's files, wherever Python finds their packages."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from unclench.translation import tr

PACKAGES = ("unclench_wire", "unclench_board")
LIB = "/lib"
MAIN = "/main.py"
_MAIN_IN_PACKAGE = "unclench_board/main.py"  # MicroPython runs it from the root, not as a module


def firmware_files() -> dict[str, bytes]:
    """Return the content of each file by its path on the board, sorted by path.

    A wheel, an editable installation and a checkout give the same files. The packages are found
    but not imported.
    """
    files: dict[str, bytes] = {}
    for package in PACKAGES:
        spec = find_spec(package)
        if spec is None or not spec.submodule_search_locations:
            raise ModuleNotFoundError(
                tr("The package {package} is missing. Install unclench again.", package=package)
            )
        folder = Path(next(iter(spec.submodule_search_locations)))
        for path in folder.rglob("*.py"):
            name = f"{package}/{path.relative_to(folder).as_posix()}"
            files[MAIN if name == _MAIN_IN_PACKAGE else f"{LIB}/{name}"] = path.read_bytes()
    return dict(sorted(files.items()))


def firmware_version(files: Mapping[str, bytes]) -> tuple[int, ...]:
    """Return the version that a board with these files announces in HELLO."""
    text = files[f"{LIB}/unclench_board/__init__.py"].decode()
    for node in ast.parse(text).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VERSION":
            return tuple(ast.literal_eval(node.value))
    raise ValueError("unclench_board defines no VERSION")


def digest(content: bytes) -> str:
    """Return the SHA-256 in hexadecimal, which identifies a file's content on the board."""
    return hashlib.sha256(content).hexdigest()
