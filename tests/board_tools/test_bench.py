"""The steps of the bench on virtual boards whose figures are known."""

from __future__ import annotations

import functools
import re
from dataclasses import replace
from datetime import datetime, timezone
from typing import Any

import numpy as np
import pytest

from unclench.board.bench import measure as measure_module
from unclench.board.bench.judge import judge_sheet, judged
from unclench.board.bench.measure import KnownSignal, measure_step
from unclench.board.bench.sheet import Finding, Record, Sheet, ToneRecord
from unclench.board.bench.steps import STEPS, StepName
from unclench.board.noise import limits_uv, spectra
from unclench.board.settings import change
from unclench.board.stream import Stream
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.link.timing import SimulatedTime
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.faults import NO_FAULTS, Faults
from unclench.link.virtual.inputs import AnalogInput, SyntheticInput
from unclench.link.virtual.muscle import Muscle
from unclench.link.virtual.scenarios import SCENARIOS, Scenario
from unclench.profiles.known import MYOWARE_2
from unclench_dsp import sensor_response

WHEN = datetime(2026, 11, 23, 12, 0, tzinfo=timezone.utc)
KNOWN = KnownSignal(mv=100, divider=1000, hz=110, channel=1)
SCENARIO_OF = {
    "shorted": "shorted",
    "signal": "bench-signal",
    "hands-off": "shorted",
    "hands-on": "bench-hands-on",
    "battery": "shorted",
    "charger": "bench-charger",
}
CALM_OF: dict[StepName, StepName] = {"hands-on": "hands-off", "charger": "battery"}
UNCHANGING = frozenset(SCENARIOS)  # not what a test has made itself


def plugged_in(analog: AnalogInput, faults: Faults = NO_FAULTS) -> tuple[VirtualBoard, Connection]:
    """A virtual board in simulated time, and the way to talk to it."""
    clock = SimulatedTime()
    board = VirtualBoard(analog, 1.0, faults, clock)
    return board, Connection(board.plug_in(), "COM9", clock=clock)


def measured(
    step: StepName,
    analog: AnalogInput | str,
    known: KnownSignal | None = None,
    seconds: float = 5.0,
    channels: int = 1,
    rate_hz: int = 2000,
    faults: Faults = NO_FAULTS,
) -> Record:
    """Measure a step on an analog input or the name of a scenario, in simulated time."""
    if isinstance(analog, str):
        analog = SyntheticInput(analog, channels, rate_hz)
    _, connection = plugged_in(analog, faults)
    return measure_step(connection, connection.handshake(), step, seconds, known, when=WHEN)


_measured_before = functools.cache(measured)  # simulated time gives the same every time


def measure(
    step: StepName,
    analog: AnalogInput | str | None = None,
    *,
    known: KnownSignal | None = None,
    **options: Any,
) -> Record:
    """Measure a step on its usual scenario and signal, unless given others."""
    if step == "signal" and known is None:
        known = KNOWN
    analog = SCENARIO_OF[step] if analog is None else analog
    if isinstance(analog, str) and analog in UNCHANGING:
        return _measured_before(step, analog, known, **options)
    return measured(step, analog, known, **options)


def scenario(monkeypatch: pytest.MonkeyPatch, **muscle: Any) -> str:
    made = Muscle(**{"rest_uv": 0.0, "mains_uv": 0.0, **muscle})
    monkeypatch.setitem(SCENARIOS, "made", Scenario("", lambda _: made))
    return "made"


def empty() -> Sheet:
    return Sheet(board_id="00ff")


def verdicts(record: Record) -> dict[str, str]:
    return {finding.name: finding.verdict for finding in record.findings}


def finding(record: Record, name: str) -> Finding:
    return next(f for f in record.findings if f.name == name)


def tone_of(record: Record) -> ToneRecord:
    assert record.tone is not None
    return record.tone


def record_of(sheet: Sheet, step: StepName) -> Record:
    record = sheet.of(step)
    assert record is not None
    return record


