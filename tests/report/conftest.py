"""Sessions to report on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from unclench.report.earlier import find_earlier
from unclench.report.render import render
from unclench.report.sessionpage import session_page
from unclench.review.session import open_review
from unclench.store import BandMeta, BoardConstants, SessionMeta, SessionWriter
from unclench.store.events.rows import event_of
from unclench.store.session.summary import ChannelSummary, SessionSummary, sizes_of, write_summary
from unclench_wire.messages import Channel, Hello

FS_HZ = 1000
MADE = datetime(2026, 11, 23, 12, 0).astimezone()  # noon wherever the tests run
PROGRAM = """
title = "Short"
purpose = "To try a report."
evidence = "None."
[[step]]
kind = "baseline"
title = "Rest"
say = "Now."
seconds = 30
[[step]]
kind = "stressor"
title = "Count down"
say = "Now."
seconds = 30
[[step]]
kind = "recover"
title = "Let go"
say = "Now."
seconds = 20
[[step]]
kind = "breathe"
title = "Breathe"
say = "Now."
seconds = 60
rate_per_min = 6
inhale = 5
exhale = 5
"""
STEPS = (
    (0, "baseline", "Rest"),
    (30, "stressor", "Count down"),
    (60, "recover", "Let go"),
    (80, "breathe", "Breathe"),
)


def muscle_uv(seconds: int, seed: int, busy_s: int) -> np.ndarray:
    """Rest of 2 uV with contractions, and slowly up and down with the breath."""
    rng = np.random.default_rng(seed)
    time_s = np.arange(seconds * FS_HZ) / FS_HZ
    level_uv = 2.5 + 0.6 * np.cos(2 * np.pi * time_s / 10)
    for start_s in range(34, busy_s, 17):
        level_uv[(time_s >= start_s) & (time_s < start_s + 4)] = 60.0
    return rng.normal(0, level_uv)


def write_session(
    folder: Path,
    *,
    seconds: int = 140,
    busy_s: int = 120,  # so long are there contractions
    sites: tuple[str | None, ...] = ("Left shoulder",),
    events: tuple[tuple[float, str, str, float | None], ...] = (),
    gap_s: tuple[float, float] | None = None,
    guided: bool = False,
    **changes: Any,
) -> Path:
    """Write a session folder; `events` are (second, kind, text, length in seconds)."""
    hello = Hello([Channel(200_000, 0, 300)] * len(sites), rate_num=FS_HZ)
    constants = BoardConstants.from_hello(hello)
    meta = SessionMeta.model_validate(
        {
            "created": MADE,
            "source": "board",
            "constants": constants,
            "band": BandMeta(name="wide", low_hz=20, high_hz=450, order=4),
            "window_s": 0.25,
            "tension_rate_hz": 20.0,
            "sites": sites,
            "training": {"program": "short", "title": "Short"} if guided else None,
            **changes,
        }
    )
    emg_uv = np.column_stack([muscle_uv(seconds, seed, busy_s) for seed in range(len(sites))])
    units = constants.to_units(emg_uv)
    steps = [(s, "step", f"{i + 1} {k}: {t}", None) for i, (s, k, t) in enumerate(STEPS)]
    with SessionWriter(folder, meta) as writer:
        first, again = (int(s * FS_HZ) for s in gap_s or (seconds, seconds))
        writer.write_samples(0, units[:first])
        if again < len(units):
            writer.write_samples(again, units[again:])
        for at_s, kind, text, length_s in sorted([*(steps if guided else ()), *events]):
            writer.write_event(event_of(int(at_s * FS_HZ), kind, text, duration_s=length_s))
    if guided:
        (folder / "program.toml").write_text(PROGRAM, encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def session_writer() -> Callable[..., Path]:
    """See `write_session`."""
    return write_session


@pytest.fixture
def make_session(tmp_path: Path) -> Callable[..., Path]:
    """Write a session among others, by its name; see `write_session`."""

    def make(name: str = "evening", **wanted: Any) -> Path:
        return write_session(tmp_path / "sessions" / name, **wanted)

    return make


def write_summarised(
    folder: Path, created: datetime, mean_uv: float, site: str = "Left shoulder"
) -> Path:
    """Write a session of which only the summary matters."""
    write_session(folder, seconds=1, sites=(site,), created=created)
    channel = ChannelSummary(
        channel="ch1",
        site=site,
        used_s=600,
        mean_uv=mean_uv,
        p50_uv=mean_uv,
        baseline_uv=2.0,
        baseline_from="session",
        rest_share=0.5,
        recovery_s=(9.0,),
    )
    made_of = sizes_of(folder)
    write_summary(folder, SessionSummary(made_of=made_of, duration_s=600, channels=(channel,)))
    return folder


@pytest.fixture(scope="session")
def summary_writer() -> Callable[..., Path]:
    """See `write_summarised`."""
    return write_summarised


@pytest.fixture
def summarised(tmp_path: Path) -> Callable[..., Path]:
    """Write such a session among others, by its name; see `write_summarised`."""

    def make(name: str, created: datetime, mean_uv: float, site: str = "Left shoulder") -> Path:
        return write_summarised(tmp_path / "sessions" / name, created, mean_uv, site)

    return make


@pytest.fixture(scope="session")
def report() -> Callable[[Path], str]:
    """Return the report of a session or a CSV."""

    def make(path: Path) -> str:
        review = open_review(path)
        return render(session_page(review, find_earlier(review, path.parent), MADE))

    return make


@pytest.fixture
def words() -> Callable[[str], str]:
    """Return what a page says, without its markup."""

    def read(html: str) -> str:
        body = re.sub(r"<style>.*?</style>", "", html, flags=re.DOTALL)
        return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).replace("\xa0", " ")

    return read
