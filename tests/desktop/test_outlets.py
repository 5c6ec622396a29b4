"""The same words stand beside the same number in every outlet, whatever the session is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.commandline import run_command

from unclench.desktop.review.compare.comparing import compare
from unclench.desktop.review.session.figurewords import figures_page
from unclench.desktop.theme import LIGHT
from unclench.report.closing import closing_of
from unclench.report.words import metric_words, uv
from unclench.review.contexts import as_trained
from unclench.review.metrics import LEVELS, METRICS, Metric
from unclench.review.results import Figures
from unclench.review.session import open_review
from unclench.review.summary import summarise
from unclench.store.session.folder import EMG
from unclench.training.session.outcome import Outcome, StepOutcome
from unclench.training.session.snapshot import Score

FS_HZ = 1000
PROGRAM = """
title = "Outlets"
purpose = "To compare."
evidence = "None."
[[step]]
kind = "settle"
title = "Arrive"
seconds = 4
[[step]]
kind = "baseline"
title = "Sit still"
seconds = 22
[[step]]
kind = "task"
title = "Work"
seconds = 45
goal = {{ kind = "fixed", uv = {goal_uv} }}
[[step]]
kind = "recover"
title = "Let go"
seconds = 14
"""


def recording(path: Path, seed: int) -> Path:
    """A muscle with contractions, in which contact is lost, a cable is tugged and samples lack."""
    rng = np.random.default_rng(seed)
    n = 90 * FS_HZ
    level_uv = np.full(n, rng.uniform(2.0, 8.0))
    for start_s in rng.choice(np.arange(28, 64, 4), rng.integers(1, 5), replace=False):
        lasts_n = int(rng.integers(400, 3000))
        level_uv[start_s * FS_HZ :][:lasts_n] *= rng.uniform(4.0, 30.0)
    emg_uv = rng.normal(0, level_uv)
    lost_n = int(rng.integers(33, 60)) * FS_HZ
    hum = 4000 * np.sin(2 * np.pi * 50 * np.arange(3 * FS_HZ) / FS_HZ)
    emg_uv[lost_n : lost_n + len(hum)] += hum  # lost contact
    tug_n = int(rng.integers(30, 62)) * FS_HZ
    emg_uv[tug_n : tug_n + 500] += 1500 * np.hanning(500)
    gap_n = int(rng.integers(30, 62)) * FS_HZ
    with path.open("w", encoding="utf-8") as file:
        file.write("time_s,emg_uv\n")
        for at in range(n):
            if not gap_n <= at < gap_n + 700:
                file.write(f"{at / FS_HZ:.3f},{emg_uv[at]:.3f}\n")
    return path


def unclench(*arguments: object) -> str:
    done = run_command(*arguments)
    assert done.status == 0, done.err
    return done.out


def guided(tmp_path: Path, seed: int) -> Path:
    program = tmp_path / "outlets.toml"
    goal_uv = np.random.default_rng(seed).uniform(3.0, 9.0)
    program.write_text(PROGRAM.format(goal_uv=round(goal_uv, 1)), encoding="utf-8")
    source = recording(tmp_path / "person.csv", seed)
    folder = tmp_path / "library" / "guided"
    where = ("--source", source, "--speed", "max", "--place", "1:shoulder:left")
    said = unclench("session", program, "--terminal", *where, "--out", folder)
    (folder / "said.txt").write_text(said, encoding="utf-8")
    return folder


def imported(tmp_path: Path, seed: int) -> Path:
    folder = tmp_path / "library" / "imported"
    unclench("import", recording(tmp_path / "a.csv", seed), "--out", folder)
    return folder


def from_edf(tmp_path: Path, seed: int) -> Path:
    edf = tmp_path / "a.edf"
    unclench("export", imported(tmp_path, seed), "--format", "edf", "--out", edf)
    folder = tmp_path / "library" / "edf"
    unclench("import", edf, "--out", folder)
    return folder


def replayed(tmp_path: Path, seed: int) -> Path:
    folder = tmp_path / "library" / "replayed"
    source = recording(tmp_path / "a.csv", seed)
    unclench("record", "--source", source, "--speed", "max", "--out", folder)
    return folder


def damaged(tmp_path: Path, seed: int) -> Path:
    folder = replayed(tmp_path, seed)
    path = folder / EMG
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 7 // 8])  # in the middle of a row
    return folder


def rested(tmp_path: Path, seed: int) -> Path:
    folder = replayed(tmp_path, seed)
    unclench("sessions", "rest", folder, "0:04-0:26")
    return folder


KINDS: tuple[Callable[[Path, int], Path], ...] = (
    *(guided, imported, from_edf, replayed, damaged, rested),
)


@pytest.fixture(
    scope="module",
    params=[
        *((kind, 11) for kind in KINDS),
        *(pytest.param((kind, 2026), marks=pytest.mark.exhaustive) for kind in KINDS),
    ],
    ids=lambda param: f"{param[0].__name__}-{param[1]}",
)
def session(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    make, seed = request.param
    return make(tmp_path_factory.mktemp("outlets"), seed)


@pytest.fixture(scope="module")
def analyzed(session: Path) -> dict[str, Any]:
    """The channel of `analyze --json`."""
    (channel,) = json.loads(unclench("analyze", session, "--json"))["channels"]
    return channel


@pytest.fixture
def wanted(analyzed: dict[str, Any]) -> dict[str, str]:
    """What each label must be followed by, from `analyze --json`."""
    return {m.label: metric_words(m, value_of(m, analyzed)) for m in METRICS}


def value_of(metric: Metric, plain: dict[str, Any]) -> float | None:
    if metric in LEVELS:
        return plain["tension_uv"][metric.key.removesuffix("_uv")]
    return plain[metric.key]


def report_of(session: Path, tmp_path: Path) -> str:
    page = tmp_path / "page.html"
    unclench("report", session, "--out", page)
    return unescape(page.read_text(encoding="utf-8")).replace("\N{NO-BREAK SPACE}", " ")


def flat(html: str) -> str:
    return unescape(re.sub(r"(<[^>]*>|\s|&nbsp;)+", " ", html))


def test_bad_time_is_left_out_with_its_reasons(analyzed, session):
    whole_s = open_review(session).duration_s
    assert {"no contact", "gap"} <= set(analyzed["excluded_s"])
    assert analyzed["used_s"] + sum(analyzed["excluded_s"].values()) == pytest.approx(
        whole_s, abs=0.1
    )


def test_analyze_in_words(session, wanted):
    told = flat(unclench("analyze", session))
    for label, value in wanted.items():
        assert f"{label} {value} " in told


def test_the_report(session, wanted, tmp_path):
    html = report_of(session, tmp_path)
    for label, value in wanted.items():
        row = re.search(rf'<th scope="row">{re.escape(label)}</th><td>(.*?)</td>', html)
        assert row, label
        reason = "|no rest level:|rest was not measured:" if value == "–" else ""
        assert re.match(rf"({re.escape(value)}{reason})( |;|$)", row[1])
    tile = re.search(r"Median tension \(P50\).*?µV", flat(html))
    assert tile
    assert wanted["Median tension (P50)"] in tile[0]


def test_the_review_screen(session, wanted):
    review = open_review(session)
    figures = review.figures(0)
    told = flat(figures_page(figures, review.contexts[0], LIGHT))
    for label, value in wanted.items():
        assert f"{label} {value}" in told
    compared = {line.name: line.one for line in compare("here", figures, figures).lines}
    for label, value in wanted.items():
        assert re.match(rf"{re.escape(value)}( \(|$)", compared[label])


def test_the_list_of_sessions(session, analyzed):
    listed = json.loads(unclench("sessions", "list", session.parent, "--json"))
    (entry,) = (e for e in listed if e["name"] == session.name)
    if entry["summary"] is None:  # nobody has summed it up so far
        unclench("history", session.parent)
        listed = json.loads(unclench("sessions", "list", session.parent, "--json"))
        (entry,) = (e for e in listed if e["name"] == session.name)
    (kept,) = entry["summary"]["channels"]
    summary = {**kept, **kept["more"]}
    for metric in METRICS:
        if metric.key != "recovery_s":  # all of them, of which the figure is the median
            assert summary[metric.key] == pytest.approx(value_of(metric, analyzed)), metric.label
    if kept["recovery_s"]:
        assert np.median(kept["recovery_s"]) == pytest.approx(analyzed["recovery_s"])
    assert kept["used_s"] == pytest.approx(analyzed["used_s"])
    assert kept["excluded_s"] == pytest.approx(analyzed["excluded_s"])
    median_uv = analyzed["tension_uv"]["p50"]
    line = next(
        row
        for row in unclench("sessions", "list", session.parent).splitlines()
        if session.name in row
    )
    assert f" {uv(median_uv)} " in line


def test_the_history(session, analyzed):
    told = json.loads(unclench("history", session.parent, "--json"))
    points = [p for s in told["series"] for p in s["points"] if session.name in p["folder"]]
    (point,) = points
    for key in ("mean_uv", "p10_uv", "p50_uv", "p90_uv"):
        plain = analyzed["tension_uv"][key.removesuffix("_uv")]
        assert point[key] == pytest.approx(plain)
    for key in ("rest_share", "recovery_s"):
        assert point[key] == pytest.approx(analyzed[key])


def test_the_closing_words(session, wanted, analyzed):
    said = session / "said.txt"
    if not said.exists():
        return  # nobody was guided
    text = said.read_text(encoding="utf-8")
    whole = text.split("whole session: ")[1].split(". ")[0].split(", ")
    measured = {"Median tension (P50)", "Time at rest", "Longest rest", "Recovery time"} & {
        label for label, value in wanted.items() if value != "–"
    }
    for label in measured:
        assert f"{label[:1].lower()}{label[1:]} {wanted[label]}" in whole
    n = analyzed["contractions"]
    assert f"{n} contraction{'' if n == 1 else 's'}" in whole


def test_each_step_has_the_median_of_the_report(session, tmp_path):
    review = open_review(session)
    if not review.marks.phases:
        return  # nobody was guided
    (channel,) = (c for c in review.contexts if c.index == 0)
    steps = tuple(
        StepOutcome(p.number, p.kind, p.title, (Score(channel.label),), ())
        for p in review.marks.phases
    )
    outcome = Outcome(
        "outlets", "Outlets", "done", (as_trained(channel),), (Score(channel.label),), steps, (), ()
    )
    (closing,) = closing_of(outcome, review)
    html = report_of(session, tmp_path)
    for number, step in enumerate(closing.steps, 1):
        row = re.search(rf'<th scope="row">{number} {step.title}.*?</th><td>(.*?)</td>', html)
        assert row
        assert step.tension_uv is not None
        assert row[1].startswith(f"{uv(step.tension_uv)} µV")


def test_a_metric_that_is_added_appears_in_every_outlet(session, tmp_path, monkeypatch):
    def least_uv(figures: Figures) -> float | None:
        return float(np.nanmin(figures.tension_uv)) if figures.mean else None

    added = Metric("least_uv", "Least tension", "least", "The least.", "uv", least_uv)
    for module in (
        *("unclench.review.metrics", "unclench.report.level", "unclench.commands.analyze"),
        *("unclench.review.summary", "unclench.desktop.review.session.figurewords"),
        "unclench.desktop.review.compare.comparing",
    ):
        monkeypatch.setattr(f"{module}.METRICS", (*METRICS, added))
    review = open_review(session)
    figures = review.figures(0)
    html = report_of(session, tmp_path)
    assert summarise(review).channels[0].more["least_uv"] == added.value(figures)
    assert "Least tension" in unclench("analyze", session)
    assert '"least_uv"' in unclench("analyze", session, "--json")
    assert "Least tension" in html
    assert "Least tension" in figures_page(figures, review.contexts[0], LIGHT)
    assert "Least tension" in [line.name for line in compare("here", figures, figures).lines]


def test_the_document_has_every_metric():
    told = (Path(__file__).parents[2] / "docs" / "review.md").read_text(encoding="utf-8")
    named = [row.split("|")[1].lower() for row in told.splitlines() if row.startswith("| ")]
    for metric in METRICS:
        assert any(metric.label.lower() in cell for cell in named), metric.label
