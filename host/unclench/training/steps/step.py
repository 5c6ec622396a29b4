"""The interface of a step: all that the engine, lists, pages and reviews know about one.

Each kind of step overrides what differs, in a module of its own. `catalogue.py` finds them.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, TypeVar, get_args

from pydantic import Field

from unclench.training.placement.values import TrainedChannel
from unclench.training.steps.goal import GOAL_EXAMPLE, Goal
from unclench.training.steps.underway import Counts, Setting, UnderWay
from unclench.training.steps.values import Part, Seconds, Words
from unclench.translation import tr
from unclench.wording import exactly

if TYPE_CHECKING:
    from unclench.training.steps.kinds.breathe import Pacer

Action: TypeAlias = Literal["rest", "breathe", "tense", "release", "stress", "answer", "free"]
Role: TypeAlias = Literal["baseline", "activity", "recovery", "other"]
"""What a step is when the stages of a session are compared."""
Tension: TypeAlias = Literal["own", "asked", "provoked", "settling"]
"""What causes the tension in a step: the person, a request, a stressor, or settling in."""

KINDS: dict[str, type[Entry]] = {}
"""Every kind by its name in a program file, in the order of the lists."""


@dataclass(frozen=True)
class Cue:
    """What to do now, in words."""

    headline: str  # "Tense: hands", "Breathe out"
    detail: str  # one or two sentences
    action: Action
    left_s: float | None  # of this part of the step, where it is known


@dataclass(frozen=True)
class Question:
    """A question to the person; the session waits for the answer."""

    text: str
    say: str
    answer: Literal["words", "scale", "choice"]
    low: str = ""  # what 0 means on the scale
    high: str = ""  # what 10 means
    choices: Mapping[str, str] = field(default_factory=dict)  # words by the answer they give


@dataclass(frozen=True)
class Rounds:
    """Repeated contractions: each contraction and each release is a part of the step."""

    times: int
    tense_s: float
    release_s: float

    @property
    def n_parts(self) -> int:
        """Number of parts; contractions have even numbers, from 0."""
        return 2 * self.times

    @property
    def whole_s(self) -> float:
        """Seconds for all of them."""
        return self.times * (self.tense_s + self.release_s)

    def part(self, step_s: float) -> int:
        """Number of the current part."""
        cycle, into_s = divmod(step_s, self.tense_s + self.release_s)
        return min(2 * int(cycle) + (into_s >= self.tense_s), self.n_parts - 1)

    def left_s(self, step_s: float) -> float:
        """Seconds left in the current part."""
        into_s = step_s % (self.tense_s + self.release_s)
        return self.part_s(into_s >= self.tense_s) - into_s

    def part_s(self, release: bool) -> float:
        """Seconds from the beginning of a contraction to its end, or to the end of its release."""
        return self.tense_s + self.release_s if release else self.tense_s


class Entry(Part):
    """What may stand under [[step]]: a step, or steps that are repeated."""

    listed: ClassVar[int] = 50
    """Order in lists of all kinds: smaller numbers come first."""

    def inner(self) -> Sequence[Entry]:
        """Entries within this one."""
        return ()

    def lacks_goal(self, goal: Goal | None) -> bool:
        """Whether it needs a goal and has none, neither its own nor the program's `goal`."""
        return False

    @abstractmethod
    def flat(self, goal: Goal | None) -> tuple[Step, ...]:
        """Return its steps in order, repetitions expanded; `goal` is the program's."""

    def n_steps(self) -> int:
        """Number of steps, repetitions included; nothing is expanded for it."""
        return 1

    @abstractmethod
    def longest_s(self) -> float:
        """Longest time in seconds; 0 for a question, which waits for the answer."""

    @abstractmethod
    def in_words(self) -> str:
        """Describe what the person does, and for how long; without the title."""


