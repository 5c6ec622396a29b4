"""Every command opens its source in one way, so what one of them says the others say, too."""

from __future__ import annotations

import json
import re

import pytest
from tests.commandline import run_command

from unclench.errors import InputError
from unclench.notices import told, words
from unclench.running.opener import open_run
from unclench.running.wanted import Wanted
from unclench.settings import Place, Settings, load_settings, save_settings, settings_path
from unclench.sources import Source
from unclench.store import open_session
from unclench.training.placement.calibrations import book_path
from unclench.trial.plan import trials_path

from .conftest import COMMANDS, SIM

FAST = Wanted("sim:relaxed", "max")


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_cannot_be_used_are_said_once_by_every_command(run, command):
    broken = {"settings": settings_path(), "calibrations": book_path(virtual=True)}
    for path in broken.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("{", encoding="utf-8")
    done = run(command)
    assert done.status == 0, done.err
    for called, path in broken.items():
        assert done.err.count(f"The {called} in {path} cannot be used") == 1


def test_a_broken_file_of_the_self_trial_is_said_when_a_run_is_opened():
    trials_path().parent.mkdir(parents=True, exist_ok=True)
    trials_path().write_text("{", encoding="utf-8")
    with open_run(FAST):
        pass
    assert [str(trials_path()) in words(notice) for notice in told()] == [True]


def test_a_recording_knows_the_place_of_the_settings(settled, tmp_path):
    done = run_command("record", *SIM, "--seconds", "1", "--out", tmp_path / "s")
    assert done.status == 0, done.err
    assert list(open_session(tmp_path / "s").meta.sites) == ["Left shoulder"]


def test_remembered_places_that_do_not_fit_the_board_are_left_out():
    save_settings(Settings(places=(Place(channel=3, site="jaw", side="left"),)))
    with open_run(FAST) as opened:
        assert opened.places
        assert (opened.known, opened.sites) == ((), [])


def test_given_places_that_do_not_fit_the_board_are_refused_before_anything_is_written(tmp_path):
    wanted = FAST.with_sink("record", tmp_path / "s")
    with (
        pytest.raises(InputError, match="is on channel 3, but the board has 1 channel"),
        open_run(wanted, [Place(channel=3, site="jaw", side="left")]),
    ):
        pass
    assert not (tmp_path / "s").exists()


def test_a_source_is_closed_whatever_goes_wrong(monkeypatch):
    closed: list[str] = []
    monkeypatch.setattr(Source, "close", lambda source: closed.append(source.name))

    def refuse(*_: object) -> None:
        raise InputError("No.")

    with pytest.raises(InputError), open_run(FAST, before=refuse):
        pass
    with pytest.raises(ZeroDivisionError), open_run(FAST):
        _ = 1 / 0
    with open_run(FAST):
        pass
    assert len(closed) == 3


def test_what_a_run_records_is_summed_up_when_it_is_closed(tmp_path):
    with open_run(FAST.with_sink("record", tmp_path / "s"), stop_after_s=5.0) as opened:
        opened.start()
        assert opened.pipeline.wait(120.0)
    summary = json.loads((tmp_path / "s" / "summary.json").read_text(encoding="utf-8"))
    assert summary["duration_s"] == 5.0


@pytest.mark.parametrize("command", ["live", "watch", "calibrate"])
def test_the_samples_of_what_is_watched_or_calibrated_can_be_kept(run, command, tmp_path):
    done = run(command, "--record", tmp_path / "kept")
    assert done.status == 0, done.err
    assert re.search(rf"Saved \d+ s to {re.escape(str(tmp_path / 'kept'))}", done.err)
    meta = open_session(tmp_path / "kept").meta
    assert meta.n_samples >= 6000
    assert meta.ended == "closed"


def test_consent_is_asked_for_with_the_settings_that_the_run_keeps(settled):
    seen = []
    with open_run(FAST, before=lambda source, settings: seen.append(settings)) as opened:
        assert seen == [opened.settings]
        assert opened.settings == load_settings()
