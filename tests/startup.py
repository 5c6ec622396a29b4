"""What is set before anything else is imported; conftest.py imports this first."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import unclench.__main__  # noqa: F401  # limits NumPy's threads

if sys.dont_write_bytecode:
    # Each program that a test starts would compile SciPy and all else again, for a second.
    sys.dont_write_bytecode = False
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    sys.pycache_prefix = str(Path(__file__).parents[1] / ".pytest_cache" / "bytecode")
    os.environ["PYTHONPYCACHEPREFIX"] = sys.pycache_prefix
