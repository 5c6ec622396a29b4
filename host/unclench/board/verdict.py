"""Judge the figures of a check: good, usable or not usable, the reason, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from unclench.board.check import ChannelCheck, CheckResult
from unclench.board.limits import CLIPPED, GOOD_LEVEL, USABLE_LEVEL, USABLE_LOSS
from unclench.board.noise import DEAD_UV, limits_uv
from unclench.board.words import correction
from unclench.translation import tr

Verdict: TypeAlias = Literal["good", "usable", "not usable"]
_WORST_LAST: tuple[Verdict, ...] = ("good", "usable", "not usable")

_GOOD_PPM = 200.0  # two crystals, and the adjustment of a computer's clock
_USABLE_PPM = 2000.0
_KNOWN_PPM = 1000.0  # a larger uncertainty means that the computer was too busy
_SIGMAS = 3.0
_GOOD_ECHO_MS = 50.0  # PROTOCOL.md 4.2
_USABLE_ECHO_MS = 500.0
_FREE_INPUT_UV = 100.0  # a muscle at rest makes less
# Words of the board's counters; the JSON output has their keys.
_COUNTERS = {
    "fifo_overflows": tr("fifo overflows"),
    "dma_overruns": tr("dma overruns"),
    "late_services": tr("late services"),
    "lost_samples": tr("lost samples"),
    "bad_frames": tr("bad frames"),
}


@dataclass(frozen=True)
class Item:
    """One item of a check.

    Attributes
    ----------
    name : str
        A key, the same in every language: a topic, perhaps with the number of a channel.
    found : str
        The figures, in words.
    verdict : str
    advice : str
        Why it is not good, and what to do.
    """

    name: str
    found: str
    verdict: Verdict
    advice: str = ""


def judge(result: CheckResult) -> tuple[Item, ...]:
    """Return all items in reading order."""
    items = [_rate(result), _losses(result), _counters(result), _echo(result)]
    for number, channel in enumerate(result.channels, start=1):
        limits = limits_uv(result.oversampling, result.rate_hz)
        items += [_noise(number, channel, limits), _level(number, channel, result.full_scale_v)]
    return (*items, _correction(result))


def overall(items: tuple[Item, ...]) -> Verdict:
    """Return the worst verdict of all items."""
    return worst(item.verdict for item in items)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the worst verdict; "good" if there is none."""
    return max(verdicts, key=_WORST_LAST.index, default="good")


def to_json(result: CheckResult) -> str:
    """Return figures and verdicts for programs."""
    items = judge(result)
    data: dict[str, Any] = asdict(result)
    data["items"] = [asdict(item) for item in items]
    data["verdict"] = overall(items)
    return json.dumps(data, indent=2)


def _rate(result: CheckResult) -> Item:
    if result.rate_ppm is None or result.rate_error_ppm is None or result.measured_hz is None:
        found = tr("{rate_hz:g} Hz announced by the board", rate_hz=result.rate_hz)
        return Item("rate", found, "usable", tr("The check was too short to measure the rate."))
    off, error = abs(result.rate_ppm), _SIGMAS * result.rate_error_ppm
    found = tr(
        "{measured_hz:.3f} Hz measured, {rate_ppm:+d} ppm (+- {rate_error_ppm:.0f})",
        measured_hz=result.measured_hz,
        rate_ppm=round(result.rate_ppm),
        rate_error_ppm=result.rate_error_ppm,
    )
    if error > _KNOWN_PPM:
        advice = tr(
            "The computer was too busy to measure the rate. Close other programs and repeat the "
            "check."
        )
        return Item("rate", found, "usable", advice)
    if off <= _GOOD_PPM + error:
        return Item("rate", found, "good")
    if off <= _USABLE_PPM + error:
        advice = tr(
            "The board announces {rate_hz:g} Hz, so times in recordings are off by this "
            "difference.",
            rate_hz=result.rate_hz,
        )
        return Item("rate", found, "usable", advice)
    advice = tr(
        "The board announces {rate_hz:g} Hz, so times in recordings are off by this difference. "
        "Use another board.",
        rate_hz=result.rate_hz,
    )
    return Item("rate", found, "not usable", advice)


def _losses(result: CheckResult) -> Item:
    whole = result.n_samples + result.lost_samples
    found = tr(
        "{lost_samples} of {whole} samples lost; gaps: {gaps}; damaged frames: {bad_frames}",
        lost_samples=result.lost_samples,
        whole=whole,
        gaps=result.gaps,
        bad_frames=result.bad_frames,
    )
    if result.lost_samples == 0 and result.bad_frames == 0:
        return Item("losses", found, "good")
    advice = tr(
        "Use another cable or USB port, without a hub, and close programs that keep the computer "
        "busy."
    )
    fine = result.lost_samples <= USABLE_LOSS * whole
    return Item("losses", found, "usable" if fine else "not usable", advice)


