"""What a step's figures mean: expected against measured, and what to do."""

from __future__ import annotations

from unclench.board.bench.sheet import Finding, Record, SensorRecord, Sheet, ToneRecord
from unclench.board.bench.steps import STEP_OF
from unclench.board.limits import (
    CLIPPED,
    DISTORTION,
    GAIN_ERROR,
    GAIN_SETTABLE,
    GOOD_LEVEL,
    GOOD_NOISE_RISE,
    TONE_OVER_REST,
    USABLE_LEVEL,
    USABLE_LOSS,
)
from unclench.board.noise import DEAD_UV, limits_uv
from unclench.board.verdict import Verdict, worst
from unclench_dsp.mains import GOOD_HUM_UV, USABLE_HUM_UV
from unclench_dsp.tone import reach_hz

_NAMED_UV = 0.1  # what is less may be chance, and of no mains at all


def judged_anew(sheet: Sheet) -> Sheet:
    """The sheet with the findings that its figures have now, each against the others."""
    return sheet.model_copy(update={"records": tuple(judged(r, sheet) for r in sheet.records)})


def judged(record: Record, sheet: Sheet) -> Record:
    """The record with its findings; `sheet` has what it may be compared with."""
    if record.tone is not None:
        findings = _known(record, record.tone)
    elif STEP_OF[record.step].before is None:
        findings = [f for s in record.sensors for f in (_noise(record, s), _hum(s))]
        if record.step == "shorted":
            findings += [_level(record, sensor) for sensor in record.sensors]
    else:
        findings = _compared(record, sheet)
    return record.model_copy(update={"findings": (*findings, _losses(record))})


def _grade(value: float, good: float, usable: float) -> Verdict:
    if value <= good:
        return "good"
    return "usable" if value <= usable else "not usable"


def _noise(record: Record, sensor: SensorRecord) -> Finding:
    good_uv, usable_uv = limits_uv(record.oversampling, record.setting.rate_hz)
    verdict, advice = _grade(sensor.noise_uv, good_uv, usable_uv), ""
    if sensor.clipped_fraction > CLIPPED:
        verdict = "not usable"
        advice = "The signal is cut off: look at the sensor's supply, its gain and its wires."
    elif sensor.noise_uv < DEAD_UV:
        verdict = "not usable"
        advice = "No converter is so quiet: its input is stuck; look at the sensor's wires."
    elif verdict == "usable":
        advice = (
            "A relaxed muscle is 1 to 5 uV: look for a long cable, a loose ground, or a power "
            "supply that is near."
        )
    elif verdict == "not usable":
        advice = (
            "It would drown a relaxed muscle: are all electrodes of this sensor connected to each "
            "other? Then look at its ground and supply, and try another sensor."
        )
    return Finding(
        name=f"noise {sensor.number}",
        expected=f"at most {good_uv:.2f} uV RMS; {sensor.converter_uv:.2f} by the converter",
        found=f"{sensor.noise_uv:.2f} uV RMS in 20-450 Hz without hum",
        verdict=verdict,
        advice=advice,
    )


def _hum_words(sensor: SensorRecord) -> str:
    whose = f" of {sensor.mains_hz} Hz and multiples" if sensor.hum_uv >= _NAMED_UV else ""
    return f"{sensor.hum_uv:.2f} uV RMS{whose}"


def _hum(sensor: SensorRecord) -> Finding:
    verdict, advice = _grade(sensor.hum_uv, GOOD_HUM_UV, USABLE_HUM_UV), ""
    if verdict != "good":
        advice = (
            "Unplug the charger, move away from lamps and mains cables, and twist the sensor's "
            "wires around each other; then look for an electrode that is not connected."
        )
    return Finding(
        name=f"hum {sensor.number}",
        expected=f"at most {GOOD_HUM_UV:g} uV RMS",
        found=_hum_words(sensor),
        verdict=verdict,
        advice=advice,
    )


def _level(record: Record, sensor: SensorRecord) -> Finding:
    scale_v = record.full_scale_v
    verdict = _grade(abs(sensor.level_v / scale_v - 0.5), GOOD_LEVEL, USABLE_LEVEL)
    advice = ""
    if verdict != "good":
        advice = "Take the sensor's RAW output, power it from 3V3, and look at its ground."
    return Finding(
        name=f"level {sensor.number}",
        expected=f"{scale_v / 2:.2f} V +- {GOOD_LEVEL * scale_v:.2f}, half the supply",
        found=f"{sensor.level_v:.3f} V at the pin",
        verdict=verdict,
        advice=advice,
    )


def _losses(record: Record) -> Finding:
    lost, whole = record.lost_samples, record.lost_samples + record.seconds * record.setting.rate_hz
    verdict: Verdict = "good" if not lost else _grade(lost / whole, -1.0, USABLE_LOSS)
    advice = "" if not lost else "Use another cable or USB port, without a hub; close programs."
    return Finding(
        name="losses",
        expected="no sample lost",
        found=f"{lost} of {whole:.0f} samples lost",
        verdict=verdict,
        advice=advice,
    )


def _compared(record: Record, sheet: Sheet) -> list[Finding]:
    name = STEP_OF[record.step].before
    before = sheet.of(name)
    if before is None or before.setting != record.setting:
        why = "under other settings" if before else "not at all"
        sensors = ", ".join(f"{s.hum_uv:.2f} uV" for s in record.sensors)
        return [
            Finding(
                name=f"than {name}",
                expected=f"the step {name} on this sheet, under the same settings",
                found=f"measured {why}; hum of {sensors} now",
                verdict="usable",
                advice=f"Run `unclench board check {name}`, then this step again.",
            )
        ]
    pairs = zip(record.sensors, before.sensors, strict=True)
    charging = record.step == "charger"
    findings = []
    for sensor, calm in pairs:
        findings.append(_rise(sensor, calm, before, charging))
        if charging:
            findings.append(_more_noise(sensor, calm, before))
    return findings


