"""What the figures of a check mean: good, usable or not usable, why, and what to do."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

from unclench.board.check import ChannelCheck, CheckResult
from unclench.board.limits import CLIPPED, GOOD_LEVEL, USABLE_LEVEL, USABLE_LOSS
from unclench.board.noise import DEAD_UV, limits_uv
from unclench.board.words import counted

Verdict: TypeAlias = Literal["good", "usable", "not usable"]
_WORST_LAST: tuple[Verdict, ...] = ("good", "usable", "not usable")

_GOOD_PPM = 200.0  # two crystals, and what a computer's clock is slewed by
_USABLE_PPM = 2000.0
_KNOWN_PPM = 1000.0  # a rate known no better than this was measured on a computer too busy for it
_SIGMAS = 3.0
_GOOD_ECHO_MS = 50.0  # PROTOCOL.md 4.2
_USABLE_ECHO_MS = 500.0
_FREE_INPUT_UV = 100.0  # no muscle at rest makes so much


@dataclass(frozen=True)
class Item:
    """One thing that was looked at."""

    name: str
    found: str
    verdict: Verdict
    advice: str = ""  # why it is not good, and what to do


def judge(result: CheckResult) -> tuple[Item, ...]:
    """All items, in the order in which a person reads them."""
    items = [_rate(result), _losses(result), _counters(result), _echo(result)]
    for number, channel in enumerate(result.channels, start=1):
        limits = limits_uv(result.oversampling, result.rate_hz)
        items += [_noise(number, channel, limits), _level(number, channel, result.full_scale_v)]
    return (*items, _correction(result))


def overall(items: tuple[Item, ...]) -> Verdict:
    """The worst of them."""
    return worst(item.verdict for item in items)


def worst(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of some; "good" if there is none."""
    return max(verdicts, key=_WORST_LAST.index, default="good")


def to_json(result: CheckResult) -> str:
    """Figures and verdicts for programs."""
    items = judge(result)
    data: dict[str, Any] = asdict(result)
    data["items"] = [asdict(item) for item in items]
    data["verdict"] = overall(items)
    return json.dumps(data, indent=2)


def _rate(result: CheckResult) -> Item:
    if result.rate_ppm is None or result.rate_error_ppm is None or result.measured_hz is None:
        return Item("rate", f"{result.rate_hz:g} Hz by its hello", "usable", "Too short to tell.")
    off, error = abs(result.rate_ppm), _SIGMAS * result.rate_error_ppm
    found = (
        f"{result.measured_hz:.3f} Hz measured, {round(result.rate_ppm):+d} ppm "
        f"(+- {result.rate_error_ppm:.0f})"
    )
    if error > _KNOWN_PPM:
        advice = "The computer was too busy to tell the rate; close other programs and repeat."
        return Item("rate", found, "usable", advice)
    if off <= _GOOD_PPM + error:
        return Item("rate", found, "good")
    advice = f"Its hello says {result.rate_hz:g} Hz: times in recordings are off by that much."
    if off <= _USABLE_PPM + error:
        return Item("rate", found, "usable", advice)
    return Item("rate", found, "not usable", f"{advice} Use another board.")


def _losses(result: CheckResult) -> Item:
    whole = result.n_samples + result.lost_samples
    found = (
        f"{result.lost_samples} of {whole} samples lost in {counted(result.gaps, 'gaps')}, "
        f"{counted(result.bad_frames, 'damaged frames')}"
    )
    if result.lost_samples == 0 and result.bad_frames == 0:
        return Item("losses", found, "good")
    advice = "Use another cable or USB port, without a hub, and close programs that take all power."
    fine = result.lost_samples <= USABLE_LOSS * whole
    return Item("losses", found, "usable" if fine else "not usable", advice)


def _counters(result: CheckResult) -> Item:
    found = ", ".join(
        counted(count, name.replace("_", " ")) for name, count in result.counters.items()
    )
    own = result.counters["fifo_overflows"] + result.counters["dma_overruns"]
    if own:
        advice = "The board itself lost readings: install its firmware anew, or use a lower rate."
        return Item("counters", found, "usable", advice)
    return Item("counters", found, "good")