class TestShorted:
    """The inputs connected to each other."""

    @pytest.mark.parametrize("rate_hz", [1000, 2000, 4000])
    @pytest.mark.parametrize("channels", [1, 3])
    def test_noise_is_the_converters(self, rate_hz, channels) -> None:
        record = judged(measure("shorted", channels=channels, rate_hz=rate_hz), empty())
        announced = SyntheticInput("shorted", channels, rate_hz).hello()
        for sensor, channel in zip(record.sensors, announced.channels, strict=True):
            assert sensor.noise_uv == pytest.approx(channel.noise_nv / 1000, rel=0.05)
            assert sensor.hum_uv < 0.1
            assert sensor.level_v == pytest.approx(2047.5 * 3.3 / 4096, abs=1e-4)
            assert sensor.converter_uv == pytest.approx(sensor.noise_uv, rel=0.05)
        assert record.verdict == "good"
        assert len(record.findings) == 3 * channels + 1
        assert (record.seconds, record.lost_samples, record.measured_at) == (5.0, 0, WHEN)

    def test_what_was_expected_is_said(self) -> None:
        record = judged(measure("shorted"), empty())
        good_uv, _ = limits_uv(250, 2000)
        assert finding(record, "noise 1").expected.startswith(f"at most {good_uv:.2f} uV RMS")
        assert finding(record, "level 1").expected == "1.65 V +- 0.49, half the supply"

    @pytest.mark.parametrize(
        ("changes", "name", "verdict", "words"),
        [
            ({"noise_uv": 0.49}, "noise 1", "good", ""),
            ({"noise_uv": 0.51}, "noise 1", "usable", "long cable"),
            ({"noise_uv": 1.01}, "noise 1", "not usable", "connected to each other"),
            ({"noise_uv": 0.01}, "noise 1", "not usable", "stuck"),
            ({"clipped_fraction": 0.003}, "noise 1", "not usable", "cut off"),
            ({"hum_uv": 0.99}, "hum 1", "good", ""),
            ({"hum_uv": 1.01}, "hum 1", "usable", "charger"),
            ({"hum_uv": 10.1}, "hum 1", "not usable", "charger"),
            ({"level_v": 1.16}, "level 1", "good", ""),
            ({"level_v": 1.14}, "level 1", "usable", "RAW"),
            ({"level_v": 0.49}, "level 1", "not usable", "RAW"),
        ],
    )
    def test_each_limit(self, changes, name, verdict, words) -> None:
        record = measure("shorted", seconds=3.0)
        sensor = record.sensors[0].model_copy(update=changes)
        record = judged(record.model_copy(update={"sensors": (sensor,)}), empty())
        found = finding(record, name)
        assert (found.verdict, words in found.advice) == (verdict, True)
        assert (found.advice == "") == (verdict == "good")
        assert {v for n, v in verdicts(record).items() if n != name} == {"good"}
        assert record.verdict == verdict

    def test_losses_are_counted_and_no_gap_bridged(self) -> None:
        record = judged(measure("shorted", faults=Faults(corrupt=2e-4)), empty())
        assert record.lost_samples > 0
        assert finding(record, "losses").verdict == "not usable"
        assert record.sensors[0].noise_uv == pytest.approx(0.17, rel=0.1)

    def test_a_signal_without_one_whole_second_is_refused(self) -> None:
        with pytest.raises(InputError, match="No full second arrived"):
            measure("shorted", faults=Faults(corrupt=3e-3))


class TestHum:
    """Hum of the mains."""

    @pytest.mark.parametrize("mains_hz", [50.0, 60.0, 49.8])
    @pytest.mark.parametrize("mains_uv", [0.6, 6.0])
    def test_measured_hum_is_what_the_model_makes(self, monkeypatch, mains_hz, mains_uv) -> None:
        name = scenario(monkeypatch, mains_uv=mains_uv, mains_hz=mains_hz)
        (sensor,) = measure("hands-off", name, seconds=10.0).sensors
        shares = ((1, 1.0), (3, 0.3), (5, 0.12), (7, 0.05))
        lines = [
            s * sensor_response(k * mains_hz, MYOWARE_2.band_hz)
            for k, s in shares
            if k * mains_hz <= 450
        ]
        assert sensor.hum_uv == pytest.approx(mains_uv * np.sqrt(np.square(lines).sum()), rel=0.03)
        assert sensor.mains_hz == round(mains_hz, -1)
        assert sensor.noise_uv == pytest.approx(0.17, rel=0.1)  # the hum is left out

    def test_a_muscle_is_no_hum(self) -> None:
        (sensor,) = measure("hands-off", "clenching", seconds=10.0).sensors
        assert sensor.hum_uv < 0.4 * sensor.noise_uv

    def test_too_low_a_rate(self) -> None:
        with pytest.raises(InputError, match="too low to measure 20 to 450 Hz"):
            spectra([np.zeros((2000, 1))], 500.0)


