"""The sheet of a board: the newest record of each step, as a model that is stored as JSON."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field

from unclench.board.bench.steps import STEP_OF, STEPS, StepName
from unclench.board.verdict import Verdict, worst
from unclench.translation import tr
from unclench.wording import printable
from unclench_dsp.noise import HIGH_HZ, LOW_HZ

VERSION: Final = 1
FORMAT: Final = "unclench-bench"
_POINTS = HIGH_HZ - LOW_HZ + 1

_MOST = 1e12  # of any figure, so that sums and quotients stay within a float


_shown = partial(printable, instead="\N{REPLACEMENT CHARACTER}")  # for pages and terminals
Text = Annotated[str, Field(max_length=1000), AfterValidator(_shown)]
Amount = Annotated[float, Field(ge=0, le=_MOST)]
Positive = Annotated[float, Field(gt=0, le=_MOST)]
Number = Annotated[float, Field(ge=-_MOST, le=_MOST)]
Count = Annotated[int, Field(ge=0, le=int(_MOST))]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Part):
    """One item of a step: what was expected and what was measured.

    `name` is a key, the same in every language (`board/words.py`).
    """

    name: Text
    expected: Text
    found: Text
    verdict: Verdict
    advice: Text = ""


class SensorRecord(_Part):
    """What was measured of one channel."""

    number: Annotated[int, Field(ge=1)]
    noise_uv: Amount  # RMS in 20-450 Hz, without hum
    hum_uv: Amount
    mains_hz: Literal[50, 60]
    converter_uv: Amount
    level_v: Number
    clipped_fraction: Amount
    density_uv: Annotated[tuple[Amount, ...], Field(min_length=_POINTS, max_length=_POINTS)]


class ToneRecord(_Part):
    """What was measured of a known signal."""

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
    """The board's settings; only records with the same settings are compared."""

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
    findings: tuple[Finding, ...] = ()  # for programs: we judge a sheet again when we read it

    def model_post_init(self, context: Any, /) -> None:
        """Raise ValueError if the sensors do not match each other, their settings or the step."""
        n = len(self.sensors)
        if [sensor.number for sensor in self.sensors] != list(range(1, n + 1)):
            raise ValueError("the sensors are not numbered from 1")
        if len(self.setting.gains) != n:
            raise ValueError("the number of gains is not the number of sensors")
        if (self.tone is not None) != (self.step == "signal"):
            raise ValueError("a known signal belongs to the step signal only")
        if self.tone is not None and self.tone.channel > n:
            raise ValueError("the known signal belongs to a sensor that does not exist")

    @property
    def key(self) -> tuple[StepName, int]:
        """Identifies the record that a repetition replaces: step and channel (0: all)."""
        return self.step, self.tone.channel if self.tone else 0

    @property
    def title(self) -> str:
        """Title of the step, with the sensor if it is about one."""
        step = STEP_OF[self.step].title
        if self.tone is None:
            return step
        return tr("{step} (sensor {number})", step=step, number=self.tone.channel)

    @property
    def verdict(self) -> Verdict:
        """The worst verdict of the findings."""
        return worst(finding.verdict for finding in self.findings)


class Sheet(_Part):
    """All measurements of one board."""

    format: Literal["unclench-bench"] = FORMAT
    version: Literal[1] = VERSION
    board_id: Annotated[str, Field(pattern=r"^[0-9a-f]{2,64}$")]
    records: tuple[Record, ...] = ()

    def model_post_init(self, context: Any, /) -> None:
        """Raise ValueError if a step has two records."""
        if len({record.key for record in self.records}) < len(self.records):
            raise ValueError("a step is recorded twice")

    def of(self, step: StepName | None) -> Record | None:
        """Return the record of a step, if there is one."""
        return next((record for record in self.records if record.step == step), None)

    def with_record(self, new: Record) -> Sheet:
        """Return the sheet with `new` instead of the record it repeats, in the order of steps."""
        kept = [record for record in self.records if record.key != new.key]
        order = list(STEP_OF)
        records = sorted([*kept, new], key=lambda r: (order.index(r.step), r.key[1]))
        return self.model_copy(update={"records": tuple(records)})

    @property
    def newest(self) -> Record | None:
        """The record that was measured last."""
        return max(self.records, key=lambda record: record.measured_at, default=None)

    @property
    def outdated(self) -> tuple[Record, ...]:
        """Records with other settings than the newest."""
        newest = self.newest
        return tuple(r for r in self.records if newest and r.setting != newest.setting)

    @property
    def missing(self) -> tuple[str, ...]:
        """Steps still to do, as typed in a command, including those with older settings."""
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
        """The worst verdict of the steps that count; None if there are none."""
        counting = [r.verdict for r in self.records if STEP_OF[r.step].worn]
        return worst(counting) if counting else None
