"""Versions of what runs here."""

from __future__ import annotations

import logging
import platform
from importlib.metadata import PackageNotFoundError, version

from unclench import __version__

PACKAGES = ("numpy", "scipy", "pydantic", "click", "pyserial", "pyqtgraph")

_log = logging.getLogger(__name__)


def versions() -> dict[str, str | None]:
    """Return the version of unclench, of Python and of what it builds on."""
    found: dict[str, str | None] = {"unclench": __version__, "Python": platform.python_version()}
    return found | {name: version_of(name) for name in PACKAGES}


def version_of(package: str) -> str | None:
    """Return the version of a package, None if it is not installed; imports nothing."""
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def log_versions(command: str) -> None:
    """Log which command begins, and on which versions."""
    if _log.isEnabledFor(logging.INFO):
        told = ", ".join(f"{name} {number or 'missing'}" for name, number in versions().items())
        _log.info("%s begins: %s; %s", command, told, platform.platform())
