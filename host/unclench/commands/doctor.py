"""`unclench doctor`: how things stand on this computer, fit to be pasted into a bug report."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from unclench import notices
from unclench.commands.lookover import FILES, look_over
from unclench.commands.versions import version_of, versions
from unclench.errors import DisplayError
from unclench.logs import internal_error, last_errors, log_path, refused, without_private
from unclench.settings import load_settings, own_dir, sessions_dir
from unclench.translation import tr

_LEAST_FREE_MB = 200  # about an hour of two channels
_MOST_ERRORS = 3
_STATUS_BROKEN = 1


@dataclass(frozen=True)
class Fact:
    """One line of the report.

    Attributes
    ----------
    name : str
        A key of the JSON output; `_LABELS` has its words.
    text : str
    broken : bool
    """

    name: str
    text: str
    broken: bool = False


def run(as_json: bool) -> None:
    """Print the report; exit with status 1 if something is broken."""
    with notices.fresh_run():  # reported below without private paths, not on stderr
        report = {title: list(_facts(probe)) for title, probe in _PROBES.items()}
    found = [fact for facts in report.values() for fact in facts if fact.broken]
    broken = [f"{_label(fact.name)}: {fact.text}" for fact in found]
    if as_json:
        plain = {title: {fact.name: fact.text for fact in facts} for title, facts in report.items()}
        click.echo(json.dumps({**plain, "broken": broken}, indent=2, ensure_ascii=False))
    else:
        click.echo("\n".join(_lines(report)))
        click.echo("\n" + (tr("Problems:") if broken else tr("No problems found.")))
        for line in broken:
            click.echo(f"  {line}")
    if broken:
        sys.exit(_STATUS_BROKEN)


def _lines(report: dict[str, list[Fact]]) -> Iterator[str]:
    width = max(len(_label(fact.name)) for facts in report.values() for fact in facts)
    for title, facts in report.items():
        yield _label(title)
        for fact in facts:
            first, *more = fact.text.splitlines()
            yield f"  {_label(fact.name):{width}}  {first}"
            yield from (f"  {'':{width}}  {line}" for line in more)


def _facts(probe: Callable[[], Iterator[Fact]]) -> Iterator[Fact]:
    """Yield what a probe finds; a probe that fails is a finding, and the others go on."""
    try:
        yield from probe()
    except Exception as error:  # noqa: BLE001 - logged, and told in the report
        internal_error(error)
        yield Fact("failed", f"{type(error).__name__}: {without_private(str(error))}", broken=True)


def _versions() -> Iterator[Fact]:
    for name, number in versions().items():
        yield Fact(name, number or tr("not installed"), broken=number is None)
    yield Fact("system", platform.platform())


def _window() -> Iterator[Fact]:
    from unclench.desktop.display import check_display
    from unclench.desktop.libraries import installed_binding

    binding = installed_binding(os.environ)
    if binding is None:
        yield Fact("Qt", tr("not installed: run `python -m pip install PyQt5`"), broken=True)
        return
    yield Fact("Qt", f"{binding} {version_of(binding)}")
    for name, into_file in (("window", False), ("picture", True)):
        try:
            check_display(into_file=into_file)
            yield Fact(name, tr("can be drawn") if into_file else tr("can be opened"))
        except DisplayError as error:  # a computer without a screen is not broken
            yield Fact(name, str(error), broken=into_file)
        except subprocess.TimeoutExpired:
            yield Fact(name, tr("Qt did not start within a minute"), broken=True)


def _ports() -> Iterator[Fact]:
    import serial.tools.list_ports

    from unclench.link.discovery import USB_PID, USB_VID, ask

    found = serial.tools.list_ports.comports()
    usb = [port for port in found if port.vid is not None and port.pid is not None]
    for port in usb:
        identity = f"{port.vid:04X}:{port.pid:04X}"
        if (port.vid, port.pid) != (USB_VID, USB_PID):
            yield Fact(
                port.device, tr("{identity}, not a Pico with MicroPython", identity=identity)
            )
            continue
        board = ask(port.device)
        firmware = "" if board.hello is None else ".".join(str(n) for n in board.hello.firmware)
        state = tr("firmware {version}", version=firmware) if firmware else board.trouble
        yield Fact(port.device, f"{identity}, {state}", broken=not firmware)
    # Names may be private, such as those of headphones.
    yield Fact("other ports", str(len(found) - len(usb)))


def _sound() -> Iterator[Fact]:
    from unclench.audio import count_devices

    yield Fact("devices", str(count_devices()))


def _paths() -> Iterator[Fact]:
    yield Fact("settings", _short(own_dir()))
    settings = load_settings()
    sessions = sessions_dir(settings)
    there = next(path for path in (sessions, *sessions.absolute().parents) if path.exists())
    chosen = settings.sessions_dir is not None  # so its name may be private
    yield Fact("sessions", tr("a folder chosen in the settings") if chosen else _short(sessions))
    writable = os.access(there, os.W_OK)
    words = tr("yes") if writable else tr("no: change the permissions of the folder")
    yield Fact("writable", words, broken=not writable)
    free_mb = shutil.disk_usage(there).free / 1e6
    yield Fact("free space", f"{free_mb:.0f} MB", broken=free_mb < _LEAST_FREE_MB)
    log = _short(log_path())
    words = tr("{path}, which cannot be written", path=log) if refused() else log
    yield Fact("log", words, broken=refused())


def _short(path: Path) -> str:
    """Return a path without the person's name."""
    home = Path.home()
    if path.is_relative_to(home):
        return str(Path("~", path.relative_to(home)))
    return str(Path(*("(user)" if part == home.name else part for part in path.parts)))


