"""Programs that run in a process of their own, where our warnings are errors as in the tests."""

from __future__ import annotations

import sys

# -W cannot say which: it takes no pattern for a module, and another library's deprecation breaks
# no test. Python says a ResourceWarning from wherever the garbage collector happens to be.
_WARNINGS = """\
import warnings
warnings.filterwarnings("error", module="unclench")
warnings.filterwarnings("error", category=ResourceWarning)
"""
_UNCLENCH = """\
import sys
sys.argv[0] = "unclench"
from unclench.__main__ import main
main()
"""


def python(program: str) -> list[str]:
    """Return the command that runs this text as a program."""
    return [sys.executable, "-c", _WARNINGS + program]


def unclench(*arguments: object) -> list[str]:
    """Return the command that runs `unclench ...`."""
    return [*python(_UNCLENCH), *(str(argument) for argument in arguments)]