def _echo(result: CheckResult) -> Item:
    if result.echo_ms is None or result.echo_max_ms is None:
        advice = "It streams but does not answer: unplug it, plug it in again and repeat."
        return Item("answers", "none while streaming", "not usable", advice)
    found = f"{result.echo_ms:.1f} ms there and back (at most {result.echo_max_ms:.1f})"
    if result.echoes_lost:
        found += f", {result.echoes_lost} missing"
    if result.echo_ms <= _GOOD_ECHO_MS and not result.echoes_lost:
        return Item("answers", found, "good")
    advice = "It should answer within 50 ms: use a USB port without a hub; close other programs."
    fine = result.echo_ms <= _USABLE_ECHO_MS
    return Item("answers", found, "usable" if fine else "not usable", advice)


def _noise(number: int, channel: ChannelCheck, limits: tuple[float, float]) -> Item:
    name = f"noise {number}"
    if channel.noise_uv is None:
        advice = "The rate is too low for 20 to 450 Hz, or no second of signal came whole."
        return Item(name, "not measured", "usable", advice)
    found = f"{channel.noise_uv:.2f} uV RMS in 20-450 Hz (converter: {channel.converter_uv:.2f})"
    if channel.stored_noise_uv:
        found += f", {channel.stored_noise_uv:.2f} stored"
    if channel.mains_hz:
        found += f", {channel.mains_uv:.2f} of it mains hum of {channel.mains_hz} Hz"
    if channel.clipped_fraction > CLIPPED:
        advice = "The signal is cut off: look at the sensor's supply, its gain and its electrodes."
        return Item(name, found, "not usable", advice)
    if channel.noise_uv < DEAD_UV:
        advice = "No converter is so quiet: its input is stuck; look at the sensor's wires."
        return Item(name, found, "not usable", advice)
    if channel.noise_uv > _FREE_INPUT_UV:
        advice = "An input hangs free: connect the sensor, and all of its electrodes."
        return Item(name, found, "not usable", advice)
    if channel.mains_hz:
        advice = "Unplug the charger and move away from lamps and cables."
        return Item(name, found, "usable", advice)
    good_uv, usable_uv = limits
    if channel.noise_uv > usable_uv:
        advice = (
            f"Above {usable_uv:.3g} uV: either a muscle, hum or a fault. As the board's own noise "
            "it would drown a relaxed muscle; connect the sensor's electrodes to each other and "
            "run `unclench board check shorted`."
        )
        return Item(name, found, "usable", advice)
    if channel.noise_uv > good_uv:
        advice = (
            f"A good board's own is below {good_uv:.3g} uV: look for a charger, a long cable, a "
            "lamp, or a muscle under the electrodes; `unclench board check shorted` measures the "
            "board's own."
        )
        return Item(name, found, "usable", advice)
    return Item(name, found, "good")


def _level(number: int, channel: ChannelCheck, full_scale_v: float) -> Item:
    name = f"level {number}"
    found = f"code {channel.level_code:.1f}, {channel.level_v:.3f} V at the pin"
    off = abs(channel.level_v / full_scale_v - 0.5)
    if off <= GOOD_LEVEL:
        return Item(name, found, "good")
    advice = (
        f"A sensor rests at half the supply, {full_scale_v / 2:.2f} V: take its RAW output, and "
        "power it from 3V3."
    )
    return Item(name, found, "usable" if off <= USABLE_LEVEL else "not usable", advice)


def _correction(result: CheckResult) -> Item:
    if result.step_lsb == 0:
        advice = "Readings above code 2047 are too high: run `unclench board calibrate` once."
        return Item("step", "not taken off", "usable", advice)
    return Item("step", f"{counted(result.step_lsb, 'codes')} taken off above code 2047", "good")
