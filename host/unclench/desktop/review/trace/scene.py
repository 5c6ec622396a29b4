"""What the trace shows of a session, ready to draw; made in a background thread.

It is made twice: first from tension.csv, which loads at once, then from the review, which also
knows noise and movement and holds the sampled signal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from pyarrow import ArrowInvalid
from pyarrow import csv as pa_csv

from unclench.desktop.review.trace.pyramid import Pyramid, on_grid
from unclench.live.words import tension_words
from unclench.review.results import Excluded, Marks, Why
from unclench.review.session import SessionReview
from unclench.store import Recording
from unclench.store.session.folder import TENSION
from unclench.store.session.reader import Session
from unclench.translation import tr

NO_MARKS = Marks((), (), (), ())
_WHY: dict[str, Why] = {  # states that exclude time
    "settling": "settling",
    "no contact": "no contact",
    "mains hum": "mains hum",
    "tone": "tone",
    "clipping": "clipping",
}


@dataclass(frozen=True)
class Lane:
    """One channel: tension in trusted and in excluded time."""

    label: str
    used: Pyramid
    doubtful: Pyramid
    peak_uv: float  # of trusted time
    least_uv: float
    floor_uv: float

    @property
    def empty(self) -> bool:
        """True if there is no tension at all, for example at a sampling rate that is too low."""
        return self.peak_uv == 0.0

    def words_at(self, time_s: float) -> str:
        """Return the tension at a moment: "2.1 µV", "excluded", or "–" for none."""
        good, grey = self.used.at(time_s), self.doubtful.at(time_s)
        if good is None:
            return "–" if grey is None else tr("excluded")
        return f"{tension_words(good)} µV"


@dataclass(frozen=True)
class Scene:
    """A session ready to draw; times are seconds from its first sample."""

    name: str
    duration_s: float
    lanes: tuple[Lane, ...]
    excluded: tuple[Excluded, ...]
    marks: Marks
    recording: Recording | None = None
    origin: int = 0  # sample index at time 0
    channels: tuple[str, ...] = ()  # names in the session, by which rest is marked

    def with_marks(self, marks: Marks) -> Scene:
        """Return a copy with other marks."""
        return replace(self, marks=marks)


def lane(
    label: str,
    tension_uv: NDArray[np.float64],
    used: NDArray[np.bool_],
    step_s: float,
    floor_uv: float = 0.0,
) -> Lane:
    """Return a lane from rows at even steps, shape (n,)."""
    good = np.where(used, tension_uv, np.nan)
    doubtful = np.where(used, np.nan, tension_uv)
    shown = good if np.isfinite(good).any() else doubtful
    some = shown[np.isfinite(shown)]
    peak_uv, least_uv = (float(some.max()), float(some.min())) if len(some) else (0.0, 0.0)
    return Lane(
        label,
        Pyramid(good, step_s),
        Pyramid(doubtful, step_s),
        peak_uv,
        least_uv,
        floor_uv,
    )


def quick_scene(session: Session, marks: Marks) -> Scene | None:
    """Return the scene of tension.csv; None if it is not available."""
    meta = session.meta
    columns = [f"ch{i + 1}_tension_uv" for i in range(len(meta.channels))]
    try:
        table = pa_csv.read_csv(session.folder / TENSION)
        times_s = table["time_s"].to_numpy().astype(np.float64)
        tension_uv = np.stack([table[c].to_numpy().astype(np.float64) for c in columns], axis=1)
        states = table["state"].to_numpy()
    except (OSError, KeyError, ArrowInvalid, TypeError, ValueError):
        return None  # truncated or damaged: the review reads the samples
    if not len(times_s):
        return None
    step_s = 1.0 / meta.tension_rate_hz
    laid = on_grid(times_s, tension_uv, step_s)
    words, which = np.unique(states.astype(str), return_inverse=True)
    by_word = np.array([_by_channel(word, len(columns)) for word in words])
    labels = [site or name for site, name in zip(meta.sites, meta.channels, strict=True)]
    lanes, excluded = [], []
    for k, label in enumerate(labels):
        state = by_word[which, k]
        used = on_grid(times_s, (state == "good").astype(np.float64)[:, None], step_s)[:, 0] > 0
        lanes.append(lane(label, laid[:, k], used, step_s))
        excluded += _runs(k, times_s, state, step_s)
    duration_s = max(meta.duration_s, len(laid) * step_s)
    return Scene(
        session.folder.name,
        duration_s,
        tuple(lanes),
        tuple(excluded),
        marks,
        channels=meta.channels,
    )


def full_scene(review: SessionReview) -> Scene:
    """Return the scene of a review."""
    signal = review.signal
    step_s = 1.0 / signal.row_hz
    laid = on_grid(signal.time_s, signal.fast_uv, step_s)
    used = on_grid(signal.time_s, signal.used.astype(np.float64), step_s) > 0
    lanes = tuple(
        lane(c.label, laid[:, k], used[:, k], step_s, c.floor_uv)
        for k, c in enumerate(review.contexts)
    )
    return Scene(
        review.name,
        review.duration_s,
        lanes,
        review.excluded,
        review.marks,
        review.recording,
        signal.origin,
        signal.info.channels,
    )


def _by_channel(word: str, n: int) -> list[str]:
    """Split a row's state in tension.csv: one for all channels, or "good; no contact"."""
    states = word.split("; ")
    return states if len(states) == n else [states[0]] * n


def _runs(
    channel: int, times_s: NDArray[np.float64], state: NDArray[np.str_], step_s: float
) -> list[Excluded]:
    """Return the stretches of each state that is not good."""
    starts = np.flatnonzero(np.append(True, state[1:] != state[:-1]))
    stops = np.append(starts[1:], len(state)) - 1
    return [
        Excluded(float(times_s[a]), float(times_s[b] + step_s), channel, why)
        for a, b in zip(starts.tolist(), stops.tolist(), strict=True)
        if (why := _WHY.get(str(state[a]))) is not None
    ]
