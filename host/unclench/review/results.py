"""The results of a review: types between the calculation and the screens and pages that show it.

All times are seconds from the session's first sample. A figure that is not available is None, and
a text beside it gives the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from unclench.store.events.event import AnyGroup, RestChosen
from unclench.store.events.words import tag_words
from unclench.training.placement.values import ReferenceContraction, RestBaseline
from unclench.training.steps.step import Role
from unclench.training.steps.underway import BreathEffect
from unclench_dsp.arrays import FloatArray
from unclench_dsp.uncertainty import Estimate

Why = Literal[
    "settling",
    "gap",
    "no contact",
    "clipping",
    "mains hum",
    "tone",
    "movement",
    "heart",
    "too quiet",
    "too slow",
]
"""Why time is excluded. settling: filters recover from a start or a gap. movement: pops, tugs and
flutter. heart: a heartbeat leaves less than a fifth of the window. too quiet: below the noise
floor, as a flat or shorted input is. too slow: the sampling rate is too low for the band, so there
is no tension at all."""

PhaseRole = Role


@dataclass(frozen=True)
class Span:
    """A stretch of time."""

    start_s: float
    stop_s: float

    @property
    def length_s(self) -> float:
        """Length in seconds."""
        return self.stop_s - self.start_s


@dataclass(frozen=True)
class Excluded(Span):
    """Excluded time of one channel."""

    channel: int
    why: Why


@dataclass(frozen=True)
class Phase(Span):
    """A step of a guided session's program."""

    number: int  # of the step, from 0
    kind: str  # "settle", "baseline", "breathe", "relax", "stressor", "task", "recover", ...
    title: str
    role: PhaseRole


@dataclass(frozen=True)
class TagSpan(Span):
    """One tagged stretch of time; stop_s equals start_s for a moment."""

    group: AnyGroup
    text: str

    @property
    def words(self) -> str:
        """The tag as it is shown: "posture: slouching"."""
        return tag_words(self.group, self.text)


@dataclass(frozen=True)
class Remark:
    """A text at a moment: a note, a marker, an answer or an alert."""

    time_s: float
    kind: str  # a `Kind`
    text: str


@dataclass(frozen=True)
class NamedRest(Span):
    """What a person named as a channel's rest in review: this time, or a calibration."""

    channel: str  # its name in the session
    calibration: RestChosen | None = None


@dataclass(frozen=True)
class Marks:
    """What events.csv says about the session's time."""

    phases: tuple[Phase, ...]
    tags: tuple[TagSpan, ...]
    remarks: tuple[Remark, ...]
    pauses: tuple[Span, ...]
    rests: tuple[NamedRest, ...] = ()  # one a channel at most


BaselineFrom = Literal["calibration", "session", "marked", "chosen", "quietest", ""]
"""Where a baseline comes from. marked: from time that a person marked as rest in review. chosen: a
calibration that a person chose in review. quietest: estimated, not measured."""


@dataclass(frozen=True)
class ChannelContext:
    """What is known about a channel; it stays the same during a review."""

    index: int
    label: str  # its site, or its name
    site: str | None
    noise_uv: float | None  # the instrument's own in the band used
    baseline: RestBaseline | None
    baseline_from: BaselineFrom
    baseline_why: str  # a text: where it comes from, or why there is none
    reference: ReferenceContraction | None
    rest_level_uv: float | None
    rest_level_why: str
    floor_uv: float  # tension below it is noise; 0 if never measured
    noise: Estimate | None = None  # noise_uv with its interval
    named: NamedRest | None = None  # where the baseline comes from, if a person named it in review

    @property
    def rest_measured(self) -> bool:
        """True if the baseline was measured, not estimated from the quietest time."""
        return self.baseline_from not in ("quietest", "")


RemovedKind = Literal["hum", "tone", "heart"]


@dataclass(frozen=True)
class Removed:
    """What was removed from a channel before its tension was computed.

    Attributes
    ----------
    kind : str
        "hum" (the mains), "tone" (any other steady tone) or "heart" (the heartbeat).
    hz : float or None
        Frequency of a line or tone.
    per_min : float or None
        Heartbeats a minute, where the rate is sure.
    share : float or None
        Of hum and tone, the share of the channel's power before the removal; of the heart, the
        share of the used time that was gated. 0 to 1; None if unknown.
    """

    kind: RemovedKind
    hz: float | None = None
    per_min: float | None = None
    share: float | None = None


