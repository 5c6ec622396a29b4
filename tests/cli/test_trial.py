"""`unclench trial`: plan, phase, verdict, and a session in a block without feedback."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, timedelta

import pytest
from tests.known import known

from unclench.settings import Place, Settings, save_settings, sessions_dir
from unclench.store import open_session
from unclench.trial.phases import blocks_of
from unclench.trial.plan import Trial, Trials, load_trials, make_trial, save_trials, trials_path
from unclench_dsp import WIDE

SHORT = """\
title = "Short"
purpose = "P"
evidence = "E"

[[step]]
kind = "settle"
seconds = 2

[[step]]
kind = "task"
seconds = 4
goal = { kind = "fixed", uv = 12.0 }
"""
PERSON = ("--source", "sim:person", "--terminal", "--speed", "max", "--place", "1:shoulder:left")


def start_trial(feedback: bool, day: int = 1, block_days: int = 4) -> Trial:
    """Start a trial on the virtual board whose block today is with or without feedback."""
    now = datetime.now().astimezone()
    starts = now.date() - timedelta(days=day)
    planned = now - timedelta(days=day + 1)
    for seed in range(100):
        trial = make_trial(
            "Left shoulder",
            WIDE,
            starts,
            planned,
            block_days=block_days,
            pairs=7,
            seed=seed,
            virtual=True,
        )
        if blocks_of(trial)[day // trial.block_days].feedback == feedback:
            save_trials(Trials(trials=[trial]))
            return trial
    raise AssertionError


def test_help_lists_the_subcommands(run):
    done = run("trial", "--help")
    assert done.status == 0
    for word in ("plan", "status", "verdict", "stop"):
        assert word in done.out


def test_plan_hides_the_order_of_its_blocks(run):
    save_settings(Settings(places=(Place(channel=1, site="shoulder", side="left"),)))
    done = run("trial", "plan")
    assert done.status == 0, done.err
    assert "Left shoulder" in done.out
    tomorrow = date.today() + timedelta(days=1)
    assert f"From {tomorrow} to {tomorrow + timedelta(days=59)}" in done.out
    assert "with feedback." not in done.out
    trial = known(load_trials().latest)
    assert (trial.site, trial.band, trial.measure) == ("Left shoulder", WIDE, "p50_uv")
    assert "The dashboard and the training window follow the trial." in done.out
    assert max(map(len, done.out.replace(str(trials_path()), "").splitlines())) <= 80
    assert "begins on" in run("trial", "status").out


@pytest.mark.parametrize(
    ("places", "words"),
    [
        ((), "The dashboard follows the trial. It does not know your site yet"),
        (
            (Place(channel=1, site="jaw", side="left"),),
            "does not follow the trial yet",
        ),
    ],
)
def test_plan_says_whether_the_dashboard_applies_it(run, places, words):
    save_settings(Settings(places=places))
    said = " ".join(run("trial", "plan", "--site", "left shoulder").out.split())
    assert words in said
    assert "Set the site in the training window" in said


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "Give --site"),
        (("--site", "left sholder"), "is not a known site"),
        (("--site", "jaw"), "Left jaw"),
        (("--site", "left jaw", "--pairs", 3), "give 6 to 12"),
        (("--site", "left jaw", "--days", 99), "give 1 to 28"),
        (("--site", "left jaw", "--starts", "2020-01-01"), "cannot begin in the past"),
        (("--site", "left jaw", "--starts", "soon"), "soon"),
    ],
)
def test_invalid_plans_are_refused(run, arguments, words):
    assert words in run("trial", "plan", *arguments).sentence()
    assert not trials_path().exists()


def test_only_one_trial_runs_at_a_time(run):
    assert run("trial", "plan", "--site", "left shoulder").status == 0
    again = run("trial", "plan", "--site", "left jaw").sentence()
    assert "A trial is running" in again
    assert run("trial", "stop").status == 0
    assert run("trial", "plan", "--site", "left jaw").status == 0
    assert [t.site for t in load_trials().trials] == ["Left shoulder", "Left jaw"]


@pytest.mark.parametrize("command", ["status", "verdict", "stop"])
def test_commands_say_when_no_trial_is_planned(run, command):
    assert "No trial is planned" in run("trial", command).sentence()


def test_an_early_verdict_is_refused(run):
    start_trial(feedback=True)
    assert "would spoil it" in run("trial", "verdict").sentence()


def test_no_verdict_without_sessions(run, tmp_path):
    start_trial(feedback=True, day=200, block_days=15)  # over since
    trials = load_trials()
    trials.replace_latest(known(trials.latest).model_copy(update={"starts": date(2020, 1, 1)}))
    save_trials(trials)
    done = run("trial", "verdict", tmp_path)
    assert done.status == 0, done.err
    assert "No verdict: both blocks have sessions in 0 of 7 pairs" in " ".join(done.out.split())
    as_json = json.loads(run("trial", "verdict", tmp_path, "--json").out)
    assert (as_json["p"], as_json["effect"], len(as_json["blocks"])) == (None, None, 14)


@pytest.mark.parametrize("feedback", [True, False])
def test_session_stores_its_block_and_hides_tension_without_feedback(run, tmp_path, feedback):
    trial = start_trial(feedback)
    program = tmp_path / "short.toml"
    program.write_text(SHORT, encoding="utf-8")
    status = json.loads(run("trial", "status", "--json").out)
    assert (status["feedback"], status["sessions_today"], status["days_left"]) == (feedback, 0, 2)
    done = run("session", program, *PERSON)
    assert done.status == 0, done.err
    phase = "with feedback." if feedback else "without feedback, tension is not shown."
    assert f"Self-trial, block 1 of 14: {phase} 2 days left after today." in done.err
    assert ("µV" in done.out) == feedback
    assert ("tension is not shown" in done.out) == (not feedback)
    (folder,) = (sessions_dir(Settings())).iterdir()
    meta = open_session(folder).meta
    assert meta.feedback == feedback
    assert known(meta.model_extra)["trial"] == {
        "planned": trial.planned.isoformat(),
        "block": 1,
        "pair": 1,
        "feedback": feedback,
    }
    assert "Today's session is done." in " ".join(run("trial", "status").out.split())


@pytest.mark.parametrize("feedback", [True, False])
def test_json_has_no_scores_without_feedback(run, tmp_path, feedback):
    start_trial(feedback)
    program = tmp_path / "short.toml"
    program.write_text(SHORT, encoding="utf-8")
    printed = json.loads(run("session", program, *PERSON, "--json").out)
    assert (printed["feedback"], printed["state"]) == (feedback, "done")
    assert ("score" in printed, "steps" in printed) == (feedback, feedback)
    assert ("_uv" in json.dumps(printed)) == feedback
    (folder,) = (sessions_dir(Settings())).iterdir()
    assert known(open_session(folder).meta.training)["score"]  # for the verdict


@pytest.mark.parametrize("place", [("--place", "1:shoulder:left"), ()])
def test_recording_stores_its_block(run, tmp_path, place):
    start_trial(feedback=False)
    sim = ("--source", "sim:relaxed", "--seconds", 2, "--speed", "max")
    done = run("record", *sim, *place, "--out", tmp_path / "a")
    assert done.status == 0, done.err
    assert done.err.count("without feedback, tension is not shown") == 1
    assert ("site of this sensor is not known" in done.err) == (not place)
    meta = open_session(tmp_path / "a").meta
    assert not meta.feedback
    block = known(meta.model_extra)["trial"]
    assert (block["block"], block["feedback"]) == (1, False)
    other = run("record", *sim, "--place", "1:jaw:left", "--out", tmp_path / "b")
    assert "Self-trial" not in other.err
    assert open_session(tmp_path / "b").meta.feedback


@pytest.mark.parametrize("feedback", [True, False])
def test_progress_line_hides_tension_without_feedback(run_on_terminal, tmp_path, feedback):
    start_trial(feedback)
    what = ("record", "--source", "sim:relaxed", "--seconds", 2, "--speed", "max")
    done = run_on_terminal(*what, "--out", tmp_path / "a")
    assert done.status == 0
    assert " 2 s" in done.out
    assert bool(re.search(r"\d uV", done.out)) == feedback


@pytest.mark.usefixtures("qt")
def test_dashboard_announces_and_records_its_block(run, tmp_path):
    save_settings(Settings(places=(Place(channel=1, site="shoulder", side="left"),)))
    start_trial(feedback=False)
    record = ("--record", tmp_path / "a", "--seconds", 2, "--speed", "max")
    picture = ("--screenshot", tmp_path / "a.png")
    done = run("live", "--source", "sim:relaxed", *record, *picture)
    assert done.status == 0, done.err
    assert "Self-trial, block 1 of 14: without feedback" in done.err
    meta = open_session(tmp_path / "a").meta
    assert list(meta.sites) == ["Left shoulder"]
    assert not meta.feedback
    assert known(meta.model_extra)["trial"]["block"] == 1


def test_sessions_of_other_sites_are_not_part_of_the_trial(run, tmp_path):
    start_trial(feedback=False)
    program = tmp_path / "short.toml"
    program.write_text(SHORT, encoding="utf-8")
    done = run("session", program, *PERSON[:-1], "1:jaw:left")
    assert "Self-trial" not in done.err
    assert "µV" in done.out