class Step(Entry):
    """One step. A kind overrides what differs."""

    title: Words = Field(default="", max_length=60)
    say: Words = Field(default="", max_length=400)
    goal: Goal | None = Field(default=None, description=GOAL_EXAMPLE)  # the program's unless given
    kind: str

    # Words, unless the program has its own.
    usual_title: ClassVar[str]
    usual_say: ClassVar[str] = ""
    unseen_say: ClassVar[str] = ""  # used instead while tension is hidden
    action: ClassVar[Action] = "rest"
    picture: ClassVar[str] = "trace"  # in the middle of the page: `desktop/training/pictures`

    # Its part in goals, scores and reviews.
    takes_goal: ClassVar[bool] = False  # uses the program's goal if it has none of its own
    needs_goal: ClassVar[bool] = False
    measures: ClassVar[Literal["baseline", "reference"] | None] = None  # such a step has no goal
    attempts: ClassVar[int] = 3  # at a measurement, if it fails
    needs_baseline: ClassVar[bool] = False  # whatever the goal
    scored: ClassVar[bool] = True
    starts_recovery: ClassVar[bool] = False  # recovery is timed from the beginning of the step
    role: ClassVar[Role] = "other"
    tension: ClassVar[Tension] = "own"

    @property
    def name(self) -> str:
        """Its title, or the default one."""
        return self.title or self.usual_title

    def lacks_goal(self, goal: Goal | None) -> bool:
        return self.needs_goal and not (self.goal or goal)

    def flat(self, goal: Goal | None) -> tuple[Step, ...]:
        takes = self.takes_goal and self.goal is None
        return (self.model_copy(update={"goal": goal}) if takes else self,)

    def longest_s(self) -> float:
        rounds = self.rounds()
        return 0.0 if rounds is None else rounds.whole_s

    def rounds(self) -> Rounds | None:
        """Its contractions, if it consists of contractions."""
        return None

    def asks(self) -> Question | None:
        """The question it asks, if any."""
        return None

    def pacer(self) -> Pacer | None:
        """Its breathing pacer, if it has one."""
        return None

    def part(self, step_s: float) -> int:
        """Number of the current part, from 0."""
        rounds = self.rounds()
        return 0 if rounds is None else rounds.part(step_s)

    def tenses(self, step_s: float) -> bool:
        """Whether a contraction is asked for at this time."""
        return self.rounds() is not None and self.part(step_s) % 2 == 0

    def part_left_s(self, step_s: float) -> float | None:
        """Seconds left in the current part; None while it waits for the person."""
        if self.asks() is not None:
            return None
        rounds = self.rounds()
        return max(0.0, self.longest_s() - step_s) if rounds is None else rounds.left_s(step_s)

    def cue(self, step_s: float) -> Cue:
        """What to do at this time."""
        left_s = self.part_left_s(step_s)
        return Cue(self.name, self.say or self.usual_say, self.action, left_s)

    def expected(self, channel: TrainedChannel) -> TrainedChannel:
        """Return the channel as it will be after this step; goals are checked with it."""
        return channel

    def obstacle(self, channels: Sequence[TrainedChannel]) -> str:
        """Return a sentence if the step is impossible with these channels: it is skipped then."""
        return ""

    def begin(self, setting: Setting) -> UnderWay:
        """Begin the step: return what processes its rows."""
        return UnderWay()

    def counts(self, setting: Setting) -> Counts:
        """Return what it counts beyond the usual scores."""
        return Counts()


class TimedStep(Step):
    """A step of a fixed length."""

    seconds: Seconds

    in_short: ClassVar[str]  # "Let go": lists put the time after it

    def longest_s(self) -> float:
        return self.seconds

    def in_words(self) -> str:
        return tr("{action} for {duration}", action=self.in_short, duration=exactly(self.seconds))


Kind = TypeVar("Kind", bound=Entry)


def step_kind(model: type[Kind]) -> type[Kind]:
    """Make a model a kind of step that programs can have."""
    (name,) = get_args(model.model_fields["kind"].annotation)
    KINDS[name] = model
    return model
