"""Why Qt cannot start: what the system lacks, and the one command that installs it."""

from __future__ import annotations

import os
import re

import pytest
from tests import needs
from tests.known import known

from unclench.desktop.display import (
    LibrariesMissing,
    NoScreen,
    QtFailed,
    ScreenUnreachable,
    find_trouble,
    words,
)
from unclench.desktop.libraries import (
    install_command,
    installed_binding,
    missing_libraries,
    read_ldd,
)

# `ldd QtCore.abi3.so libqxcb.so` on Debian 12 without a desktop, shortened.
ON_DEBIAN = """\
QtCore.abi3.so:
\tlinux-vdso.so.1 (0x00007fdee178c000)
\tlibQt5Core.so.5 => /v/PyQt5/Qt5/lib/libQt5Core.so.5 (0x00007fdedfe00000)
\tlibgthread-2.0.so.0 => not found
\tlibglib-2.0.so.0 => not found
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007fdedd000000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007fdee178e000)
libqxcb.so:
\tlibGL.so.1 => not found
\tlibX11-xcb.so.1 => not found
\tlibxcb-icccm.so.4 => not found
\tlibxkbcommon-x11.so.0 => not found
\tlibgthread-2.0.so.0 => not found
\tlibdbus-1.so.3 => not found
"""
MISSING = (
    "libGL.so.1",
    "libX11-xcb.so.1",
    "libdbus-1.so.3",
    "libglib-2.0.so.0",
    "libgthread-2.0.so.0",
    "libxcb-icccm.so.4",
    "libxkbcommon-x11.so.0",
)
ON_ALPINE = """\
\t/lib/ld-musl-x86_64.so.1 (0x7f2c33a5e000)
Error loading shared library libGL.so.1: No such file or directory (needed by QtGui.abi3.so)
Error loading shared library libGL.so.1: No such file or directory (needed by libQt5Gui.so.5)
"""
DEBIAN = {"ID": "debian"}


def test_all_missing_libraries_are_read_from_the_loaders_list():
    assert read_ldd(ON_DEBIAN) == MISSING
    assert read_ldd(ON_ALPINE) == ("libGL.so.1",)
    assert read_ldd("\tstatically linked\n") == ()


@pytest.mark.parametrize(
    ("os_release", "command"),
    [
        (
            DEBIAN,
            "apt install libgl1 libx11-xcb1 libdbus-1-3 libglib2.0-0 libxcb-icccm4 "
            "libxkbcommon-x11-0",
        ),
        ({"ID": "linuxmint", "ID_LIKE": "ubuntu debian"}, "apt install libgl1 "),
        (
            {"ID": "arch"},
            "pacman -S libglvnd libx11 dbus glib2 xcb-util-wm libxkbcommon-x11",
        ),
        ({"ID": "fedora"}, "dnf install 'libGL.so.1()(64bit)' 'libX11-xcb.so.1()(64bit)' "),
        ({"ID": "rocky", "ID_LIKE": "rhel centos fedora"}, "dnf install 'libGL.so.1()(64bit)' "),
        (
            {"ID": "opensuse-leap", "ID_LIKE": "suse opensuse"},
            "zypper install 'libGL.so.1()(64bit)' ",
        ),
        ({"ID": "alpine"}, "apk add so:libGL.so.1 so:libX11-xcb.so.1 "),
    ],
    ids=lambda value: value.get("ID") if isinstance(value, dict) else "",
)
def test_each_system_has_its_own_command(os_release, command):
    made = install_command(MISSING, os_release, as_root=True)
    assert made is not None
    assert made.startswith(command)
    assert install_command(MISSING, os_release, as_root=False) == f"sudo {made}"


def test_every_missing_library_is_named_with_the_command():
    said = words(LibrariesMissing(MISSING), DEBIAN, as_root=False)
    for name in MISSING:
        assert name in said
    assert re.search(r"Install them with `sudo apt install libgl1 [^`]*`\.$", said)


def test_an_unknown_system_gets_the_names():
    said = words(LibrariesMissing(MISSING), {}, as_root=False)
    assert "libxcb-icccm.so.4" in said
    assert said.endswith("Install the packages that contain them.")


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (NoScreen(), "There is no screen"),
        (ScreenUnreachable(":7"), "The screen ':7' does not answer"),
        (QtFailed("no plugin."), "Qt cannot start here: no plugin."),
    ],
)
def test_each_trouble_is_one_sentence(trouble, said):
    sentence = words(trouble, DEBIAN, as_root=False)
    assert sentence.startswith(said)
    assert re.search(r"[^.]\.$", sentence)


def test_an_environment_without_a_screen_needs_no_try():
    assert find_trouble({}) == NoScreen()


@needs.linux
@pytest.mark.usefixtures("qt")
def test_where_qt_starts_nothing_is_missing():
    assert find_trouble({**os.environ, "QT_QPA_PLATFORM": "offscreen"}) is None
    assert missing_libraries(known(installed_binding({})), "offscreen") == ()


@needs.linux
@pytest.mark.usefixtures("qt")
def test_what_only_qt_knows_is_passed_on():
    trouble = find_trouble({**os.environ, "QT_QPA_PLATFORM": "no-such-platform"})
    assert isinstance(trouble, QtFailed)
    assert "platform" in trouble.last_words
