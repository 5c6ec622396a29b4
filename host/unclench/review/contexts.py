"""What is known about each channel beforehand: baseline, reference, rest level."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError

from unclench.review.namedrest import rest_of, source_words
from unclench.review.results import BaselineFrom, ChannelContext, NamedRest
from unclench.review.signal import Signal
from unclench.store.events.event import BaselineMeasured, Event
from unclench.store.session.schema import SessionMeta
from unclench.training.placement.resting import MeasurementError
from unclench.training.placement.values import (
    RestBaseline,
    TrainedChannel,
    floor_uv,
    rest_level,
    with_chain,
)
from unclench.translation import tr
from unclench_dsp import WIDE, Band
from unclench_dsp.abovefloor import noise_estimate
from unclench_dsp.uncertainty import Estimate

QUIET_S = 3.0
"""Length of the quietest stretch, which stands for rest if rest was never measured."""

CALM_TIMES = 1.5
"""Up to this many times the quietest stretch, other time of the recording counts as rest, too."""

_CHANNEL = TypeAdapter(TrainedChannel)


@dataclass(frozen=True)
class _Known:
    channel: TrainedChannel
    origin: BaselineFrom
    why: str = ""


def make_contexts(
    signal: Signal,
    meta: SessionMeta | None,
    events: Sequence[Event],
    rests: Sequence[NamedRest] = (),
) -> tuple[ChannelContext, ...]:
    """Gather what is known about each channel of a recording.

    The baseline is the one that a person named in review (`rests`), else the session's: calibrated
    before, or measured in it. If there is none, the quietest time of the recording replaces it for
    contractions alone, and the text says so: all time with a 1 s RMS of at most 1.5 times that of
    the quietest 3 s. It is not rest: there is no time at rest, no recovery and no sustained
    tension then.
    """
    known = _trained(meta, events, signal)
    named = {each.channel: each for each in rests}
    contexts = []
    for k, name in enumerate(signal.info.channels):
        site = meta.sites[k] if meta is not None else None
        found = _rested(signal, k, known.get(k) or _Known(TrainedChannel(k, site or name), ""))
        rest = named.get(name)
        if rest is not None:
            found = _with_named(signal, found, rest, site or name)
        channel = found.channel
        # The quietest time of a recording shows contractions, but nobody measured it to be rest.
        measured = replace(channel, baseline=None) if found.origin == "quietest" else channel
        level_uv, level_why = rest_level(measured)
        if level_uv is None:
            level_why = tr("rest was not measured")
        if channel.noise_uv is None and level_uv is not None:
            level_why += "; " + tr("the noise floor is not known")
        contexts.append(
            ChannelContext(
                index=k,
                label=site or name,
                site=site,
                noise_uv=channel.noise_uv,
                baseline=channel.baseline,
                baseline_from=found.origin,
                baseline_why=found.why,
                reference=channel.reference,
                rest_level_uv=level_uv,
                rest_level_why=level_why,
                floor_uv=floor_uv(channel),
                noise=_noise(channel.noise_uv, signal.band),
                named=rest if found.origin in ("marked", "chosen") else None,
            )
        )
    return tuple(contexts)


def _rested(signal: Signal, k: int, known: _Known) -> _Known:
    """Return a channel with its own baseline; if it has none, with its quietest time."""
    channel = replace(known.channel, noise_uv=signal.info.noise_uv[k])
    if channel.baseline is None:
        quiet, why = _quietest(signal, k)
        return _Known(replace(channel, baseline=quiet), "quietest" if quiet else "", why)
    mean_uv = channel.baseline.mean_uv
    if known.origin == "session":
        why = tr("measured in this session: {uv:.2f} µV", uv=mean_uv)
    else:
        why = tr("measured before the session: {uv:.2f} µV", uv=mean_uv)
    return _Known(channel, known.origin, why)


def _with_named(signal: Signal, own: _Known, named: NamedRest, label: str) -> _Known:
    """Return a channel with the rest that a person named, if it is one."""
    try:
        rest = rest_of(signal, own.channel.index, label, named)
    except MeasurementError as error:
        return replace(
            own,
            why=tr(
                "{own}; the rest named in review is not used: {error}", own=own.why, error=error
            ),
        )
    why = source_words(named, rest.mean_uv)
    if own.origin in ("session", "calibration"):
        why = tr("{named}; not used: {own}", named=why, own=own.why)
    origin: BaselineFrom = "marked" if named.calibration is None else "chosen"
    return _Known(replace(own.channel, baseline=rest), origin, why)


def _noise(noise_uv: float | None, band: Band) -> Estimate | None:
    if noise_uv is None:
        return None
    measured_here = (band.low_hz, band.high_hz) == (WIDE.low_hz, WIDE.high_hz)
    return noise_estimate(noise_uv, converted=not measured_here)


def as_trained(context: ChannelContext) -> TrainedChannel:
    """Return the channel as the training uses it."""
    return TrainedChannel(
        context.index, context.label, context.noise_uv, context.baseline, context.reference
    )


def _trained(
    meta: SessionMeta | None, events: Sequence[Event], signal: Signal
) -> Mapping[int, _Known]:
    """Return the channels that were calibrated or trained in the session's band."""
    if meta is None:
        return {}
    band = signal.band
    if (meta.band.low_hz, meta.band.high_hz) != (band.low_hz, band.high_hz):
        return {}  # figures of different bands cannot be compared
    measured_here = {  # sessions of earlier versions tell it by their events alone
        event.payload.channel
        for event in events
        if isinstance(event.payload, BaselineMeasured) and event.payload.kept_uv is None
    }
    found: dict[int, _Known] = {}
    guided = meta.training or {}
    for plain in (*meta.calibration, *_list(guided.get("channels"))):
        try:
            channel = _CHANNEL.validate_python(_with_chains(plain))
        except ValidationError:  # edited by hand: it counts as never measured
            continue
        if 0 <= channel.index < len(signal.info.channels):
            own = channel.own_baseline or channel.label in measured_here
            found[channel.index] = _Known(channel, "session" if own else "calibration")
    return found


def _with_chains(plain: Any) -> Any:
    if not isinstance(plain, dict):
        return plain
    return {**plain, **{part: with_chain(plain.get(part)) for part in ("baseline", "reference")}}


def _quietest(signal: Signal, k: int) -> tuple[RestBaseline | None, str]:
    """Return the baseline of the quietest used time, and a text about it."""
    n = round(QUIET_S * signal.row_hz)
    slow_uv = np.where(signal.used[:, k], signal.slow_uv[:, k], np.nan)
    none = tr(
        "rest was not measured, and no {seconds:g} s of usable signal are in one piece",
        seconds=QUIET_S,
    )
    if len(slow_uv) < n:
        return None, none
    means = np.convolve(slow_uv, np.full(n, 1 / n), "valid")
    if not np.isfinite(means).any() or not (quiet_uv := float(np.nanmin(means))) > 0:
        return None, none
    calm = slow_uv <= CALM_TIMES * quiet_uv
    calm_s = float(np.count_nonzero(calm) / signal.row_hz)
    mean_uv, sd_uv = float(slow_uv[calm].mean()), float(slow_uv[calm].std())
    fast_sd_uv = float(signal.fast_uv[calm, k].std())
    baseline = RestBaseline(mean_uv, sd_uv, calm_s, fast_sd_uv)
    why = tr(
        "rest was not measured; contractions are found against the quietest time of this "
        "recording, {uv:.2f} µV over {seconds:.0f} s",
        uv=mean_uv,
        seconds=calm_s,
    )
    return baseline, why


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