def _counters(result: CheckResult) -> Item:
    found = "; ".join(f"{_COUNTERS[name]}: {count}" for name, count in result.counters.items())
    own = result.counters["fifo_overflows"] + result.counters["dma_overruns"]
    if own:
        advice = tr(
            "The board itself lost readings. Install its firmware again (`unclench board "
            "install`), or use a lower rate."
        )
        return Item("counters", found, "usable", advice)
    return Item("counters", found, "good")


def _echo(result: CheckResult) -> Item:
    if result.echo_ms is None or result.echo_max_ms is None:
        advice = tr(
            "The board streams but does not answer. Unplug it, plug it in again and repeat the "
            "check."
        )
        return Item("answers", tr("none while streaming"), "not usable", advice)
    found = tr(
        "{echo_ms:.1f} ms round trip (longest {echo_max_ms:.1f})",
        echo_ms=result.echo_ms,
        echo_max_ms=result.echo_max_ms,
    )
    if result.echoes_lost:
        found += "; " + tr("missing answers: {echoes_lost}", echoes_lost=result.echoes_lost)
    if result.echo_ms <= _GOOD_ECHO_MS and not result.echoes_lost:
        return Item("answers", found, "good")
    advice = tr(
        "The board should answer within 50 ms. Use a USB port without a hub, and close other "
        "programs."
    )
    fine = result.echo_ms <= _USABLE_ECHO_MS
    return Item("answers", found, "usable" if fine else "not usable", advice)


def _noise(number: int, channel: ChannelCheck, limits: tuple[float, float]) -> Item:
    name = f"noise {number}"
    if channel.noise_uv is None:
        advice = tr(
            "The rate is too low to measure 20 to 450 Hz, or no full second arrived without lost "
            "samples."
        )
        return Item(name, tr("not measured"), "usable", advice)
    found = tr(
        "{noise_uv:.2f} uV RMS in 20-450 Hz (converter: {converter_uv:.2f})",
        noise_uv=channel.noise_uv,
        converter_uv=channel.converter_uv,
    )
    if channel.stored_noise_uv:
        found += "; " + tr("stored: {stored_noise_uv:.2f}", stored_noise_uv=channel.stored_noise_uv)
    if channel.mains_hz:
        found += "; " + tr(
            "mains hum of {mains_hz} Hz: {mains_uv:.2f}",
            mains_hz=channel.mains_hz,
            mains_uv=channel.mains_uv,
        )
    if channel.clipped_fraction > CLIPPED:
        advice = tr(
            "The signal is cut off. Check the sensor's supply, its gain setting and its electrodes."
        )
        return Item(name, found, "not usable", advice)
    if channel.noise_uv < DEAD_UV:
        advice = tr("No converter is this quiet, so the input is stuck. Check the sensor's wires.")
        return Item(name, found, "not usable", advice)
    if channel.noise_uv > _FREE_INPUT_UV:
        advice = tr("An input is not connected. Connect the sensor and all of its electrodes.")
        return Item(name, found, "not usable", advice)
    if channel.mains_hz:
        advice = tr("Unplug the charger and move away from lamps and cables.")
        return Item(name, found, "usable", advice)
    good_uv, usable_uv = limits
    if channel.noise_uv > usable_uv:
        advice = tr(
            "More than {usable_uv:.3g} uV comes from a muscle, hum or a defect. If it were the "
            "board's own noise, it would hide a relaxed muscle. Connect the sensor's electrodes "
            "to each other and run `unclench board check shorted`.",
            usable_uv=usable_uv,
        )
        return Item(name, found, "usable", advice)
    if channel.noise_uv > good_uv:
        advice = tr(
            "The own noise of a good board is below {good_uv:.3g} uV. Look for a charger, a long "
            "cable, a lamp, or a muscle under the electrodes. `unclench board check shorted` "
            "measures the board's own noise.",
            good_uv=good_uv,
        )
        return Item(name, found, "usable", advice)
    return Item(name, found, "good")


def _level(number: int, channel: ChannelCheck, full_scale_v: float) -> Item:
    name = f"level {number}"
    found = tr(
        "code {level_code:.1f}, {level_v:.3f} V at the pin",
        level_code=channel.level_code,
        level_v=channel.level_v,
    )
    off = abs(channel.level_v / full_scale_v - 0.5)
    if off <= GOOD_LEVEL:
        return Item(name, found, "good")
    advice = tr(
        "A sensor rests at half the supply, {half_v:.2f} V. Connect its RAW output, and power it "
        "from 3V3.",
        half_v=full_scale_v / 2,
    )
    return Item(name, found, "usable" if off <= USABLE_LEVEL else "not usable", advice)


def _correction(result: CheckResult) -> Item:
    found = correction(result.step_lsb)
    if result.step_lsb == 0:
        advice = tr("Readings above code 2047 are too high. Run `unclench board calibrate` once.")
        return Item("step", found, "usable", advice)
    return Item("step", found, "good")