def with_figures(record: Record, figures: dict[str, float]) -> Record:
    sensor = record.sensors[0].model_copy(update=figures)
    return record.model_copy(update={"sensors": (sensor,)})


class TestKnownSignal:
    """A tone of known strength."""

    @pytest.mark.parametrize("rate_hz", [1000, 2000, 4000])
    @pytest.mark.parametrize("hz", [25.0, 80.0, 110.0, 390.0])
    def test_reads_what_is_expected(self, monkeypatch, rate_hz, hz) -> None:
        name = scenario(monkeypatch, tone_uv=100.0, tone_hz=hz)
        record = measure("signal", name, known=replace(KNOWN, hz=hz), rate_hz=rate_hz)
        # the model's points, 8000 a second, bend the sensor's corner a little at 400 Hz
        tone = tone_of(record)
        assert tone.rms_uv == pytest.approx(tone.expected_uv, rel=0.012)
        assert tone.hz == pytest.approx(hz, abs=0.001)
        assert judged(record, empty()).verdict == "good"

    def test_the_tone_is_neither_noise_nor_hum(self) -> None:
        record = measure("signal", seconds=20.0)
        (sensor,) = record.sensors
        assert sensor.noise_uv == pytest.approx(tone_of(record).rest_uv, rel=0.05)
        assert sensor.hum_uv < 0.1
        assert max(sensor.density_uv) > 50  # the drawing shows it all the same

    def test_hum_beside_the_tone_is_measured(self, monkeypatch) -> None:
        name = scenario(monkeypatch, tone_uv=100.0, mains_uv=2.0, mains_hz=60.0)
        (sensor,) = measure("signal", name, seconds=10.0).sensors
        assert sensor.hum_uv == pytest.approx(2.0, rel=0.1)
        assert sensor.mains_hz == 60

    @pytest.mark.parametrize("hz", [49.0, 50, 61.9, 97.1, 102.9, 120, 293.5, 307.1, 357])
    def test_a_tone_that_hum_could_be_taken_for_is_refused(self, hz) -> None:
        with pytest.raises(
            InputError, match=r"too close to \d+ Hz, where mains hum .* Set the source to 110 Hz"
        ):
            replace(KNOWN, hz=hz).check(SyntheticInput("shorted").hello())

    @pytest.mark.parametrize("mains_hz", [49.8, 50.0, 60.2])
    def test_hum_of_a_silent_source_is_no_tone(self, monkeypatch, mains_hz) -> None:
        analog = SyntheticInput(scenario(monkeypatch, mains_uv=100.0, mains_hz=mains_hz))
        _, connection = plugged_in(analog)
        hello = connection.handshake()
        stream = Stream(hello, connection.clock)
        connection.start()
        stream.listen(connection, 3.5, lambda signal_s: None)
        monkeypatch.setattr(measure_module, "Stream", lambda *_: stream)  # one for all tones
        allowed = []
        for hz in (*np.arange(25.0, 400.0, 7.0), 106.9, 113.1, 306.5, 342.0):
            known = replace(KNOWN, hz=float(hz))
            try:
                known.check(hello)
            except InputError:
                continue
            allowed.append(hz)
            record = judged(measure_step(connection, hello, "signal", 3.0, known), empty())
            assert verdicts(record)["tone 1"] == "not usable", hz
        assert len(allowed) > 20

    @pytest.mark.parametrize("off_hz", [-1.9, 0.3, 1.9])
    def test_a_source_a_little_off_is_found(self, monkeypatch, off_hz) -> None:
        name = scenario(monkeypatch, tone_uv=100.0, tone_hz=110 + off_hz)
        tone = tone_of(measure("signal", name))
        assert tone.hz == pytest.approx(110 + off_hz, abs=0.001)
        assert tone.rms_uv == pytest.approx(tone.expected_uv, rel=0.005)

    @pytest.mark.parametrize("set_gain", [180.0, 220.0])
    def test_a_wrong_gain_is_found_and_its_advice_cures_it(self, set_gain) -> None:
        analog = SyntheticInput("bench-signal")
        analog.set_gain(0, round(set_gain * 1000))
        record = judged(measure("signal", analog), empty())
        gain = finding(record, "gain 1")
        assert gain.verdict == "not usable"
        told_percent = float(gain.found.partition(f"at gain {set_gain:g}: ")[2].removesuffix(" %"))
        assert told_percent == pytest.approx((200 / set_gain - 1) * 100, abs=0.2)
        advised = float(gain.advice.partition("--gain 1=")[2].partition("`")[0])
        assert advised == pytest.approx(200, rel=0.002)
        _, connection = plugged_in(analog)
        change(connection, connection.handshake(), gain_milli={0: round(advised * 1000)})
        again = measure_step(connection, connection.handshake(), "signal", 3.0, KNOWN)
        assert verdicts(judged(again, empty()))["gain 1"] == "good"

    @pytest.mark.parametrize(
        ("uv", "verdict", "words"),
        [
            (104.5, "good", ""),
            (95.5, "good", ""),
            (105.5, "not usable", "--gain 1=211"),
            (94.5, "not usable", "--gain 1=189"),
            (124.0, "not usable", "--gain 1=248"),
            (70.7, "not usable", "a peak instead gives -29 %"),
            (50.0, "not usable", "wrong figure or a wrong wire"),
        ],
    )
    def test_a_gain_within_five_percent_is_good(self, monkeypatch, uv, verdict, words) -> None:
        name = scenario(monkeypatch, tone_uv=uv)
        gain = finding(judged(measure("signal", name), empty()), "gain 1")
        assert (gain.verdict, words in gain.advice) == (verdict, True)
        assert ("--gain" in gain.advice) == ("--gain" in words)

    def test_a_tone_into_the_second_sensor(self, monkeypatch) -> None:
        fed = Muscle(rest_uv=0.0, mains_uv=0.0, tone_uv=100.0)
        calm = Muscle(rest_uv=0.0, mains_uv=0.0)
        monkeypatch.setitem(SCENARIOS, "made", Scenario("", lambda k: fed if k == 1 else calm))
        known = replace(KNOWN, channel=2)
        right = judged(measure("signal", "made", known=known, channels=2), empty())
        assert verdicts(right)["gain 2"] == "good"
        wrong = judged(measure("signal", "made", channels=2), empty())
        assert "not found" in finding(wrong, "tone 1").found

    @pytest.mark.parametrize(
        ("muscle", "words", "advice"),
        [
            ({}, "not found; the strongest tone is at", "Does the source play"),
            ({"tone_uv": 100.0, "tone_hz": 170.0}, "the strongest tone is at 170 Hz", "frequency"),
            (
                {"tone_uv": 100.0, "rest_uv": 8.0},
                "times the rest",
                "too weak, or there is too much",
            ),
            ({"tone_uv": 9000.0}, "cut off: ", "Turn the source down"),
        ],
    )
    def test_an_unclean_tone_is_not_usable(self, monkeypatch, muscle, words, advice) -> None:
        name = scenario(monkeypatch, **muscle)
        record = judged(measure("signal", name), empty())
        tone = finding(record, "tone 1")
        assert (tone.verdict, record.verdict) == ("not usable", "not usable")
        assert words in tone.found
        assert advice in tone.advice
        assert "gain 1" not in verdicts(record)

    def test_distortion_is_judged(self) -> None:
        record = measure("signal", seconds=3.0)
        tone = tone_of(record).model_copy(update={"distortion": 0.031})
        record = judged(record.model_copy(update={"tone": tone}), empty())
        assert verdicts(record)["distortion 1"] == "usable"

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"hz": 24.9}, "24.9 Hz is outside 25 to 400 Hz"),
            ({"hz": 401.0}, "401 Hz is outside 25 to 400 Hz"),
            ({"hz": float("nan")}, "nan Hz is outside"),
            (
                {"mv": 10.0},
                "10 uV at the electrodes, which the board would read as 9.55 uV. That is too weak",
            ),
            ({"mv": 1.0, "divider": 1001.0}, "0.999 uV at the electrodes, which the board would"),
            ({"divider": 10.0}, "more than a sensor with this gain can pass (4660 uV RMS)"),
            ({"mv": 2e6}, "2000000 mV divided by 1000 is 2000000 uV at the electrodes"),
            ({"channel": 2}, "There is no channel 2: this board has channels 1 to 1"),
        ],
    )
    def test_what_cannot_be_measured_is_refused(self, changes, words) -> None:
        with pytest.raises(InputError) as error:
            replace(KNOWN, **changes).check(SyntheticInput("shorted").hello())
        assert words in str(error.value)


