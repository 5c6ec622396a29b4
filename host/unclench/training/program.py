"""What a training program is: steps, goals, breathing. Values only; `programfile` reads them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

MIN_SHARE_OF_BREATH = 0.1  # a part of a breath that is there at all takes at least so much of it


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


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
    percentile: float = Field(default=40.0, ge=5, le=80, description="percentile")
    last_s: float = Field(default=120.0, ge=30, le=600, description="seconds looked back over")
    lowest_times: float = Field(default=0.7, gt=0, le=1, description="times the baseline")
    highest_times: float = Field(default=1.2, ge=1, le=2, description="times the baseline")


Goal: TypeAlias = Annotated[
    FixedGoal | ReferenceGoal | BaselineGoal | ShapingGoal, Field(discriminator="kind")
]


# Steps


class _Step(_Part):
    title: str = Field(default="", max_length=60, description="a few words")
    say: str = Field(default="", max_length=400, description="one or two sentences")
    goal: Goal | None = None  # the program's unless given


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
    inhale: float = Field(default=4.0, gt=0, le=20, description="a part of the breath")
    hold_in: float = Field(default=0.0, ge=0, le=20, description="a part of the breath")
    exhale: float = Field(default=6.0, gt=0, le=20, description="a part of the breath")
    hold_out: float = Field(default=0.0, ge=0, le=20, description="a part of the breath")

    @model_validator(mode="after")
    def _room_to_breathe(self) -> Breathe:
        parts = (self.inhale, self.hold_in, self.exhale, self.hold_out)
        for name, part in zip(("inhale", "exhale"), (self.inhale, self.exhale), strict=True):
            if part < MIN_SHARE_OF_BREATH * sum(parts):
                raise ValueError(f"{name} must be at least a tenth of the breath")
        return self


class Relax(_Step):
    """Progressive muscle relaxation: each group is tensed and released, `times` in a row."""

    kind: Literal["relax"]
    groups: tuple[Annotated[str, Field(min_length=1, max_length=60)], ...] = Field(
        min_length=1, max_length=20, description="names of muscle groups"
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
            raise ValueError("at_most_s must not be below seconds")
        return self


class RestCredit(_Step):
    """Collect rest: a credit for each second at rest, and one for each moment of rest."""

    kind: Literal["rest-credit"]
    seconds: Seconds = 300.0
    moment_s: float = Field(default=1.0, ge=0.2, le=30, description="seconds")


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
    question: str = Field(min_length=1, max_length=200, description="a question")
    answer: Literal["words", "scale"] = "words"
    low: str = Field(default="not at all", max_length=40, description="what 0 means")
    high: str = Field(default="very much", max_length=40, description="what 10 means")


class Repeat(_Part):
    """Steps that come several times."""

    kind: Literal["repeat"]
    times: int = Field(ge=1, le=50, description="times")
    step: tuple[Step, ...] = Field(min_length=1, max_length=50, description="steps")


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
    title: str = Field(min_length=1, max_length=60, description="a few words")
    purpose: str = Field(min_length=1, max_length=400, description="what it is for")
    evidence: str = Field(min_length=1, max_length=600, description="on what evidence")
    site: str | None = None  # the site it is meant for; any unless given
    goal: Goal | None = None
    step: tuple[Step, ...] = Field(min_length=1, max_length=100, description="steps")

    def flat(self) -> tuple[LeafStep, ...]:
        """All steps in order, repetitions written out, each with the goal that holds in it."""
        return _flatten(self.step, self.goal)

    def longest_s(self) -> float:
        """How long it takes at most, questions left out."""
        return sum(longest_s(step) for step in self.flat())


Repeat.model_rebuild()
Program.model_rebuild()


def _flatten(steps: tuple[Step, ...], goal: Goal | None) -> tuple[LeafStep, ...]:
    flat: list[LeafStep] = []
    for step in steps:
        if isinstance(step, Repeat):
            flat.extend(_flatten(step.step, goal) * step.times)
        else:
            flat.append(step if step.goal else step.model_copy(update={"goal": goal}))
    return tuple(flat)


def longest_s(step: LeafStep) -> float:
    """How long a step takes at most; 0 for a question, which waits."""
    if isinstance(step, Relax):
        return len(step.groups) * step.times * (step.tense_s + step.release_s)
    if isinstance(step, Reference):
        return step.times * (step.tense_s + step.release_s)
    if isinstance(step, Reflect):
        return 0.0
    return step.at_most_s if isinstance(step, Hold) else step.seconds
