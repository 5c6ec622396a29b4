"""Finds the system libraries that Qt lacks on Linux, and the command that installs them.

Qt's wheels bring Qt, but not the libraries of the system that it is linked to. The dynamic loader
lists all missing ones at once; its errors at run time would name them one by one.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable, Mapping
from importlib.util import find_spec
from pathlib import Path

_BINDINGS = ("PyQt6", "PySide6", "PyQt5", "PySide2")  # in the order in which pyqtgraph tries them
_MODULES = ("QtCore", "QtGui", "QtWidgets", "QtSvg", "QtTest")

# Debian names a package after its library (Policy 8.1), except for these.
_DEBIAN = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libz.so.1": "zlib1g",
}
# Arch packs libraries by project; the first matching prefix counts.
_ARCH = {
    "libGL": "libglvnd",
    "libEGL": "libglvnd",
    "libOpenGL": "libglvnd",
    "libglib-": "glib2",
    "libgthread-": "glib2",
    "libfontconfig.": "fontconfig",
    "libfreetype.": "freetype2",
    "libdbus-": "dbus",
    "libX11": "libx11",
    "libXext.": "libxext",
    "libxcb-cursor.": "xcb-util-cursor",
    "libxcb-icccm.": "xcb-util-wm",
    "libxcb-image.": "xcb-util-image",
    "libxcb-keysyms.": "xcb-util-keysyms",
    "libxcb-render-util.": "xcb-util-renderutil",
    "libxcb-util.": "xcb-util",
    "libxcb": "libxcb",
    "libxkbcommon-x11.": "libxkbcommon-x11",
    "libxkbcommon.": "libxkbcommon",
    "libwayland-": "wayland",
    "libz.": "zlib",
}


def installed_binding(environ: Mapping[str, str]) -> str | None:
    """Return the name of the Qt binding that pyqtgraph will import; None if there is none."""
    wanted = environ.get("PYQTGRAPH_QT_LIB")
    names = _BINDINGS if wanted is None else (wanted,)
    return next((name for name in names if find_spec(name)), None)


def missing_libraries(binding: str, platform: str) -> tuple[str, ...]:
    """Return the libraries that Qt and its plugin for a platform ("xcb", "wayland") lack."""
    spec = find_spec(binding)
    if spec is None or spec.origin is None:
        return ()
    folder = Path(spec.origin).parent
    files = [file for module in _MODULES for file in folder.glob(f"{module}.*so")]
    files += folder.glob(f"**/plugins/platforms/libq{platform}*.so")
    try:
        listed = subprocess.run(
            ["ldd", *map(str, files)],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
            check=False,
        )
    except OSError:  # no ldd on this system
        return ()
    return read_ldd(listed.stdout + listed.stderr)


def read_ldd(listing: str) -> tuple[str, ...]:
    """Return the libraries that `ldd` did not find, each once, sorted by name."""
    glibc = re.findall(r"^\s*(\S+) => not found", listing, re.MULTILINE)
    musl = re.findall(r"Error loading shared library (\S+):", listing)
    return tuple(sorted({*glibc, *musl}))


def install_command(
    libraries: Iterable[str], os_release: Mapping[str, str], as_root: bool
) -> str | None:
    """Return the command that installs libraries; None on an unknown system.

    Parameters
    ----------
    libraries
        Loader names ("libGL.so.1").
    os_release
        The keys of /etc/os-release.
    as_root
        Whether root types it, who needs no `sudo`.
    """
    family = {os_release.get("ID", ""), *os_release.get("ID_LIKE", "").split()}
    if family & {"debian", "ubuntu"}:
        command, packages = "apt install", [_debian_package(name) for name in libraries]
    elif family & {"arch"}:
        command, packages = "pacman -S", [_arch_package(name) for name in libraries]
    elif family & {"alpine"}:  # this and RPM find a package by the library that it brings
        command, packages = "apk add", [f"so:{name}" for name in libraries]
    elif family & {"fedora", "rhel", "centos"}:
        command, packages = "dnf install", [f"{name}()(64bit)" for name in libraries]
    elif family & {"suse", "opensuse"}:
        command, packages = "zypper install", [f"{name}()(64bit)" for name in libraries]
    else:
        return None
    words = " ".join(shlex.quote(package) for package in dict.fromkeys(packages))
    return f"{'' if as_root else 'sudo '}{command} {words}"


def _debian_package(library: str) -> str:
    stem, _, version = library.partition(".so.")
    dash = "-" if stem[-1:].isdigit() else ""
    return _DEBIAN.get(library) or f"{stem}{dash}{version}".lower().replace("_", "-")


def _arch_package(library: str) -> str:
    found = (package for start, package in _ARCH.items() if library.startswith(start))
    return next(found, library.partition(".so")[0].lower())