class TestComparison:
    """Steps that are compared with another one."""

    def sheet(self, *steps: StepName, **options: Any) -> Sheet:
        sheet = empty()
        for step in steps:
            sheet = sheet.with_record(judged(measure(step, **options), sheet))
        return sheet

    def test_hum_from_a_hand_on_the_cable_is_compared_with_hands_off(self, monkeypatch) -> None:
        sheet = self.sheet("hands-off")
        calm_uv = sheet.records[0].sensors[0].hum_uv
        hum = finding(judged(measure("hands-on"), sheet), "hum 1")
        assert hum.verdict == "good"
        assert hum.expected.startswith(
            f"at most {calm_uv + 1:.2f} uV RMS (hands-off: {calm_uv:.2f})"
        )
        loud = judged(measure("hands-on", scenario(monkeypatch, mains_uv=4.0)), sheet)
        assert (loud.verdict, "shielded" in finding(loud, "hum 1").advice) == ("usable", True)
        louder = judged(measure("hands-on", scenario(monkeypatch, mains_uv=14.0)), sheet)
        assert louder.verdict == "not usable"

    @pytest.mark.parametrize(
        ("calm_uv", "now_uv", "verdict"),
        [(23.8, 23.84, "not usable"), (5.0, 5.5, "usable"), (5.0, 16.0, "not usable")],
    )
    @pytest.mark.parametrize("step", ["hands-on", "charger"])
    def test_a_step_is_never_better_than_the_one_it_is_compared_with(
        self, step, calm_uv, now_uv, verdict
    ) -> None:
        calm = CALM_OF[step]
        sheet = empty().with_record(with_figures(measure(calm), {"hum_uv": calm_uv}))
        record = judged(with_figures(measure(step, "shorted"), {"hum_uv": now_uv}), sheet)
        hum = finding(record, "hum 1")
        assert hum.verdict == verdict
        assert ("Solve that first" in hum.advice) == (now_uv < 6 or calm_uv > 10)

    @pytest.mark.parametrize("step", ["hands-on", "charger"])
    def test_a_comparison_follows_whatever_is_measured_later(self, step) -> None:
        calm = CALM_OF[step]
        now = with_figures(measure(step, "shorted"), {"hum_uv": 0.8})
        alone = judge_sheet(empty().with_record(now))
        assert "was not measured yet" in record_of(alone, step).findings[0].found
        before = measure(calm)
        for calm_uv in (0.01, 0.7):
            with_both = alone.with_record(with_figures(before, {"hum_uv": calm_uv}))
            hum = finding(record_of(judge_sheet(with_both), step), "hum 1")
            assert f"{calm}: {calm_uv:.2f}" in hum.expected
        other = before.setting.model_copy(update={"rate_hz": 1000.0})
        apart = alone.with_record(before.model_copy(update={"setting": other}))
        assert "with other settings" in record_of(judge_sheet(apart), step).findings[0].found

    def test_the_charger_adds_hum_and_noise_and_does_not_count(self) -> None:
        sheet = self.sheet("battery", "charger")
        charger = record_of(sheet, "charger")
        assert verdicts(charger) == {"hum 1": "usable", "noise 1": "usable", "losses": "good"}
        assert "must do anyway" in finding(charger, "hum 1").advice
        assert sheet.verdict == "good"
        quiet = judged(measure("charger", "shorted"), sheet)
        assert quiet.verdict == "good"

    @pytest.mark.parametrize(
        ("step", "changes", "name", "verdict"),
        [
            ("hands-on", {"hum_uv": 1.89}, "hum 1", "good"),
            ("hands-on", {"hum_uv": 1.91}, "hum 1", "usable"),
            ("hands-on", {"hum_uv": 11.0}, "hum 1", "not usable"),
            ("hands-on", {"clipped_fraction": 0.003}, "hum 1", "not usable"),
            ("charger", {"hum_uv": 1.89}, "hum 1", "good"),
            ("charger", {"hum_uv": 1.91}, "hum 1", "usable"),
            ("charger", {"noise_uv": 0.249}, "noise 1", "good"),
            ("charger", {"noise_uv": 0.251}, "noise 1", "usable"),
        ],
    )
    def test_each_limit(self, step, changes, name, verdict) -> None:
        calm = CALM_OF[step]
        before, now = measure(calm, seconds=3.0), measure(step, "shorted", seconds=3.0)
        quiet = {"hum_uv": 0.9, "noise_uv": 0.2}
        sheet = empty().with_record(with_figures(before, quiet))
        record = judged(with_figures(now, quiet | changes), sheet)
        assert finding(record, name).verdict == verdict
        assert record.verdict == verdict
        assert (finding(record, name).advice == "") == (verdict == "good")

    @pytest.mark.parametrize("step", ["hands-on", "charger"])
    def test_without_the_step_to_compare_with_it_says_which_to_measure(self, step) -> None:
        record = judged(measure(step), empty())
        (found, _) = record.findings
        assert found.verdict == "usable"
        assert f"`unclench board check {CALM_OF[step]}`" in found.advice

    def test_other_settings_are_not_compared(self) -> None:
        sheet = self.sheet("battery", rate_hz=1000)
        record = judged(measure("charger"), sheet)
        assert "with other settings" in record.findings[0].found


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_each_prompt_keeps_whoever_is_there_safe(step) -> None:
    assert re.search("nobody wears|NOBODY MAY WEAR", step.connect)
    assert step.worn == bool(re.search(r"(?i)\bon its\s+battery|charger, dock", step.connect))
    assert step.worn == (step.after == "")
    if step.name == "signal":
        assert "never the sound output of this computer" in step.connect


