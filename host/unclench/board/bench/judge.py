"""Judge a step's figures: what was expected, what was measured, and what to do."""

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
from unclench.board.words import verdict_words
from unclench.translation import tr
from unclench_dsp.mains import GOOD_HUM_UV, USABLE_HUM_UV
from unclench_dsp.tone import reach_hz

_NAMED_UV = 0.1  # less may be chance and not mains hum


def judge_sheet(sheet: Sheet) -> Sheet:
    """Return the sheet with all records judged again, each against the others."""
    return sheet.model_copy(update={"records": tuple(judged(r, sheet) for r in sheet.records)})


def judged(record: Record, sheet: Sheet) -> Record:
    """Return the record with its findings; `sheet` has the records to compare it with."""
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
        advice = tr(
            "The signal is cut off. Check the sensor's supply, its gain setting and its wires."
        )
    elif sensor.noise_uv < DEAD_UV:
        verdict = "not usable"
        advice = tr("No converter is this quiet, so the input is stuck. Check the sensor's wires.")
    elif verdict == "usable":
        advice = tr(
            "A relaxed muscle makes only 1 to 5 uV. Look for a long cable, a loose ground or a "
            "power supply nearby."
        )
    elif verdict == "not usable":
        advice = tr(
            "This noise would hide a relaxed muscle. Are all electrodes of this sensor connected "
            "to each other? If so, check its ground and supply, and try another sensor."
        )
    return Finding(
        name=f"noise {sensor.number}",
        expected=tr(
            "at most {good_uv:.2f} uV RMS (converter: {converter_uv:.2f})",
            good_uv=good_uv,
            converter_uv=sensor.converter_uv,
        ),
        found=tr("{noise_uv:.2f} uV RMS in 20-450 Hz without hum", noise_uv=sensor.noise_uv),
        verdict=verdict,
        advice=advice,
    )


def _hum_words(sensor: SensorRecord) -> str:
    if sensor.hum_uv < _NAMED_UV:
        return f"{sensor.hum_uv:.2f} uV RMS"
    return tr(
        "{hum_uv:.2f} uV RMS at {mains_hz} Hz and its multiples",
        hum_uv=sensor.hum_uv,
        mains_hz=sensor.mains_hz,
    )


def _hum(sensor: SensorRecord) -> Finding:
    verdict, advice = _grade(sensor.hum_uv, GOOD_HUM_UV, USABLE_HUM_UV), ""
    if verdict != "good":
        advice = tr(
            "Unplug the charger, move away from lamps and mains cables, and twist the sensor's "
            "wires around each other. Then look for an electrode that is not connected."
        )
    return Finding(
        name=f"hum {sensor.number}",
        expected=tr("at most {limit_uv:g} uV RMS", limit_uv=GOOD_HUM_UV),
        found=_hum_words(sensor),
        verdict=verdict,
        advice=advice,
    )


def _level(record: Record, sensor: SensorRecord) -> Finding:
    scale_v = record.full_scale_v
    verdict = _grade(abs(sensor.level_v / scale_v - 0.5), GOOD_LEVEL, USABLE_LEVEL)
    advice = ""
    if verdict != "good":
        advice = tr("Connect the sensor's RAW output, power it from 3V3, and check its ground.")
    return Finding(
        name=f"level {sensor.number}",
        expected=tr(
            "{half_v:.2f} V +- {limit_v:.2f}, half the supply",
            half_v=scale_v / 2,
            limit_v=GOOD_LEVEL * scale_v,
        ),
        found=tr("{level_v:.3f} V at the pin", level_v=sensor.level_v),
        verdict=verdict,
        advice=advice,
    )


def _losses(record: Record) -> Finding:
    lost, whole = record.lost_samples, record.lost_samples + record.seconds * record.setting.rate_hz
    verdict: Verdict = "good" if not lost else _grade(lost / whole, -1.0, USABLE_LOSS)
    advice = ""
    if lost:
        advice = tr("Use another cable or USB port, without a hub, and close other programs.")
    return Finding(
        name="losses",
        expected=tr("no sample lost"),
        found=tr("{lost} of {whole:.0f} samples lost", lost=lost, whole=whole),
        verdict=verdict,
        advice=advice,
    )


