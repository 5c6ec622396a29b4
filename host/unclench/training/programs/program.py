"""What a training program is: steps, goals, breathing. Values only; `programfile` reads them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator
from pydantic_core import PydanticCustomError

MIN_SHARE_OF_BREATH = 0.1  # inhaling and exhaling each take at least so much of a breath
MAX_STEPS = 500  # repetitions written out
MAX_S = 4 * 3600.0
MAX_DEPTH = 3  # of repeats within repeats

SiteKey = Literal["shoulder", "neck", "jaw", "forehead", "lower-back", "hips"]
SITE_KEYS: tuple[SiteKey, ...] = get_args(SiteKey)

Where: TypeAlias = tuple[str | int, ...]
"""A key's place in the file: ("step", 2, "rate_per_min") is in the third step."""


def _refuse(*mistakes: tuple[Where, str]) -> None:
    """Raise what is wrong between keys, if anything; places are relative to the model's own."""
    if mistakes:
        first = mistakes[0][1]
        raise PydanticCustomError("between_keys", "{first}", {"first": first, "all": mistakes})


def _tidy(text: str) -> str:
    """Return a text on one line, however its file has broken it."""
    tidy = " ".join(text.split())
    if text and not tidy:
        raise PydanticCustomError("blank", "blank")
    if not tidy.isprintable():  # it goes to terminals as it is
        raise PydanticCustomError("unprintable", "unprintable")
    return tidy


Words: TypeAlias = Annotated[str, AfterValidator(_tidy)]


class _Part(BaseModel):
    # Strict: "6" is no number, 1 is no text. Lists stand for tuples, so those are not strict.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


# Goals: what counts as low enough. Each becomes microvolts for each channel in `goals`.


class FixedGoal(_Part):
    """A tension in microvolts."""

    kind: Literal["fixed"]
    uv: float = Field(gt=0, le=1000, description="microvolts RMS")


class ReferenceGoal(_Part):
    """A share of the reference contraction."""

    kind: Literal["reference"]
    percent: float = Field(gt=0, le=100, description="% of the reference contraction")


class BaselineGoal(_Part):
    """A multiple of the frozen resting baseline."""

    kind: Literal["baseline"]
    times: float = Field(gt=0, le=10, description="times the resting baseline")


class ShapingGoal(_Part):
    """A percentile of the last minutes, anchored to the frozen baseline and bounded by it.

    It begins at `highest_times` and only ever falls, so a shoulder that creeps up cannot take its
    goal along.
    """

    kind: Literal["shaping"]
    percentile: float = Field(default=40.0, ge=5, le=80, description="% of the time looked back")
    last_s: float = Field(default=120.0, ge=30, le=600, description="seconds")
    lowest_times: float = Field(default=0.7, gt=0, le=1, description="times the resting baseline")
    highest_times: float = Field(default=1.2, ge=1, le=2, description="times the resting baseline")


Goal: TypeAlias = Annotated[
    FixedGoal | ReferenceGoal | BaselineGoal | ShapingGoal, Field(discriminator="kind")
]

GOAL_EXAMPLE = 'a goal, as in { kind = "baseline", times = 1.2 }'


# Steps


class _Step(_Part):
    title: Words = Field(default="", max_length=60)
    say: Words = Field(default="", max_length=400)
    goal: Goal | None = Field(default=None, description=GOAL_EXAMPLE)  # the program's unless given


Seconds = Annotated[float, Field(ge=1, le=7200, description="seconds")]


class Settle(_Step):
    """Arrive, sit, let the signal settle; nothing is scored."""

    kind: Literal["settle"]
    seconds: Seconds = 30.0


class Baseline(_Step):
    """Measure the resting baseline; from its end on it is frozen for the whole session."""

    kind: Literal["baseline"]
    seconds: float = Field(default=60.0, ge=20, le=600, description="seconds")


