"""The sheet of a board: the newest record of each step, as a model that is kept as JSON."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from unclench.board.bench.steps import STEP_OF, STEPS, StepName
from unclench.board.verdict import Verdict, worst
from unclench.wording import printable
from unclench_dsp.noise import HIGH_HZ, LOW_HZ

VERSION: Final = 1
FORMAT: Final = "unclench-bench"
_POINTS = HIGH_HZ - LOW_HZ + 1

_MOST = 1e12  # of any figure: with less, no sum and no quotient leaves what a float can hold


_shown = partial(printable, instead="\N{REPLACEMENT CHARACTER}")  # pages and terminals get it
Text = Annotated[str, Field(max_length=1000), AfterValidator(_shown)]
Amount = Annotated[float, Field(ge=0, le=_MOST)]
Positive = Annotated[float, Field(gt=0, le=_MOST)]
Number = Annotated[float, Field(ge=-_MOST, le=_MOST)]
Count = Annotated[int, Field(ge=0, le=int(_MOST))]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Part):
    """One thing that was looked at: expected against measured."""

    name: Text
    expected: Text
    found: Text
    verdict: Verdict
    advice: Text = ""


class SensorRecord(_Part):
    """One channel as it was measured."""

    number: Annotated[int, Field(ge=1)]
    noise_uv: Amount  # RMS in 20-450 Hz, hum left out
    hum_uv: Amount
    mains_hz: Literal[50, 60]
    converter_uv: Amount
    level_v: Number
    clipped_fraction: Amount
    density_uv: Annotated[tuple[Amount, ...], Field(min_length=_POINTS, max_length=_POINTS)]


class ToneRecord(_Part):
    """A known signal as it was found."""

    channel: Annotated[int, Field(ge=1)]
    mv: Amount  # RMS at the source
    divider: Positive
    asked_hz: Positive
    expected_uv: Positive
    hz: Amount
    rms_uv: Amount
    rest_uv: Amount
    distortion: Amount
    strongest_hz: Amount


class Setting(_Part):
    """How the board was set: figures of different settings are not compared."""

    rate_hz: Positive
    gains: tuple[Positive, ...]
    step_lsb: Amount


class Record(_Part):
    """One step, measured once."""

    step: StepName
    measured_at: AwareDatetime  # by the computer's clock
    seconds: Amount
    lost_samples: Count
    label: Text
    firmware: Text
    unclench: Text
    virtual: bool
    full_scale_v: Positive
    oversampling: Annotated[int, Field(ge=1, le=int(_MOST))]
    setting: Setting
    sensors: Annotated[tuple[SensorRecord, ...], Field(min_length=1)]
    tone: ToneRecord | None = None
    findings: tuple[Finding, ...] = ()  # for programs: a sheet that is read is judged anew

    def model_post_init(self, context: Any, /) -> None:
        """Refuse sensors that do not match each other, their settings or the step."""
        n = len(self.sensors)
        if [sensor.number for sensor in self.sensors] != list(range(1, n + 1)):
            raise ValueError("its sensors are not numbered from 1 on")
        if len(self.setting.gains) != n:
            raise ValueError("it has not one gain for each sensor")
        if (self.tone is not None) != (self.step == "signal"):
            raise ValueError("a known signal belongs to the step signal, and to no other")
        if self.tone is not None and self.tone.channel > n:
            raise ValueError("its known signal is of a sensor that is not there")

    @property
    def key(self) -> tuple[StepName, int]:
        """What it takes the place of: a signal is fed into one sensor at a time."""
        return self.step, self.tone.channel if self.tone else 0

    @property
    def title(self) -> str:
        """Of the step, with the sensor if it is about one."""
        title = STEP_OF[self.step].title
        return f"{title} of sensor {self.tone.channel}" if self.tone else title

    @property
    def verdict(self) -> Verdict:
        """The worst of its findings."""
        return worst(finding.verdict for finding in self.findings)


class Sheet(_Part):
    """All that was measured of one board."""

    format: Literal["unclench-bench"] = FORMAT
    version: Literal[1] = VERSION
    board_id: Annotated[str, Field(pattern=r"^[0-9a-f]{2,64}$")]
    records: tuple[Record, ...] = ()

    def model_post_init(self, context: Any, /) -> None:
        """Refuse two records of the same."""
        if len({record.key for record in self.records}) < len(self.records):
            raise ValueError("a step is there twice")

    def of(self, step: StepName | None) -> Record | None:
        """The record of a step, if there is one."""
        return next((record for record in self.records if record.step == step), None)

    def with_record(self, new: Record) -> Sheet:
        """The sheet with `new` in the place of what it repeats, in the order of the steps."""
        kept = [record for record in self.records if record.key != new.key]
        order = list(STEP_OF)
        records = sorted([*kept, new], key=lambda r: (order.index(r.step), r.key[1]))
        return self.model_copy(update={"records": tuple(records)})

    @property
    def newest(self) -> Record | None:
        """What was measured last."""
        return max(self.records, key=lambda record: record.measured_at, default=None)

    @property
    def outdated(self) -> tuple[Record, ...]:
        """Records under other settings than the newest."""
        newest = self.newest
        return tuple(r for r in self.records if newest and r.setting != newest.setting)

    @property
    def missing(self) -> tuple[str, ...]:
        """Steps to do, as they are typed; those under older settings among them."""
        newest, old = self.newest, {record.key for record in self.outdated}
        n = len(newest.sensors) if newest else 1
        have = {record.key for record in self.records} - old
        todo = []
        for step in STEPS:
            if step.name == "signal":
                numbers = [k for k in range(1, n + 1) if (step.name, k) not in have]
                todo += [f"signal --channel {k}" if n > 1 else "signal" for k in numbers]
            elif (step.name, 0) not in have:
                todo.append(step.name)
        return tuple(todo)

    @property
    def verdict(self) -> Verdict | None:
        """The worst of what counts; None without any."""
        counting = [r.verdict for r in self.records if STEP_OF[r.step].worn]
        return worst(counting) if counting else None
