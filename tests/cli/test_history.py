"""`unclench history`: tables that fit a terminal, missing figures made, mistakes in a sentence."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.commandline import Ran

from unclench.commands.history import sparkline
from unclench.store.session.summary import ChannelSummary, SessionSummary, TagSummary, sizes_of

TAGS = TagSummary(
    words="posture: slouching over the desk with the chin far in front",
    times=3,
    during_s=70.0,
    untagged_s=400.0,
    log_ratio=0.3,
    log_ratio_se=0.05,
)


@pytest.fixture
def dated_sessions(run: Callable[..., Ran], tmp_path: Path) -> Callable[..., Path]:
    """Make n sessions three days apart, with planted summaries; return their folder."""
    root = tmp_path / "weeks"
    seed = tmp_path / "seed"
    source = ("--source", "sim:relaxed", "--seconds", 1, "--speed", "max")
    assert run("record", *source, "--out", seed).status == 0
    meta = json.loads((seed / "session.json").read_text("utf-8"))

    def make(n: int, **figures: Any) -> Path:
        began = datetime(2026, 3, 2, 18).astimezone()
        for k in range(n):
            at = began + timedelta(days=3 * k)
            folder = root / f"{at:%Y-%m-%d_%H-%M-%S}"
            folder.mkdir(parents=True)
            for file in seed.iterdir():
                (folder / file.name).write_bytes(file.read_bytes())
            dated = {**meta, "created": at.isoformat(), "sites": ["Left shoulder"]}
            (folder / "session.json").write_text(json.dumps(dated), encoding="utf-8")
            planted = {
                "used_s": 600.0,
                "mean_uv": 5.0 - 0.2 * k + 0.02 * (-1) ** k,
                "rest_share": 0.3,
                **figures,
            }
            channel = ChannelSummary(channel="channel 1", site="Left shoulder", **planted)
            made = SessionSummary(made_of=sizes_of(folder), duration_s=600.0, channels=(channel,))
            (folder / "summary.json").write_text(made.model_dump_json(), encoding="utf-8")
        return root

    return make


def test_tables_explain_in_words_and_fit_80_columns(run, dated_sessions):
    done = run("history", dated_sessions(12, tags=(TAGS,)))
    assert done.status == 0, done.err
    assert done.out.startswith("Left shoulder (wide band, 20-450 Hz, virtual board)\n")
    assert "12 sessions, 2026-03-02 to 2026-04-04" in done.out
    assert "Mean tension" in done.out
    assert "lower by 0.47 µV per week (0." in done.out
    assert "no figures" in done.out
    assert "slouching" in done.out
    assert " % higher (" in done.out
    assert max(map(len, done.out.splitlines())) <= 80
    assert "█" in done.out


def test_json_includes_points_trends_and_tags(run, dated_sessions):
    (series,) = json.loads(run("history", dated_sessions(8, tags=(TAGS,)), "--json").out)["series"]
    assert len(series["points"]) == 8
    assert series["points"][0]["mean_uv"] == 5.02
    trend = {t["measure"]: t for t in series["trends"]}["mean_uv"]
    assert trend["sure"]
    assert trend["per_week"]["low"] < -0.467 < trend["per_week"]["high"] < 0
    assert series["tags"][0]["times"] == 24
    assert series["tags"][0]["weeks"][0]["monday"] == "2026-03-02"


def test_site_and_band_filter(run, dated_sessions):
    root = dated_sessions(2)
    assert run("history", root, "--site", "left SHOULDER", "--band", "wide").status == 0
    said = run("history", root, "--site", "jaw").sentence()
    assert "no sessions of jaw" in said
    assert "There are: Left shoulder (wide band" in said
    assert "no sessions of narrow band" in run("history", root, "--band", "narrow").sentence()


def test_empty_folder_says_what_to_do(run, tmp_path):
    done = run("history", tmp_path)
    assert done.status == 0
    assert "No sessions to compare" in done.out
    assert "unclench session" in done.out
    assert "is not a folder" in run("history", tmp_path / "nowhere").sentence()


def test_missing_summaries_are_computed_and_stored(run, dated_sessions):
    root = dated_sessions(2)
    for kept in root.glob("*/summary.json"):
        kept.unlink()
    done = run("history", root)
    assert done.status == 0, done.err
    assert "No sessions to compare" in done.out  # a second of signal is too little
    assert len(list(root.glob("*/summary.json"))) == 2


def test_damaged_sessions_are_reported(run, dated_sessions):
    root = dated_sessions(3)
    (next(iter(root.iterdir())) / "session.json").write_text("{", encoding="utf-8")
    done = run("history", root)
    assert "1 session could not be read and is left out (2026-03-" in done.out


def test_control_characters_in_tags_are_not_printed(run, dated_sessions):
    words = "posture: \x1b[31m\u202eslouching " + "over the desk " * 30
    short = TAGS.model_copy(update={"words": words, "times": 1, "during_s": 8.0, "log_ratio": None})
    done = run("history", dated_sessions(2, tags=(short,)))
    assert "\x1b" not in done.out
    assert "\u202e" not in done.out
    assert "slouching over the desk" in done.out
    assert "…: too little data" in " ".join(done.out.split())
    assert done.out.count("over the desk") < 4
    assert "16 s" in done.out
    assert "0 min" not in done.out
    assert "%" not in done.out.partition("Which moments")[2]


def test_html_page_and_terminal_agree(run, dated_sessions, tmp_path):
    root = dated_sessions(12)
    (span,) = re.findall(r"Mean tension +(\S+ → \S+ µV)", run("history", root).out)
    assert run("report", "--all", root).status == 0
    page = (root / "history.html").read_text(encoding="utf-8").replace("\xa0", " ")
    assert f"{span}: medians of the first and of the last third of the days" in page


def test_html_page_claims_no_change_from_too_few_sessions(run, dated_sessions):
    root = dated_sessions(2)
    assert run("report", "--all", root).status == 0
    page = (root / "history.html").read_text(encoding="utf-8")
    assert "No clear change" not in page
    assert (
        "too little data: sessions on 2 days; at least 6 are needed" in page.partition("series0")[2]
    )


def test_sparkline_spans_lowest_to_highest():
    assert sparkline([1, 2, 3, 4, 5, 6, 7, 8]) == "▁▂▃▄▅▆▇█"
    assert sparkline([2.0, 2.0]) == "▅▅"
    assert len(sparkline(list(range(100)))) == 24
