"""A program that runs every command in its own process and prints what each of them says.

The language is chosen when unclench is imported, so the tests start this once per language.
"""

from __future__ import annotations

import inspect
import json
import platform
from collections.abc import Iterator
from pathlib import Path

import click
from tests.commandline import run_command

from unclench.cli import cli

_SIM = ("--source", "sim:relaxed", "--speed", "max")
_PERSON = ("--source", "sim:person", "--speed", "max")
_PLACE = ("--place", "1:shoulder:left")
_BOARD = ("--port", "sim:relaxed")
_SHEET = ("--keep", "b.json")
_PROGRAM = """\
title = "tttt"
purpose = "tttt"
evidence = "tttt"

[[step]]
kind = "settle"
seconds = 4

[[step]]
kind = "baseline"
seconds = 20
"""
_FILES = {
    "pppp.toml": _PROGRAM,
    "wrong.toml": 'title = "tttt"\n[[step]]\nkind = "relax"\nseconds = -1\n',
    "broken.toml": "title = ",
    "a.csv": "time_s,emg\n" + "".join(f"{i / 1000:.3f},{i % 7}\n" for i in range(3000)),
    "text.csv": "time_s,emg\n0,oooo\n",
}
CALLS: dict[str, tuple[object, ...]] = {
    "mistyped command": ("sesion",),
    "old option": ("export", "nnnn", "--to", "csv"),
    "record": ("record", *_SIM, "--seconds", 3, "--out", "s1", *_PLACE),
    "record nowhere": ("record", *_SIM, "--seconds", 1, "--out", ""),
    "record without end": ("record", *_SIM, "--out", "s9", "--seconds", "nan"),
    "record what": ("record", "--source", "sim:nnnn", "--seconds", 1, "--out", "s9"),
    "record into one": ("record", *_SIM, "--seconds", 1, "--out", "a.csv"),
    "analyze": ("analyze", "s1"),
    "analyze table": ("analyze", "a.csv", "--unit", "uV"),
    "analyze nothing": ("analyze", "nnnn"),
    "analyze text": ("analyze", "text.csv"),
    "board set": ("board", "set", *_BOARD, "--channels", 2, "--gain", "1=200"),
    "board set wrong": ("board", "set", *_BOARD, "--gain", "1"),
    "board blink": ("board", "blink", *_BOARD),
    "board calibrate": ("board", "calibrate", *_BOARD, "--seconds", 1),
    "board calibrate short": ("board", "calibrate", *_BOARD, "--seconds", 0.01),
    "board calibrate dry": ("board", "calibrate", *_BOARD, "--seconds", 1, "--dry-run"),
    "board install": ("board", "install", *_BOARD),
    "board check": ("board", "check", *_BOARD, "--seconds", 3),
    "board check stored": ("board", "check", *_BOARD, "--seconds", 3, "--store-noise"),
    "board check share": ("board", "check", *_BOARD, "--seconds", 3, "--share"),
    "board check misplaced": ("board", "check", "--yes", "sheet", "b.json"),
    "board check shorted": ("board", "check", "shorted", *_BOARD, "--seconds", 3, *_SHEET),
    "board check charger": ("board", "check", "charger", *_BOARD, "--seconds", 3),
    "board check sheet": ("board", "check", "sheet", "b.json"),
    "board check signal": ("board", "check", "signal", *_BOARD, "--mv", 0),
    "board nowhere": ("board", "blink", "--port", "nnnn"),
    "calibrate": ("calibrate", *_PERSON, *_PLACE, "--reference", "none"),
    "calibrate nowhere": ("calibrate", *_PERSON),
    "calibrate list": ("calibrate", "--list"),
    "devices": ("devices",),
    "devices nowhere": ("devices", "--port", "nnnn"),
    "doctor": ("doctor",),
    "export": ("export", "s1", "--format", "csv"),
    "export again": ("export", "s1", "--format", "csv"),
    "import": ("import", "a.csv", "--unit", "uV", "--out", "s2"),
    "import text": ("import", "text.csv"),
    "live": ("live", *_SIM, "--seconds", 2, "--terminal", "--raw", "--record", "s3"),
    "live picture": ("live", *_SIM, "--terminal", "--screenshot", "a.png"),
    "live size": ("live", *_SIM, "--size", "9x9"),
    "programs list": ("programs", "list"),
    "programs show": ("programs", "show", "pppp.toml"),
    "programs show shipped": ("programs", "show", "let-go"),
    "programs show nothing": ("programs", "show", "let-goo"),
    "programs check": ("programs", "check", "pppp.toml"),
    "programs check wrong": ("programs", "check", "wrong.toml"),
    "programs check broken": ("programs", "check", "broken.toml"),
    "report": ("report", "s1", "--out", "s1.html"),
    "report again": ("report", "s1", "--out", "s1.html"),
    "report into folder": ("report", "s1", "--out", "."),
    "report over another": ("report", "s1", "--out", "a.csv"),
    "report nothing": ("report",),
    "review nothing": ("review", "nnnn"),
    "session": ("session", "pppp.toml", *_PERSON, "--terminal", *_PLACE),
    "session unknown": ("session", "ssss", *_PERSON, "--terminal", *_PLACE),
    "session json": ("session", "pppp.toml", "--json"),
    "history": ("history",),
    "history nowhere": ("history", "nnnn"),
    "sessions": ("sessions",),
    "sessions here": ("sessions", "list", "."),
    "sessions review": ("sessions", "list", ".", "--review"),
    "sessions since": ("sessions", "--since", "ssss"),
    "sessions rename": ("sessions", "rename", "s1", "tttt"),
    "sessions tag": ("sessions", "tag", "s1", "tttt"),
    "sessions untag": ("sessions", "tag", "s1", "rrrr", "--remove"),
    "sessions rest": ("sessions", "rest", "s1"),
    "sessions rest span": ("sessions", "rest", "s1", "0:00-0:02"),
    "sessions rest day": ("sessions", "rest", "s1", "--calibration", "dddd"),
    "sessions delete": ("sessions", "delete", "nnnn", "--yes"),
    "sessions backup": ("sessions", "backup", "all.zip"),
    "sessions restore": ("sessions", "restore", "all.zip", "--out", "bbbb"),
    "sessions restore again": ("sessions", "restore", "all.zip", "--out", "bbbb"),
    "sessions restore nothing": ("sessions", "restore", "nnnn.zip"),
    "simulate": ("simulate", "--source", "nnnn"),
    "simulate twice": ("simulate", "--pty", "--tcp", 0),
    "trial status early": ("trial", "status"),
    "trial plan": ("trial", "plan", "--site", "left shoulder", "--virtual"),
    "trial plan again": ("trial", "plan", "--site", "left shoulder"),
    "trial status": ("trial", "status"),
    "trial verdict": ("trial", "verdict"),
    "trial stop": ("trial", "stop"),
    "trial stop again": ("trial", "stop"),
    "watch": ("watch", *_PERSON, "--seconds", 3, "--terminal", "--out", "days", *_PLACE),
    "watch unmeasured": ("watch", *_SIM, "--terminal", "--out", "days", "--no-baseline"),
    "watch tray": ("watch", *_SIM, "--tray", "--out", "days"),
}


def commands(
    command: click.Command = cli, *path: str
) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every command with the words that call it, groups included."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            assert below is not None
            yield from commands(below, *path, name)


def names() -> set[str]:
    """Return what the person types: names of commands, their arguments and their choices."""
    found = set()
    for path, command in commands():
        found |= {*path}
        for parameter in command.params:
            takes = inspect.signature(parameter.make_metavar).parameters
            found |= {
                parameter.make_metavar(*[click.Context(command)][: len(takes)])
            }  # from 8.2 on
            if isinstance(parameter.type, click.Choice):
                found |= {str(choice) for choice in parameter.type.choices}
    return found


def main() -> None:
    """Run all commands in the current folder; print what they say, and the names, as JSON."""
    platform.freedesktop_os_release = lambda: {"PRETTY_NAME": "oooo"}  # a name, on any computer
    for name, text in _FILES.items():
        Path(name).write_text(text, encoding="utf-8")
    helps = {f"{' '.join(path)} --help": (*path, "--help") for path, _ in commands()}
    said = {}
    for name, arguments in (helps | CALLS).items():
        ran = run_command(*arguments)
        said[name] = ran.out + ran.err
    print(json.dumps({"names": sorted(names()), "said": said}))
