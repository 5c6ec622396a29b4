"""The face of a step: all that the engine, lists, pages and reviews know of one.

What differs between kinds is said by each kind in a module of its own. `kinds.py` finds them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, TypeAlias, TypeVar, get_args

from pydantic import Field

from unclench.training.placement.values import TrainedChannel
from unclench.training.steps.goal import GOAL_EXAMPLE, Goal
from unclench.training.steps.underway import Counts, Setting, UnderWay
from unclench.training.steps.values import Part, Seconds, Words
from unclench.wording import exactly

if TYPE_CHECKING:
    from unclench.training.steps.kinds.breathe import Pacer

Action: TypeAlias = Literal["rest", "breathe", "tense", "release", "stress", "answer", "free"]
Role: TypeAlias = Literal["baseline", "activity", "recovery", "other"]
"""What a step is when the stages of a session are compared."""
Tension: TypeAlias = Literal["own", "asked", "provoked", "settling"]
"""Whose the tension of a step is: the person's own, asked for, provoked, or not yet settled."""

KINDS: dict[str, type[Entry]] = {}
"""Every kind by its name in a program file, in the order in which lists have them."""


@dataclass(frozen=True)
class Cue:
    """What to do now, in words."""

    headline: str  # "Tense: hands", "Breathe out"
    detail: str  # one or two sentences
    action: Action
    left_s: float | None  # of this part of the step, where it is known


@dataclass(frozen=True)
class Question:
    """What is asked of a person; the step waits for the answer."""

    text: str
    say: str
    answer: Literal["words", "scale"]
    low: str  # what 0 means on the scale
    high: str  # what 10 means


@dataclass(frozen=True)
class Rounds:
    """Contractions in a row: each tensing and each release is a part of the step."""

    times: int
    tense_s: float
    release_s: float

    @property
    def n_parts(self) -> int:
        """How many parts there are; tensing has even numbers, from 0."""
        return 2 * self.times

    @property
    def whole_s(self) -> float:
        """How long all of them take."""
        return self.times * (self.tense_s + self.release_s)

    def part(self, step_s: float) -> int:
        """Number of the part under way."""
        cycle, into_s = divmod(step_s, self.tense_s + self.release_s)
        return min(2 * int(cycle) + (into_s >= self.tense_s), self.n_parts - 1)

    def left_s(self, step_s: float) -> float:
        """Seconds left of the part under way."""
        into_s = step_s % (self.tense_s + self.release_s)
        return self.part_s(into_s >= self.tense_s) - into_s

    def part_s(self, release: bool) -> float:
        """Seconds from the beginning of a contraction to the end of its tensing or release."""
        return self.tense_s + self.release_s if release else self.tense_s


class Entry(Part):
    """What may stand under [[step]]: a step, or several that come several times."""

    listed: ClassVar[int] = 50
    """Where lists of all kinds have it: the smaller, the earlier."""

    def inner(self) -> Sequence[Entry]:
        """Entries within this one."""
        return ()

    def lacks_goal(self, goal: Goal | None) -> bool:
        """Whether it needs a goal and neither it nor the program, which has `goal`, gives one."""
        return False

    def flat(self, goal: Goal | None) -> tuple[Step, ...]:
        """Its steps in order, repetitions written out; `goal` is the program's."""
        raise NotImplementedError

    def n_steps(self) -> int:
        """Number of steps, repetitions written out, without writing them out."""
        return 1

    def longest_s(self) -> float:
        """How long it takes at most; 0 for a question, which waits."""
        raise NotImplementedError

    def in_words(self) -> str:
        """What it asks of a person, with its times; its title left out."""
        raise NotImplementedError


class Step(Entry):
    """One step. A kind says what differs from here."""

    title: Words = Field(default="", max_length=60)
    say: Words = Field(default="", max_length=400)
    goal: Goal | None = Field(default=None, description=GOAL_EXAMPLE)  # the program's unless given
    kind: str

    # What is said, unless the program says something else.
    usual_title: ClassVar[str]
    usual_say: ClassVar[str] = ""
    unseen_say: ClassVar[str] = ""  # in place of it where tension is not shown
    action: ClassVar[Action] = "rest"
    picture: ClassVar[str] = "trace"  # in the middle of the page: `desktop/training/pictures`

    # What it is for goals, scores and reviews.
    takes_goal: ClassVar[bool] = False  # the program's, where it has none of its own
    needs_goal: ClassVar[bool] = False
    measures: ClassVar[Literal["baseline", "reference"] | None] = None  # a goal means nothing then
    needs_baseline: ClassVar[bool] = False  # whatever the goal
    scored: ClassVar[bool] = True
    lets_go: ClassVar[bool] = False  # from its beginning on: recovery is timed from there
    role: ClassVar[Role] = "other"
    tension: ClassVar[Tension] = "own"

    @property
    def name(self) -> str:
        """Its title, or the usual one."""
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
        """Its contractions, if it consists of some."""
        return None

    def asks(self) -> Question | None:
        """The question that it waits on, if it asks one."""
        return None

    def pacer(self) -> Pacer | None:
        """What paces the breath in it, if anything does."""
        return None

    def part(self, step_s: float) -> int:
        """Number of the part under way, from 0."""
        rounds = self.rounds()
        return 0 if rounds is None else rounds.part(step_s)

    def tenses(self, step_s: float) -> bool:
        """Whether a contraction is what is asked for at a moment."""
        return self.rounds() is not None and self.part(step_s) % 2 == 0

    def part_left_s(self, step_s: float) -> float | None:
        """Seconds left of the part under way; None where a person decides."""
        if self.asks() is not None:
            return None
        rounds = self.rounds()
        return max(0.0, self.longest_s() - step_s) if rounds is None else rounds.left_s(step_s)

    def cue(self, step_s: float) -> Cue:
        """What to do at a moment."""
        left_s = self.part_left_s(step_s)
        return Cue(self.name, self.say or self.usual_say, self.action, left_s)

    def expected(self, channel: TrainedChannel) -> TrainedChannel:
        """What will be known of a channel after it, as far as goals must know beforehand."""
        return channel

    def why_not(self, channels: Sequence[TrainedChannel]) -> str:
        """Why it cannot be done with these channels, in a sentence; it is passed over then."""
        return ""

    def begin(self, setting: Setting) -> UnderWay:
        """Begin it: what it does with rows until it is over."""
        return UnderWay()

    def counts(self, setting: Setting) -> Counts:
        """What it counts of its own."""
        return Counts()


class TimedStep(Step):
    """A step that lasts as long as it says."""

    seconds: Seconds

    in_short: ClassVar[str]  # "Let go", which lists follow with the time

    def longest_s(self) -> float:
        return self.seconds

    def in_words(self) -> str:
        return f"{self.in_short} for {exactly(self.seconds)}"


Kind = TypeVar("Kind", bound=Entry)


def step_kind(model: type[Kind]) -> type[Kind]:
    """Make a model a kind of step that programs can have."""
    (name,) = get_args(model.model_fields["kind"].annotation)
    KINDS[name] = model
    return model
