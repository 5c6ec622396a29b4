"""What can happen in a recording: each kind has a typed payload.

Code uses only the payload. `words.text_of` turns it into words for people.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import ClassVar, Literal, get_args

TagGroup = Literal["posture", "thought", "feeling", "situation"]
GROUPS: tuple[TagGroup, ...] = get_args(TagGroup)
AnyGroup = TagGroup | Literal[""]  # "": words of no group
SessionChange = Literal["begun", "paused", "resumed", "board lost", "board back", "done", "ended"]
StepChange = Literal["begun", "skipped"]
AlertReason = Literal["sustained", "few rests"]
Strength = Literal["gentle", "maximum"]
DisturbedBy = Literal["pop", "tug", "flutter"]

UV_DECIMALS, S_DECIMALS = 4, 3
"""Decimals to which payloads are rounded when they are made."""


class Kind(str, Enum):
    """Kinds of events, as they stand in the column `kind` of events.csv. Never rename one."""

    SESSION = "session"
    STEP = "step"
    PART = "part"
    GOAL = "goal"
    GOAL_REFUSED = "goal refused"
    HOLD = "hold"
    ANSWER = "answer"
    BASELINE = "baseline"
    REFERENCE = "reference"
    NOT_MEASURED = "not measured"
    SCORE = "score"
    RECOVERED = "recovered"
    ALERT = "alert"
    TAG = "tag"
    TAG_END = "tag end"
    NOTE = "note"
    MARKER = "marker"
    SIGNAL = "signal"
    MAINS = "mains"
    HEART = "heart"
    DISTURBED = "disturbed"
    GAP = "gap"
    DISCONNECTED = "disconnected"
    RECONNECTED = "reconnected"
    OVERFLOW = "overflow"
    LIMIT = "limit"
    PAUSE = "pause"
    REST_MEASURED = "rest measured"
    REST_NOT_MEASURED = "rest not measured"
    REST_MARKED = "rest marked"
    REST_CHOSEN = "rest chosen"

    def __str__(self) -> str:
        return self.value


@dataclass(frozen=True)
class SessionChanged:
    """A guided session begins, pauses, continues or ends. Duration: planned; at the end, passed."""

    kind: ClassVar[Kind] = Kind.SESSION
    change: SessionChange
    program: str = ""  # when it begins
    title: str = ""


@dataclass(frozen=True)
class StepChanged:
    """A step of the program begins, or is skipped."""

    kind: ClassVar[Kind] = Kind.STEP
    change: StepChange
    number: int  # from 0, as in session.json
    step: str  # its kind, such as "relax"
    title: str


@dataclass(frozen=True)
class PartBegun:
    """A contraction or a release of a step begins."""

    kind: ClassVar[Kind] = Kind.PART
    number: int  # from 0
    headline: str


@dataclass(frozen=True)
class GoalSet:
    """A goal is set or lowered."""

    kind: ClassVar[Kind] = Kind.GOAL
    channel: str
    uv: float


@dataclass(frozen=True)
class GoalRefused:
    """A step's goal cannot be used; the sentence is for people."""

    kind: ClassVar[Kind] = Kind.GOAL_REFUSED
    channel: str
    sentence: str


@dataclass(frozen=True)
class HoldDone:
    """The tension was held below the goal. Duration: how long the step took."""

    kind: ClassVar[Kind] = Kind.HOLD
    seconds: float


@dataclass(frozen=True)
class Answered:
    """A question was answered; None: the session was unattended."""

    kind: ClassVar[Kind] = Kind.ANSWER
    question: str
    answer: str | None


@dataclass(frozen=True)
class BaselineMeasured:
    """The resting tension of a channel was measured."""

    kind: ClassVar[Kind] = Kind.BASELINE
    channel: str
    mean_uv: float
    sd_uv: float
    kept_uv: float | None = None  # an earlier baseline that stays in use
    before_uv: float | None = None  # the calibration's, if that differs clearly


@dataclass(frozen=True)
class ReferenceMeasured:
    """A reference contraction of a channel was measured."""

    kind: ClassVar[Kind] = Kind.REFERENCE
    channel: str
    uv: float
    strength: Strength


@dataclass(frozen=True)
class NotMeasured:
    """A measurement failed; the sentence is for people."""

    kind: ClassVar[Kind] = Kind.NOT_MEASURED
    sentence: str


@dataclass(frozen=True)
class StepScored:
    """How a step went for a channel. Duration: the time scored."""

    kind: ClassVar[Kind] = Kind.SCORE
    number: int  # of the step, from 0
    channel: str
    mean_uv: float
    with_goal_s: float = 0.0
    below_goal_s: float = 0.0
    with_rest_s: float = 0.0
    rest_s: float = 0.0
    longest_rest_s: float = 0.0
    credits: int = 0


@dataclass(frozen=True)
class Recovered:
    """A channel is at rest again after a contraction. Duration: since the release."""

    kind: ClassVar[Kind] = Kind.RECOVERED
    channel: str


@dataclass(frozen=True)
class Alerted:
    """Tension lasted too long, or there was too little rest."""

    kind: ClassVar[Kind] = Kind.ALERT
    reason: AlertReason
    channel: str
    seconds: float  # above the limit, or in which rests were counted
    limit_uv: float | None = None  # for sustained tension
    rests: int | None = None  # moments of rest, if too few
    within_s: float | None = None  # time looked back on, for sustained tension with breaks