def _compared(record: Record, sheet: Sheet) -> list[Finding]:
    name = STEP_OF[record.step].before
    before = sheet.of(name)
    if before is None or before.setting != record.setting:
        hum = ", ".join(f"{s.hum_uv:.2f} uV" for s in record.sensors)
        if before:
            found = tr(
                "{name} was measured with other settings; hum now: {hum}", name=name, hum=hum
            )
        else:
            found = tr("{name} was not measured yet; hum now: {hum}", name=name, hum=hum)
        return [
            Finding(
                name=f"compared with {name}",
                expected=tr("the step {name} with the same settings", name=name),
                found=found,
                verdict="usable",
                advice=tr("Run `unclench board check {name}`, then repeat this step.", name=name),
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
        verdict, advice = "not usable", tr("The signal is cut off. Check the wires.")
    elif worst((verdict, already)) != verdict:  # a step is never better than its comparison
        verdict = already
        advice = tr(
            "This is hardly more than in the step {step}, but that was {verdict}. Solve that "
            "first, then repeat both steps.",
            step=before.step,
            verdict=verdict_words(already),
        )
    elif verdict != "good" and charging:
        advice = tr("This is one more reason to measure only on battery, as you must do anyway.")
    elif verdict != "good":
        advice = tr(
            "Use a shorter cable, or a shielded one with its shield connected to ground at the "
            "board only. Look for a loose ground wire."
        )
    return Finding(
        name=f"hum {sensor.number}",
        expected=tr(
            "at most {limit_uv:.2f} uV RMS ({step}: {hum_uv:.2f})",
            limit_uv=calm.hum_uv + GOOD_HUM_UV,
            step=before.step,
            hum_uv=calm.hum_uv,
        ),
        found=_hum_words(sensor),
        verdict=verdict,
        advice=advice,
    )


def _more_noise(sensor: SensorRecord, calm: SensorRecord, before: Record) -> Finding:
    most_uv = calm.noise_uv * GOOD_NOISE_RISE
    verdict: Verdict = "good" if sensor.noise_uv <= most_uv else "usable"
    return Finding(
        name=f"noise {sensor.number}",
        expected=tr(
            "at most {most_uv:.2f} uV RMS ({step}: {noise_uv:.2f})",
            most_uv=most_uv,
            step=before.step,
            noise_uv=calm.noise_uv,
        ),
        found=tr("{noise_uv:.2f} uV RMS in 20-450 Hz without hum", noise_uv=sensor.noise_uv),
        verdict=verdict,
        advice=""
        if verdict == "good"
        else tr("The charger's switching noise reaches the converter."),
    )


def _known(record: Record, tone: ToneRecord) -> list[Finding]:
    k = tone.channel
    reach = f"{tone.asked_hz:g} Hz +- {reach_hz(tone.asked_hz):g}"
    expected = tr(
        "{reach}, at least {times:g} times the rest of the band",
        reach=reach,
        times=TONE_OVER_REST,
    )
    clipped = record.sensors[k - 1].clipped_fraction
    if clipped > CLIPPED:
        advice = tr(
            "Turn the source down and measure its voltage again. Check the divider's resistors."
        )
        found = tr(
            "cut off: {percent:.1f} % of the samples are at the end of the range",
            percent=clipped * 100,
        )
        return [_bad(f"tone {k}", tr("{reach}, not cut off", reach=reach), found, advice)]
    if tone.rms_uv < tone.rest_uv:
        advice = tr(
            "Does the source play at this frequency? Is the channel right? Check the divider's "
            "wires."
        )
        found = tr(
            "not found; the strongest tone is at {strongest_hz:.0f} Hz",
            strongest_hz=tone.strongest_hz,
        )
        return [_bad(f"tone {k}", expected, found, advice)]
    over = tone.rms_uv / max(tone.rest_uv, 1e-9)
    words = tr(
        "{hz:.2f} Hz, {over:.0f} times the rest of the band ({rest_uv:.2f} uV RMS)",
        hz=tone.hz,
        over=over,
        rest_uv=tone.rest_uv,
    )
    if over < TONE_OVER_REST:
        advice = tr(
            "The tone is too weak, or there is too much noise and hum. Turn the source up and "
            "measure its voltage again, twist the wires, and keep away from mains cables."
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
        advice = tr(
            "Measure the source once more. If it is right, the sensor's gain is {gain:.1f}. Run "
            "`unclench board set --gain {channel}={gain:.1f}`, then repeat this step.",
            gain=gain * ratio,
            channel=tone.channel,
        )
    elif off > GAIN_SETTABLE:
        advice = tr(
            "An error this large comes from a wrong figure or a wrong wire, not from the gain. "
            "Check --mv (the RMS; a peak instead gives -29 %), --divider, the resistors, and that "
            "RAW is connected, not ENV."
        )
    return Finding(
        name=f"gain {tone.channel}",
        expected=tr(
            "{expected_uv:.2f} uV RMS +- {limit:.0f} %",
            expected_uv=tone.expected_uv,
            limit=GAIN_ERROR * 100,
        ),
        found=tr(
            "{rms_uv:.2f} uV RMS at gain {gain:g}: {error:+.1f} %",
            rms_uv=tone.rms_uv,
            gain=gain,
            error=(ratio - 1) * 100,
        ),
        verdict="good" if off <= GAIN_ERROR else "not usable",
        advice=advice,
    )


def _distortion(tone: ToneRecord) -> Finding:
    good = tone.distortion <= DISTORTION
    return Finding(
        name=f"distortion {tone.channel}",
        expected=tr("harmonics at most {limit:.0f} %", limit=DISTORTION * 100),
        found=f"{tone.distortion * 100:.1f} %",
        verdict="good" if good else "usable",
        advice=""
        if good
        else tr("The source is overdriven. Turn it down and measure its voltage again."),
    )