def _rise(sensor: SensorRecord, calm: SensorRecord, before: Record, charging: bool) -> Finding:
    verdict, advice = _grade(sensor.hum_uv - calm.hum_uv, GOOD_HUM_UV, USABLE_HUM_UV), ""
    already = _grade(calm.hum_uv, GOOD_HUM_UV, USABLE_HUM_UV)
    if sensor.clipped_fraction > CLIPPED:
        verdict, advice = "not usable", "The signal is cut off: look at the wires."
    elif worst((verdict, already)) != verdict:  # no step is better than what it is compared with
        verdict = already
        advice = (
            f"Hardly more than with {before.step}, but that was {already}: mend that first, then "
            "repeat both steps."
        )
    elif verdict != "good" and charging:
        advice = "Another reason to measure on the battery alone, as it must be anyhow."
    elif verdict != "good":
        advice = (
            "Shorten the cable or use a shielded one, its shield to ground at the board only; look "
            "for a loose ground wire."
        )
    return Finding(
        name=f"hum {sensor.number}",
        expected=f"at most {calm.hum_uv + GOOD_HUM_UV:.2f} uV RMS; {calm.hum_uv:.2f} with "
        f"{before.step}",
        found=_hum_words(sensor),
        verdict=verdict,
        advice=advice,
    )


def _more_noise(sensor: SensorRecord, calm: SensorRecord, before: Record) -> Finding:
    most_uv = calm.noise_uv * GOOD_NOISE_RISE
    verdict: Verdict = "good" if sensor.noise_uv <= most_uv else "usable"
    return Finding(
        name=f"noise {sensor.number}",
        expected=f"at most {most_uv:.2f} uV RMS; {calm.noise_uv:.2f} with {before.step}",
        found=f"{sensor.noise_uv:.2f} uV RMS in 20-450 Hz without hum",
        verdict=verdict,
        advice="" if verdict == "good" else "The charger's switching reaches the converter.",
    )


def _known(record: Record, tone: ToneRecord) -> list[Finding]:
    k = tone.channel
    reach = f"{tone.asked_hz:g} Hz +- {reach_hz(tone.asked_hz):g}"
    expected = f"{reach}, at least {TONE_OVER_REST:g} times the rest"
    if record.sensors[k - 1].clipped_fraction > CLIPPED:
        advice = "Turn the source down and measure it anew; look at the divider's resistors."
        found = f"cut off: {record.sensors[k - 1].clipped_fraction:.1%} of the samples at the end"
        return [_bad(f"tone {k}", f"{reach}, not cut off", found, advice)]
    if tone.rms_uv < tone.rest_uv:
        advice = (
            "Does the source play, at this frequency? Is it this sensor's channel? Look at the "
            "divider's wires."
        )
        found = f"not found; the strongest is at {tone.strongest_hz:.0f} Hz"
        return [_bad(f"tone {k}", expected, found, advice)]
    over = tone.rms_uv / max(tone.rest_uv, 1e-9)
    words = f"{tone.hz:.2f} Hz, {over:.0f} times the rest ({tone.rest_uv:.2f} uV RMS)"
    if over < TONE_OVER_REST:
        advice = (
            "Too weak, or too much else: turn the source up and measure it anew, twist the wires, "
            "and keep away from mains."
        )
        return [_bad(f"tone {k}", expected, words, advice)]
    heard = Finding(name=f"tone {k}", expected=expected, found=words, verdict="good")
    return [heard, _gain(tone, record.setting.gains[k - 1]), _distortion(tone)]


def _bad(name: str, expected: str, found: str, advice: str) -> Finding:
    return Finding(name=name, expected=expected, found=found, verdict="not usable", advice=advice)


def _gain(tone: ToneRecord, gain: float) -> Finding:
    ratio = tone.rms_uv / tone.expected_uv
    off, advice = abs(ratio - 1.0), ""
    if GAIN_ERROR < off <= GAIN_SETTABLE:
        advice = (
            f"Measure the source once more; if it is right, the sensor's gain is "
            f"{gain * ratio:.1f}: `unclench board set --gain {tone.channel}={gain * ratio:.1f}`, "
            "then this step again."
        )
    elif off > GAIN_SETTABLE:
        advice = (
            "So much is a wrong figure or a wrong wire, not the gain: look at --mv (RMS; a peak "
            "given for it makes -29 %), at --divider, at the resistors, and at RAW instead of ENV."
        )
    return Finding(
        name=f"gain {tone.channel}",
        expected=f"{tone.expected_uv:.2f} uV RMS +- {GAIN_ERROR * 100:.0f} %",
        found=f"{tone.rms_uv:.2f} uV RMS at gain {gain:g}: {ratio - 1:+.1%}".replace("%", " %"),
        verdict="good" if off <= GAIN_ERROR else "not usable",
        advice=advice,
    )


def _distortion(tone: ToneRecord) -> Finding:
    good = tone.distortion <= DISTORTION
    return Finding(
        name=f"distortion {tone.channel}",
        expected=f"harmonics at most {DISTORTION * 100:.0f} %",
        found=f"{tone.distortion * 100:.1f} %",
        verdict="good" if good else "usable",
        advice="" if good else "The source is driven too hard: turn it down and measure it anew.",
    )