@dataclass(frozen=True)
class TagBegun:
    """A person marks something."""

    kind: ClassVar[Kind] = Kind.TAG
    group: AnyGroup
    text: str


@dataclass(frozen=True)
class TagEnded:
    """A tag ends. Duration: since it began."""

    kind: ClassVar[Kind] = Kind.TAG_END
    group: AnyGroup
    text: str


@dataclass(frozen=True)
class Noted:
    """A person's own words."""

    kind: ClassVar[Kind] = Kind.NOTE
    text: str


@dataclass(frozen=True)
class Marked:
    """A marker, or an annotation of another program's file."""

    kind: ClassVar[Kind] = Kind.MARKER
    text: str


@dataclass(frozen=True)
class SignalChanged:
    """The state of a channel's signal changes."""

    kind: ClassVar[Kind] = Kind.SIGNAL
    channel: str
    state: str
    hz: float | None = None  # of the hum or tone that is left


@dataclass(frozen=True)
class LinesRemoved:
    """From here on, these lines are removed: all that are, none if both are empty."""

    kind: ClassVar[Kind] = Kind.MAINS
    channel: str
    lines_hz: tuple[float, ...]  # of the mains
    tones_hz: tuple[float, ...] = ()


@dataclass(frozen=True)
class HeartFound:
    """A heartbeat is removed from here on, as long as it is found."""

    kind: ClassVar[Kind] = Kind.HEART
    channel: str


@dataclass(frozen=True)
class Disturbed:
    """Something that is no muscle's; the event has its length."""

    kind: ClassVar[Kind] = Kind.DISTURBED
    channel: str
    what: DisturbedBy


@dataclass(frozen=True)
class Gap:
    """Samples are missing; the event has their number and their duration."""

    kind: ClassVar[Kind] = Kind.GAP


@dataclass(frozen=True)
class BoardLost:
    """The board is disconnected."""

    kind: ClassVar[Kind] = Kind.DISCONNECTED
    reason: str  # in words


@dataclass(frozen=True)
class BoardBack:
    """The board is reconnected. Duration: how long it was disconnected."""

    kind: ClassVar[Kind] = Kind.RECONNECTED


@dataclass(frozen=True)
class Overflowed:
    """The board was too slow to pick up conversions."""

    kind: ClassVar[Kind] = Kind.OVERFLOW
    conversions: int


@dataclass(frozen=True)
class LimitSet:
    """A watched day: the tension above which a channel is not at rest."""

    kind: ClassVar[Kind] = Kind.LIMIT
    channel: str
    uv: float
    reason: str  # what decided it, in words


@dataclass(frozen=True)
class AlertsPaused:
    """A watched day: alerts are paused."""

    kind: ClassVar[Kind] = Kind.PAUSE
    seconds: float


@dataclass(frozen=True)
class RestMeasured:
    """A watched day: rest was measured, and the day begins."""

    kind: ClassVar[Kind] = Kind.REST_MEASURED
    channels: tuple[BaselineMeasured, ...]


@dataclass(frozen=True)
class RestNotMeasured:
    """A watched day: rest could not be measured; the sentences are for people."""

    kind: ClassVar[Kind] = Kind.REST_NOT_MEASURED
    sentences: tuple[str, ...]


@dataclass(frozen=True)
class RestMarked:
    """In review, a person says that a channel was at rest. Duration: for how long."""

    kind: ClassVar[Kind] = Kind.REST_MARKED
    channel: str  # its name in the session


@dataclass(frozen=True)
class RestChosen:
    """In review, a person takes a calibration's resting baseline, copied here, for a channel's."""

    kind: ClassVar[Kind] = Kind.REST_CHOSEN
    channel: str  # its name in the session
    measured: str  # the calibration's day, such as 2026-03-03
    low_hz: float  # of its band
    high_hz: float
    mean_uv: float
    sd_uv: float
    used_s: float
    fast_sd_uv: float
    chain: int
    moved: bool = False  # the sensor was moved between the calibration and the session


@dataclass(frozen=True)
class Unread:
    """An event of which a file has only words, or which only a newer version knows."""

    kind: str
    text: str


Payload = (
    SessionChanged
    | StepChanged
    | PartBegun
    | GoalSet
    | GoalRefused
    | HoldDone
    | Answered
    | BaselineMeasured
    | ReferenceMeasured
    | NotMeasured
    | StepScored
    | Recovered
    | Alerted
    | TagBegun
    | TagEnded
    | Noted
    | Marked
    | SignalChanged
    | LinesRemoved
    | HeartFound
    | Disturbed
    | Gap
    | BoardLost
    | BoardBack
    | Overflowed
    | LimitSet
    | AlertsPaused
    | RestMeasured
    | RestNotMeasured
    | RestMarked
    | RestChosen
    | Unread
)


@dataclass(frozen=True)
class Cells:
    """An event's text and data as a file has them, to be written back unchanged."""

    text: str
    data: str


@dataclass(frozen=True)
class Event:
    """Something that happened at a sample.

    Attributes
    ----------
    sample : int
        Of the stream; in a session folder, of the recording.
    payload : Payload
        What happened.
    duration_s : float or None
        How long it lasted or took; see each payload.
    lost_samples : int or None
        Of a gap.
    cells : Cells or None
        Of an event that was read from a file.
    """

    sample: int
    payload: Payload
    duration_s: float | None = None
    lost_samples: int | None = None
    cells: Cells | None = field(default=None, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """A `Kind`, or another word in a file of a newer version."""
        return self.payload.kind