class Breathe(_Step):
    """Breathe with the pacer."""

    kind: Literal["breathe"]
    seconds: Seconds = 300.0
    rate_per_min: float = Field(default=6.0, ge=3, le=20, description="breaths a minute")
    end_rate_per_min: float | None = Field(  # a ramp over the whole step
        default=None, ge=3, le=20, description="breaths a minute"
    )
    # Parts of one breath, in any unit: 4, 0, 6, 0 is the same as 2, 0, 3, 0.
    inhale: float = Field(default=5.0, gt=0, le=20, description="parts of the breath")
    hold_in: float = Field(default=0.0, ge=0, le=20, description="parts of the breath")
    exhale: float = Field(default=5.0, gt=0, le=20, description="parts of the breath")
    hold_out: float = Field(default=0.0, ge=0, le=20, description="parts of the breath")

    @model_validator(mode="after")
    def _room_to_breathe(self) -> Breathe:
        total = self.inhale + self.hold_in + self.exhale + self.hold_out
        mistakes: list[tuple[Where, str]] = []
        for name, part in (("inhale", self.inhale), ("exhale", self.exhale)):
            if part < MIN_SHARE_OF_BREATH * total:
                # The part is in the total, so this share goes by all others.
                least = (total - part) * MIN_SHARE_OF_BREATH / (1 - MIN_SHARE_OF_BREATH)
                enough = f"give at least {math.ceil(100 * least) / 100:g}"
                mistakes.append(((name,), f"{part:g} is less than a tenth of the breath; {enough}"))
        _refuse(*mistakes)
        return self


class Relax(_Step):
    """Progressive muscle relaxation: each group is tensed and released, `times` in a row."""

    kind: Literal["relax"]
    groups: tuple[Annotated[Words, Field(min_length=1, max_length=60)], ...] = Field(
        min_length=1,
        max_length=20,
        strict=False,
        description='names of muscle groups, as in ["hands", "face"]',
    )
    tense_s: float = Field(default=6.0, ge=2, le=15, description="seconds")
    release_s: float = Field(default=35.0, ge=5, le=120, description="seconds")
    times: int = Field(default=2, ge=1, le=5, description="times")


class Hold(_Step):
    """Stay below the goal for `seconds` in one piece; ends after `at_most_s` in any case."""

    kind: Literal["hold"]
    seconds: Seconds = 20.0
    at_most_s: Seconds = 180.0

    @model_validator(mode="after")
    def _can_be_done(self) -> Hold:
        if self.at_most_s < self.seconds:
            least = f"give at least {self.seconds:g}, or less for seconds"
            _refuse((("at_most_s",), f"{self.at_most_s:g} is shorter than the hold; {least}"))
        return self


class RestCredit(_Step):
    """Collect rest: a credit for each second at rest, and one for each moment of rest."""

    kind: Literal["rest-credit"]
    seconds: Seconds = 300.0
    moment_s: float = Field(default=1.0, ge=0.2, le=30, description="seconds")

    @model_validator(mode="after")
    def _can_be_done(self) -> RestCredit:
        if self.moment_s > self.seconds:
            most = f"give at most {self.seconds:g}, or more for seconds"
            _refuse((("moment_s",), f"{self.moment_s:g} is longer than the step; {most}"))
        return self


class Task(_Step):
    """Do something, and stay low meanwhile."""

    kind: Literal["task"]
    seconds: Seconds = 300.0


class Stressor(_Step):
    """Something that stresses, so that the recovery can be seen."""

    kind: Literal["stressor"]
    seconds: Seconds = 120.0


class Recover(_Step):
    """Let go after a stressor or a contraction."""

    kind: Literal["recover"]
    seconds: Seconds = 120.0


class Reference(_Step):
    """A reference contraction: `times` contractions; the best stable second is the reference."""

    kind: Literal["reference"]
    strength: Literal["gentle", "maximum"] = "gentle"
    times: int = Field(default=3, ge=1, le=5, description="times")
    tense_s: float = Field(default=5.0, ge=3, le=10, description="seconds")
    release_s: float = Field(default=15.0, ge=5, le=120, description="seconds")


class Reflect(_Step):
    """A question, answered in words or on a scale from 0 to 10; waits for the answer."""

    kind: Literal["reflect"]
    question: Words = Field(min_length=1, max_length=200)
    answer: Literal["words", "scale"] = "words"
    low: Words = Field(default="not at all", max_length=40)  # what 0 means
    high: Words = Field(default="very much", max_length=40)  # what 10 means


