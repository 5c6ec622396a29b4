"""Every command says which file of the person's own cannot be used, and none of them is lost."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import click
import pytest
from tests.commandline import run_command

from unclench.cli import cli
from unclench.settings import own_dir

FILES = (
    *("settings.json", "calibrations.json", "calibrations-virtual.json", "trial.json"),
    *("tags.toml", "programs/evening.toml"),
)
SIM = ("--source", "sim:relaxed", "--seconds", 1, "--speed", "max")
PERSON = ("--source", "sim:person", "--speed", "max", "--place", "1:shoulder:left")
PROGRAM = """\
title = "Short"
purpose = "To be quick."
evidence = "None."

[[step]]
kind = "settle"
seconds = 1
"""
# What each command is called with. Those that write files of the person's own do so here.
CALLS: dict[str, tuple[object, ...]] = {
    "analyze": ("none",),
    "board": (),
    "board blink": ("--port", "none"),
    "board calibrate": ("--port", "none"),
    "board check": ("--port", "none"),
    "board check battery": ("--keep", "sheet.json"),
    "board check charger": ("--keep", "sheet.json"),
    "board check hands-off": ("--keep", "sheet.json"),
    "board check hands-on": ("--keep", "sheet.json"),
    "board check sheet": ("sheet.json",),
    "board check shorted": ("--keep", "sheet.json"),
    "board check signal": ("--keep", "sheet.json", "--mv", 1),
    "board install": ("--port", "none"),
    "board set": ("--port", "none"),
    "calibrate": (*PERSON, "--reference", "none"),
    "devices": ("--port", "none"),
    "doctor": (),
    "export": ("none", "--format", "edf"),
    "history": (),
    "import": ("none",),
    "live": (*SIM, "--terminal", "--record", "session"),
    "programs": (),
    "programs check": ("short.toml",),
    "programs list": (),
    "programs show": ("let-go",),
    "record": (*SIM, "--out", "session", "--place", "1:shoulder:left"),
    "report": ("--all",),
    "review": ("none",),
    "session": ("short.toml", *PERSON, "--terminal"),
    "sessions backup": ("all.zip",),
    "sessions delete": ("none", "--yes"),
    "sessions list": (),
    "sessions rename": ("none", "title"),
    "sessions rest": ("none",),
    "sessions restore": ("none.zip",),
    "sessions tag": ("none", "label"),
    "simulate": ("--source", "none"),
    "trial plan": ("--site", "left shoulder"),
    "trial status": (),
    "trial stop": (),
    "trial verdict": (),
    "watch": (*SIM, "--terminal", "--out", "days", "--place", "1:shoulder:left"),
}


def commands(command: click.Command, above: str = "") -> Iterator[str]:
    """Name all commands that do something."""
    if not isinstance(command, click.Group) or (command.invoke_without_command and above):
        yield above
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            below = command.get_command(click.Context(command), name)
            assert below is not None
            yield from commands(below, f"{above} {name}".strip())


def contents(folder: Path) -> dict[str, bytes]:
    """What each file below a folder holds."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}


def spoil(name: str, how: str) -> Path:
    """Put a file that cannot be used where the program looks for one."""
    path = own_dir() / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if how == "a folder":
        path.mkdir()
        (path / "mine.txt").write_text(name)
    elif how == "unreadable":
        path.symlink_to(path)  # which not even root can read
    elif how == "not UTF-8":
        path.write_bytes(b'"\xff" ' + name.encode())
    else:
        text = {"not JSON": "{[", "a wrong type": "[3]", "newer": '{"format": 99}'}[how]
        if path.suffix == ".toml":
            text = {"not JSON": "[[", "a wrong type": "tag = 3", "newer": "format = 99"}[how]
        path.write_text(f"{text}\n" if how == "newer" else f"{text} ")
    return path


def test_every_command_is_called_here():
    assert sorted(CALLS) == sorted(commands(cli))


@pytest.mark.parametrize(
    "how", ["not JSON", "a wrong type", "not UTF-8", "unreadable", "a folder", "newer"]
)
@pytest.mark.parametrize("command", CALLS)
def test_a_broken_file_is_said_and_kept(command, how, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("short.toml").write_text(PROGRAM)
    paths = [spoil(name, how) for name in FILES]
    links = [path for path in paths if path.is_symlink()]
    before = contents(own_dir())
    if command == "doctor":  # whose trial of Qt in a process of its own is test_doctor's
        monkeypatch.setattr("unclench.desktop.display.check_display", lambda **_: None)

    ran = run_command(*command.split(), *CALLS[command])

    assert "Traceback" not in ran.err
    if command == "doctor":  # which names files without their folder
        assert all(f"{name.partition('/')[0]}: " in ran.out for name in FILES)
        paths = []
    for path in paths if not command.startswith("programs") else paths[:-1]:  # list, show, check
        assert any(str(path) in line for line in ran.err.splitlines()), (path, ran.err)
    after = contents(own_dir())
    assert Counter(before.values()) <= Counter(after.values())
    moved = before.keys() - {name for name, held in after.items() if before.get(name) == held}
    for name in moved:
        kept = name.replace(".json", ".broken.json")
        assert after[kept] == before[name]
        assert str(own_dir() / Path(*Path(kept).parts[:1])) in ran.err
    for path in links:
        assert path.is_symlink() or path.with_suffix(".broken.json").is_symlink()


def test_a_file_that_is_fine_is_no_news(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    own_dir().mkdir(parents=True)
    (own_dir() / "settings.json").write_text(json.dumps({"theme": "dark"}))
    assert run_command("programs", "list").err == ""
