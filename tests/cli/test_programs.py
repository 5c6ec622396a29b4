"""`unclench programs ...`: the list, one program in words, the mistakes in a file."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from unclench.settings import own_dir
from unclench.training.programs.file import SHIPPED, find_program

OWN = """\
title = "Evening"
purpose = "P"
evidence = "E"
site = "jaw"
goal = { kind = "reference", percent = 5 }

[[step]]
kind = "repeat"
times = 2

[[step.step]]
kind = "task"
title = "Read?"
seconds = 90
goal = { kind = "baseline", times = 1.5 }

[[step]]
kind = "hold"
"""


@pytest.fixture
def own_program() -> Callable[..., Path]:
    """Write a program into the person's own programs and return its path."""

    def put(name: str, text: str = OWN) -> Path:
        path = own_dir() / "programs" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    return put


def test_list_prints_one_program_per_line(run):
    done = run("programs", "list")
    assert (done.status, done.err) == (0, "")
    lines = done.out.splitlines()
    assert [line.split()[0] for line in lines] == sorted(p.stem for p in SHIPPED.glob("*.toml"))
    for line in lines:
        name, minutes, title = re.split(r" {2,}", line)
        assert re.fullmatch(r"\d+ min", minutes)
        assert title == find_program(name).program.title
    assert "quiet-five           5 min  A quiet five minutes" in lines


def test_list_marks_own_programs(run, own_program):
    own_program("evening.toml")
    own_program("let-go.toml")
    lines = run("programs", "list").out.splitlines()
    assert "evening              6 min  Evening (your own)" in lines
    assert "let-go               6 min  Evening (your own, replaces the shipped one)" in lines
    assert len(lines) == 9 + 1


def test_list_includes_broken_programs_with_their_mistake(run, own_program):
    path = own_program("broken.toml", OWN.replace("90", "0"))
    done = run("programs", "list")
    assert (done.status, len(done.out.splitlines())) == (0, 9 + 1)
    assert done.out.startswith("breathe-6")
    line = done.out.splitlines()[1]
    assert line.startswith(
        f"broken                   -  not usable: {path}, line 14, step 1.1 (task)"
    )


def test_show_prints_every_field_and_step(run, own_program):
    path = own_program("evening.toml")
    done = run("programs", "show", "evening")
    assert (done.status, done.err) == (0, "")
    assert done.out == (
        f"evening: Evening\nYour own: {path}\n\n"
        "Purpose   P\n"
        "Evidence  E\n"
        "Site      jaw\n"
        "Goal      below 5 % of your reference contraction, unless a step has its own\n"
        "Needs     a resting baseline and a reference contraction, measured before\n"
        "Takes     at most 6 min\n"
        "\n"
        "1     2 times:\n"
        "1.1   Read? Do something and stay low for 1 min 30 s; goal: below 1.5 times your\n"
        "      resting baseline.\n"
        "2     Stay below the goal for 20 s without a break; takes at most 3 min.\n"
    )


@pytest.mark.parametrize("name", ["first-ten-minutes", "relax-long", "calibrate-maximum"])
def test_show_shipped_program(run, name):
    done = run("programs", "show", name)
    found = find_program(name)
    assert done.status == 0
    assert done.out.startswith(
        f"{name}: {found.program.title}\nShipped with unclench: {found.path}\n"
    )
    words = " ".join(done.out.split())
    assert f"Purpose {found.program.purpose} Evidence {found.program.evidence}" in words
    assert "Needs nothing beforehand" in words
    assert re.findall(r"^\d+", done.out, re.MULTILINE)[-1] == str(len(found.program.step))
    assert max(len(line) for line in done.out.splitlines()[2:]) <= 80


def test_show_program_file(run, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    assert run("programs", "show", path).out.startswith(f"mine: Evening\nYour own: {path}\n")


def test_show_unknown_program_suggests_a_name(run, tmp_path):
    assert run("programs", "show", "let-it-go").sentence() == (
        "unclench: There is no program let-it-go. Did you mean let-go? "
        "`unclench programs list` shows all."
    )
    assert "There is no file" in run("programs", "show", tmp_path / "x.toml").sentence()


def test_show_broken_program_names_line_and_step(run, own_program):
    path = own_program("broken.toml", OWN.replace("90", "0").replace("1.5", "0"))
    said = run("programs", "show", "broken").sentence()
    assert f"{path}, line 14, step 1.1 (task), seconds: 0 is not allowed" in said
    assert said.endswith(f"(1 more mistake: `unclench programs check {path}` lists all).")


def test_check_valid_program(run, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN, encoding="utf-8")
    done = run("programs", "check", path)
    assert (done.status, done.err) == (0, "")
    assert done.out == f"{path} is fine: 3 steps, at most 6 min.\n"


def test_check_prints_one_mistake_per_line(run, tmp_path):
    path = tmp_path / "mine.toml"
    path.write_text(OWN.replace("90", "0").replace("1.5", '"x"') + "x = 1\n", encoding="utf-8")
    done = run("programs", "check", path)
    assert (done.status, done.err) == (2, "")
    lines = done.out.splitlines()
    assert [re.findall(r", line (\d+), ", line) for line in lines] == [["14"], ["15"], ["19"]]


@pytest.mark.parametrize("name", ["nope.toml", ".", "no/such/folder"])
def test_check_unreadable_file_is_refused(run, tmp_path, name):
    run("programs", "check", tmp_path / name).sentence()


def test_without_a_subcommand_help_is_shown(run):
    done = run("programs")
    assert done.status == 0
    assert all(f"\n  {command} " in done.out for command in ("list", "show", "check"))


def test_list_in_a_pipe_has_no_colours(run_apart):
    done = run_apart("programs", "list")
    assert (done.status, done.err) == (0, "")
    assert len(done.out.splitlines()) == 9
    assert "\x1b" not in done.out