@dataclass(frozen=True)
class Left:
    """Hum or a tone that was left in a channel; its time is excluded.

    Attributes
    ----------
    kind : str
        "hum" (the mains) or "tone".
    hz : float
        Its usual frequency.
    seconds : float
        Excluded because of it.
    """

    kind: Literal["hum", "tone"]
    hz: float
    seconds: float


@dataclass(frozen=True)
class LimitCheck:
    """One of Jonsson's limits (1982): % of the maximum contraction, for work of over an hour."""

    level: Literal["static (P10)", "median (P50)", "peak (P90)"]
    percent: float
    should: float  # "should not exceed"
    must: float  # "must not exceed"

    @property
    def verdict(self) -> Literal["within", "above should", "above must"]:
        """Compare with both limits."""
        if self.percent > self.must:
            return "above must"
        return "above should" if self.percent > self.should else "within"


@dataclass(frozen=True)
class Contraction(Span):
    """One contraction of a channel."""

    peak_uv: float
    recovery_s: float | None  # until at rest again; None: not seen
    recovery_why: str  # why it was not seen
    median_hz: float | None  # median frequency, if there was enough signal
    median_why: str  # why not


@dataclass(frozen=True)
class Release:
    """A recovery that a step asked for: from its begin, without a contraction before."""

    start_s: float
    recovery_s: float


@dataclass(frozen=True)
class RestFigures:
    """Time at rest: RMS over 0.1 s below the rest level for 0.2 s or longer (an EMG gap)."""

    share: Estimate | None
    gaps: int
    gaps_per_min: float | None  # None: the time is too short
    longest_s: float
    why_not: str  # why there are none, or ""; ChannelContext explains the rest level


@dataclass(frozen=True)
class SustainedFigures:
    """Stretches with the 1 s RMS above the limit for longer than the person's minutes."""

    limit_uv: float | None
    limit_why: str
    minutes: float
    spans: tuple[Span, ...]
    total_s: float


@dataclass(frozen=True)
class Figures:
    """Figures of one channel over one span; they leave out excluded time."""

    channel: int
    label: str
    span: Span
    used_s: float
    excluded_s: Mapping[str, float]  # by Why
    mean: Estimate | None  # uV, as are the next four
    p10: Estimate | None
    p50: Estimate | None
    p90: Estimate | None
    max_uv: float | None
    percent: tuple[float, float, float] | None  # P10, P50, P90 in % of the reference
    limits: tuple[LimitCheck, ...]
    limits_why: str  # why Jonsson's limits do not apply, or their source
    slope: Estimate | None  # uV per minute
    rest: RestFigures
    sustained: SustainedFigures
    contractions: tuple[Contraction, ...]
    why_not: str  # why there is no figure at all
    releases: tuple[Release, ...] = ()
    noise: Estimate | None = None  # the instrument's own, uV; None if it was never measured
    tension_uv: FloatArray = field(  # its rows, NaN in excluded time: for metrics that need them
        default_factory=lambda: np.empty(0), repr=False, compare=False
    )
    row_hz: float = 0.0


@dataclass(frozen=True)
class BreathFigures:
    """A breathing step of a guided session."""

    phase: Phase
    inhale_end: float  # phases of the breath, 0 to 1
    exhale_begin: float
    exhale_end: float
    effects: tuple[BreathEffect, ...]  # for each channel trained


@dataclass(frozen=True)
class TagEffect:
    """Tension of a channel during one tag, compared with the same session's untagged time.

    `during` and `after` are ratios: 1.3 is 30 % higher.
    """

    words: str
    text: str  # the same without the group
    channel: int
    times: int
    during_s: float  # used time
    untagged_s: float
    mean_uv: float | None
    during: Estimate | None
    after: Estimate | None  # the minute after the tag ended
    log_during: float | None  # ln of the ratio, and its error; also given if this session
    log_se: float | None  # has too few data, for use over several sessions
    log_after: float | None
    after_log_se: float | None
    why_not: str  # "too little data: ..."


@dataclass(frozen=True)
class SideDifference:
    """Left against right of one site: (left - right) / (left + right), -1 to 1."""

    site: str
    left: int
    right: int
    index: Estimate | None
    why_not: str
