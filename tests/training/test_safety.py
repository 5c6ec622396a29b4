"""The short form of safety: what it says, and who is shown it in a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from tests import needs

from unclench.commands.guided import run_guided
from unclench.commands.terminalrun import terminal_run
from unclench.errors import InputError
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench.running.wanted import Wanted
from unclench.settings import load_settings, save_settings
from unclench.sources import Source, open_source
from unclench.training.placement.safety import RULES
from unclench.training.programs.file import NamedProgram

FIRST = "Before you begin:"


class OnSkin(SyntheticInput):
    """A board that does not say that it is virtual, as a real one with electrodes on skin."""

    def hello(self):
        hello = super().hello()
        hello.flags = 0
        return hello


@dataclass(frozen=True)
class Handed(Wanted):
    """Whatever source a test hands in."""

    given: Source | None = None

    def open(self) -> Source:
        assert self.given is not None
        return self.given


@pytest.fixture
def board() -> Iterator[Source]:
    """Such a board at the end of a wire."""
    virtual = VirtualBoard(OnSkin("relaxed"), MAX_SPEED)
    yield Source("a board", virtual.plug_in, None, MAX_SPEED)
    virtual.close()


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch):
    """Somebody at a terminal who types this."""
    needs.require_posix()
    keys, screen = os.openpty()
    with os.fdopen(screen) as stdin:
        monkeypatch.setattr(sys, "stdin", stdin)
        yield lambda typed: os.write(keys, typed.encode())
        monkeypatch.undo()
    os.close(keys)


@pytest.fixture
def guide(program):
    """Hold the shortest session that there is."""

    def hold(source: Source) -> None:
        brief = program({"kind": "settle", "seconds": 1})
        named = NamedProgram("test", Path("test.toml"), brief, "", shipped=False)
        with terminal_run(Handed(given=source)) as run:
            run_guided(run, named, out=None)

    return hold


def shown(err: str) -> bool:
    assert (FIRST in err) == all(words in err for _, words in RULES)
    return FIRST in err


def test_the_short_form_names_what_matters() -> None:
    told = " ".join(f"{title}. {words}" for title, words in RULES)
    for word in ("battery", "charger, dock and monitor", "isolator", "chest", "skin", "pacemaker"):
        assert word in told
    for word in ("Children", "animals", "electrodes off first", "pull the USB plug", "TENS"):
        assert word in told
    for words in ("No bare metal of the laptop", "nothing plugged in", "isolated power"):
        assert words in told
    for words in ("Not near water", "No cable round the neck", "one sensor at a time"):
        assert words in told
    assert "diagnoses and treats nothing" in told
    assert len(told.split()) < 190, "it is to be read in a minute"


def test_to_stop_is_a_rule_of_its_own_near_the_top() -> None:
    (n,) = [n for n, (_, words) in enumerate(RULES) if "tingles, hurts or gets warm" in words]
    assert n <= 1
    assert RULES[n][1].startswith("If anything tingles")


def test_without_a_person_it_is_shown_and_the_session_goes_on(board, guide, capsys) -> None:
    guide(board)
    assert shown(capsys.readouterr().err)
    assert load_settings().safety_read is None, "nobody has read it"


def test_a_person_is_asked_once(board, guide, terminal, capsys) -> None:
    terminal("y\n")
    guide(board)
    assert shown(capsys.readouterr().err)
    assert load_settings().safety_read == date.today()
    guide(board)
    assert not shown(capsys.readouterr().err)


def test_a_session_does_not_begin_without_consent(board, guide, terminal, capsys) -> None:
    terminal("n\n")
    with pytest.raises(InputError, match="until you have agreed to"):
        guide(board)
    assert shown(capsys.readouterr().err)
    assert load_settings().safety_read is None


def test_who_has_read_it_in_the_window_is_not_asked(board, guide, terminal, capsys) -> None:
    settings = load_settings()
    settings.safety_read = date(2026, 1, 1)
    save_settings(settings)
    guide(board)
    assert not shown(capsys.readouterr().err)


def test_a_virtual_board_behind_a_port_has_no_electrodes(guide, capsys) -> None:
    virtual = VirtualBoard(SyntheticInput("relaxed"), MAX_SPEED)
    guide(Source("a port", virtual.plug_in, None, MAX_SPEED))
    virtual.close()
    assert not shown(capsys.readouterr().err)


def test_a_virtual_board_has_no_electrodes(guide, terminal, capsys) -> None:
    terminal("n\n")
    source = open_source("sim:relaxed", speed=MAX_SPEED)
    guide(source)
    source.close()
    assert not shown(capsys.readouterr().err)
