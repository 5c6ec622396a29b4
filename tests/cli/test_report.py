"""`unclench report`."""

from __future__ import annotations

import json
import shutil
from datetime import date, datetime, timezone

import pytest
from tests import needs

from unclench.store.library.library import Library
from unclench.store.session.summary import ChannelSummary, SessionSummary, sizes_of, write_summary
from unclench.training.placement.calibrations import book_path
from unclench.trial.plan import Trials, make_trial, save_trials
from unclench_dsp import WIDE


def test_report_is_written_into_the_session(run, session):
    done = run("report", session)
    assert (done.status, done.err) == (0, "")
    assert done.out.strip() == str(session / "report.html")
    page = (session / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert page.count("<h1>") == 1


def test_reports_are_replaced_but_other_files_need_force(run, session, tmp_path):
    assert run("report", session).status == 0
    assert run("report", session).status == 0
    mine = tmp_path / "mine.html"
    mine.write_text("mine")
    said = run("report", session, "-o", mine).sentence()
    assert "was not made by unclench" in said
    assert mine.read_text() == "mine"
    assert run("report", session, "-o", mine, "--force").status == 0
    assert mine.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")


def test_report_of_a_csv_is_written_beside_it(run, tmp_path):
    path = tmp_path / "theirs.csv"
    path.write_text("time_s,emg_uv\n" + "".join(f"{i / 1000:.3f},{i % 7}\n" for i in range(9000)))
    assert run("report", path).status == 0
    assert (tmp_path / "theirs-report.html").exists()
    assert path.read_text().startswith("time_s,emg_uv\n0.000,0")


@pytest.mark.parametrize("name", ["emg.csv", "session.json"])
def test_session_can_be_named_by_one_of_its_files(run, session, name):
    assert run("report", session / name).status == 0
    assert (session / "report.html").exists()


def test_band_option_applies(run, session):
    assert run("report", session, "--band", "narrow").status == 0
    assert "narrow, 100" in (session / "report.html").read_text(encoding="utf-8")


def test_all_writes_the_history_beside_the_sessions(run, session):
    done = run("report", "--all", session.parent)
    assert (done.status, done.out.strip()) == (0, str(session.parent / "history.html"))
    page = (session.parent / "history.html").read_text(encoding="utf-8")
    assert "Muscle tension over time" in page


def test_the_history_says_which_calibrations_could_not_be_read(run, session):
    book_path().parent.mkdir(parents=True)
    book_path().write_text("{", encoding="utf-8")
    assert run("report", "--all", session.parent).status == 0
    page = (session.parent / "history.html").read_text(encoding="utf-8")
    assert f"The calibrations in {book_path()} cannot be used" in page


@pytest.mark.parametrize(
    ("starts", "said"),
    [
        (date(2090, 1, 1), "The self-trial begins on 2090-01-01"),
        (date(2020, 1, 1), "Question: does seeing my tension help?"),
    ],
)
def test_history_includes_the_self_trial(run, session, starts, said):
    planned = datetime(2019, 12, 1, tzinfo=timezone.utc)
    trial = make_trial("Left shoulder", WIDE, starts, planned, seed=1)
    save_trials(Trials(trials=[trial]))
    assert run("report", "--all", session.parent).status == 0
    page = (session.parent / "history.html").read_text(encoding="utf-8")
    assert "Self-trial" in page
    assert said in page


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "Give a session folder or a CSV file, or --all"),
        (("--all", "--band", "wide"), "--band is for one session"),
        (("nowhere",), "no file or folder 'nowhere'"),
        (("--all", "nowhere"), "nowhere is not a folder"),
    ],
)
def test_mistakes_are_refused_in_one_sentence(run, arguments, said):
    assert said in run("report", *arguments).sentence()


@pytest.mark.parametrize("spoil", ["{", '{"schema_version": 99}'])
def test_unreadable_session_gets_no_report(run, session, spoil):
    (session / "session.json").write_text(spoil)
    run("report", session).sentence()
    assert not (session / "report.html").exists()


def test_session_without_samples_gets_no_report(run, session):
    (session / "emg.csv").unlink()
    said = run("report", session).sentence()
    assert "emg.csv" in said
    assert "Restore" in said
    assert not (session / "report.html").exists()


def test_output_option_cannot_name_the_pdf(run, session):
    said = run("report", session, "--pdf", "-o", "a.pdf").sentence()
    assert "-o names the HTML page" in said


@needs.browser
def test_pdf_is_written_beside_the_page(run, session):
    done = run("report", session, "--pdf")
    assert done.status == 0, done.err
    assert (session / "report.pdf").read_bytes().startswith(b"%PDF")
    assert run("report", session, "--pdf").status == 0


def test_without_a_browser_the_page_is_still_written(run, session, monkeypatch):
    monkeypatch.setattr("unclench.report.pdf.find_browser", lambda: None)
    done = run("report", session, "--pdf")
    assert done.status == 2
    assert "No browser that makes PDFs was found" in done.err
    assert "print it to a PDF there." in done.err
    assert (session / "report.html").exists()


@pytest.mark.parametrize("listed", [True, False])
def test_report_compares_sessions_in_the_same_folder(run, session, tmp_path, listed):
    """In a folder that is used as a library as in any other."""
    if listed:
        Library(tmp_path).entries()
    for name in ("session", "later"):
        folder = tmp_path / name
        if name == "later":
            shutil.copytree(session, folder)
        text = (folder / "session.json").read_text(encoding="utf-8")
        meta = {**json.loads(text), "sites": ["Left shoulder", None]}
        (folder / "session.json").write_text(json.dumps(meta), encoding="utf-8")
    channel = ChannelSummary(
        channel="ch1", site="Left shoulder", used_s=90, mean_uv=777, p50_uv=777
    )
    made_of = sizes_of(session)
    write_summary(session, SessionSummary(made_of=made_of, duration_s=90, channels=(channel,)))
    assert run("report", tmp_path / "later").status == 0
    assert "777" in (tmp_path / "later" / "report.html").read_text(encoding="utf-8")