class Repeat(_Part):
    """Steps that come several times."""

    kind: Literal["repeat"]
    times: int = Field(ge=1, le=50, description="times")
    step: tuple[Step, ...] = Field(
        min_length=1, max_length=50, strict=False, description="steps, each under [[step.step]]"
    )


LeafStep: TypeAlias = (
    Settle
    | Baseline
    | Breathe
    | Relax
    | Hold
    | RestCredit
    | Task
    | Stressor
    | Recover
    | Reference
    | Reflect
)
Step: TypeAlias = Annotated[LeafStep | Repeat, Field(discriminator="kind")]


class Program(_Part):
    """One program, as its file has it."""

    format: Literal[1] = 1
    title: Words = Field(min_length=1, max_length=60)
    purpose: Words = Field(min_length=1, max_length=400)  # what it is for
    evidence: Words = Field(min_length=1, max_length=600)
    site: SiteKey | None = None  # the site it is meant for; any unless given
    goal: Goal | None = Field(default=None, description=GOAL_EXAMPLE)
    step: tuple[Step, ...] = Field(
        min_length=1, max_length=100, strict=False, description="steps, each under [[step]]"
    )

    @model_validator(mode="after")
    def _fits_together(self) -> Program:
        mistakes: list[tuple[Where, str]] = []
        for where, step in _walk(self.step):
            if isinstance(step, Repeat) and len(where) // 2 == MAX_DEPTH + 1:
                allowed = f"at most {MAX_DEPTH} may lie within one another"
                mistakes.append((where, f"this repeat lies too deep; {allowed}"))
            if isinstance(step, Hold) and not (step.goal or self.goal):
                needed = "give it one, or give one to the whole program"
                mistakes.append((where, f"there is no goal to stay below; {needed}"))
        n_steps = _count(self.step)
        if n_steps > MAX_STEPS:
            found = f"there are {n_steps} steps, repetitions written out"
            mistakes.append((("step",), f"{found}; at most {MAX_STEPS} are allowed"))
        hours = self.longest_s() / 3600
        if hours > MAX_S / 3600:
            found = f"the steps take up to {hours:.3g} hours"
            mistakes.append((("step",), f"{found}; at most {MAX_S / 3600:g} are allowed"))
        _refuse(*mistakes)
        return self

    def flat(self) -> tuple[LeafStep, ...]:
        """All steps in order, repetitions written out, each with the goal that holds in it."""
        return _flatten(self.step, self.goal)

    def longest_s(self) -> float:
        """How long it takes at most, questions left out."""
        return sum(longest_s(step) for step in self.step)


Repeat.model_rebuild()
Program.model_rebuild()


def _walk(steps: tuple[Step, ...], above: Where = ()) -> Iterator[tuple[Where, Step]]:
    """Every step as it is written, with its place in the file."""
    for k, step in enumerate(steps):
        where = (*above, "step", k)
        yield where, step
        if isinstance(step, Repeat):
            yield from _walk(step.step, where)


def _count(steps: tuple[Step, ...]) -> int:
    """Number of steps, repetitions written out, without writing them out."""
    return sum(s.times * _count(s.step) if isinstance(s, Repeat) else 1 for s in steps)


_WITH_GOAL = (Breathe, Relax, Hold, RestCredit, Task, Recover)  # that take the program's goal


def _flatten(steps: tuple[Step, ...], goal: Goal | None) -> tuple[LeafStep, ...]:
    flat: list[LeafStep] = []
    for step in steps:
        if isinstance(step, Repeat):
            flat.extend(_flatten(step.step, goal) * step.times)
        else:
            takes = step.goal is None and isinstance(step, _WITH_GOAL)
            flat.append(step.model_copy(update={"goal": goal}) if takes else step)
    return tuple(flat)


def longest_s(step: Step) -> float:
    """How long a step takes at most; 0 for a question, which waits."""
    if isinstance(step, Repeat):
        return step.times * sum(longest_s(inner) for inner in step.step)
    if isinstance(step, Relax):
        return len(step.groups) * step.times * (step.tense_s + step.release_s)
    if isinstance(step, Reference):
        return step.times * (step.tense_s + step.release_s)
    if isinstance(step, Reflect):
        return 0.0
    return step.at_most_s if isinstance(step, Hold) else step.seconds
