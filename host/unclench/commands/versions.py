"""Which versions of what run here."""

from __future__ import annotations

import logging
import platform
from importlib.metadata import PackageNotFoundError, version

from unclench import __version__

PACKAGES = ("numpy", "scipy", "pydantic", "click", "pyserial", "pyqtgraph")

_log = logging.getLogger(__name__)


def versions() -> dict[str, str]:
    """Return the version of unclench, of Python and of what it builds on."""
    found = {"unclench": __version__, "Python": platform.python_version()}
    return found | {name: version_of(name) for name in PACKAGES}


def version_of(package: str) -> str:
    """Return the version of an installed package, or say that it is missing; imports nothing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def log_versions(command: str) -> None:
    """Put into the log what begins now, and on which versions."""
    if _log.isEnabledFor(logging.INFO):
        told = ", ".join(f"{name} {number}" for name, number in versions().items())
        _log.info("%s begins: %s; %s", command, told, platform.platform())