def _files() -> Iterator[Fact]:
    look_over()
    told = notices.told()
    for name in ("settings.json", *FILES):
        path = own_dir() / name
        here = [notice for notice in told if _about(notice, path)]
        if here:
            yield Fact(name, "; ".join(_fault(notice) for notice in here), broken=True)
        else:
            yield Fact(name, tr("fine") if os.path.lexists(path) else tr("none"))


def _about(notice: notices.Notice, path: Path) -> bool:
    return not isinstance(notice, notices.Remark) and path in (notice.path, *notice.path.parents)


def _fault(notice: notices.Notice) -> str:
    if isinstance(notice, notices.Unusable):
        return f"{_FAULTS[notice.why]} ({without_private(notice.detail)})"
    return tr("has a mistake")


def _errors() -> Iterator[Fact]:
    found = last_errors(_MOST_ERRORS)
    for number, entry in enumerate(found, start=1):
        yield Fact(str(number), entry)
    if not found:
        yield Fact("errors", tr("none in the log"))


def _label(key: str) -> str:
    """Return the words for a key; names of packages, ports and files have none."""
    return _LABELS.get(key, key)


_FAULTS = {
    notices.Why.UNREADABLE: tr("unreadable"),
    notices.Why.BROKEN: tr("broken"),
    notices.Why.NEWER: tr("written by a newer version"),
}
_LABELS = {
    "devices": tr("devices"),
    "errors": tr("errors"),
    "failed": tr("failed"),
    "files": tr("files"),
    "free space": tr("free space"),
    "last errors": tr("last errors"),
    "log": tr("log"),
    "other ports": tr("other ports"),
    "paths": tr("paths"),
    "picture": tr("picture"),
    "ports": tr("ports"),
    "sessions": tr("sessions"),
    "settings": tr("settings"),
    "sound": tr("sound"),
    "system": tr("system"),
    "versions": tr("versions"),
    "window": tr("window"),
    "writable": tr("writable"),
}
_PROBES: dict[str, Callable[[], Iterator[Fact]]] = {
    "versions": _versions,
    "window": _window,
    "ports": _ports,
    "sound": _sound,
    "paths": _paths,
    "files": _files,
    "last errors": _errors,
}