class TestSheet:
    """What a sheet knows of its steps."""

    def test_all_steps_make_a_complete_sheet(self) -> None:
        sheet = empty()
        for step in reversed(STEPS):
            sheet = sheet.with_record(judged(measure(step.name, seconds=3.0), sheet))
        assert sheet.missing == ()
        assert sheet.outdated == ()
        assert [r.step for r in sheet.records] == [step.name for step in STEPS]

    def test_the_newest_of_each_step_stays(self) -> None:
        first, second = measure("shorted", seconds=3.0), measure("shorted", seconds=4.0)
        sheet = empty().with_record(first).with_record(second)
        assert [r.seconds for r in sheet.records] == [4.0]

    def test_a_signal_for_each_sensor(self) -> None:
        sheet = empty()
        assert sheet.missing[:2] == ("shorted", "signal")
        for channel in (2, 1):
            known = replace(KNOWN, channel=channel)
            sheet = sheet.with_record(measure("signal", known=known, channels=3, seconds=3.0))
        assert [tone_of(r).channel for r in sheet.records] == [1, 2]
        assert sheet.missing[:2] == ("shorted", "signal --channel 3")

    def test_a_step_under_other_settings_must_be_repeated(self) -> None:
        old = measure("shorted", rate_hz=1000, seconds=3.0)
        new = measure("hands-off", seconds=3.0)
        new = new.model_copy(update={"measured_at": WHEN.replace(hour=13)})
        sheet = empty().with_record(new).with_record(old)
        assert sheet.outdated == (old,)
        assert sheet.missing[0] == "shorted"

    def test_the_verdict_of_a_sheet_is_its_worst_step_that_counts(self) -> None:
        assert empty().verdict is None
        sheet = empty().with_record(judged(measure("charger", "mains-hum"), empty()))
        assert sheet.verdict is None
        sheet = sheet.with_record(judged(measure("hands-off", "mains-hum"), empty()))
        assert sheet.verdict == "not usable"


def test_a_board_that_is_unplugged_during_a_step() -> None:
    board, connection = plugged_in(SyntheticInput("shorted"))
    hello = connection.handshake()
    with pytest.raises(SourceError, match="was disconnected during the step"):
        measure_step(connection, hello, "shorted", 3.0, progress=lambda _: board.close())


def test_the_first_half_second_is_left_out(monkeypatch) -> None:
    """A sine that begins at once leaves a thump in the sensor's high-pass."""
    assert tone_of(measure("signal")).rest_uv < 0.2
    monkeypatch.setattr(measure_module, "_SETTLING_S", 0.0)
    assert tone_of(measured("signal", "bench-signal", KNOWN)).rest_uv > 0.3
