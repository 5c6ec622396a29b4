"""The appendix: how the figures are computed, from what, and with which settings."""

from __future__ import annotations

from unclench import __version__
from unclench.report.parts import Heading, Part, Points, Section, Table, section
from unclench.report.words import NOTHING, uv
from unclench.review.session import SessionReview
from unclench.store.provenance import Provenance
from unclench.store.session.schema import SessionMeta
from unclench.translation import tr

SOURCES = (
    tr(
        "Jonsson 1982: levels of muscle load over time (APDF, the amplitude probability "
        "distribution function) and the limits of 2/5, 10/14 and 50/70 % of the maximum, for work "
        "of more than an hour."
    ),
    tr("Veiersted 2013: the share of time at rest, instead of a count of gaps."),
    tr("Hanvold 2013: sustained tension, above 0.5 % of the maximum for more than 4 minutes."),
)
_METHOD = (
    tr(
        "Tension is the moving root mean square (RMS) of the muscle's electrical signal (EMG) "
        "after a band-pass filter, in microvolts (µV) at the electrode. Mean tension is its mean "
        "over the time used."
    ),
    tr(
        "P10, P50 and P90 are the levels that tension stayed below for 10, 50 and 90 % of the "
        "time used."
    ),
    tr(
        "“% of the reference” compares tension with your reference contraction, a light "
        "contraction that was measured once: its tension is 100 %."
    ),
    tr(
        "Time at rest is time with the RMS over 0.1 s below the rest level for 0.2 s or longer (an "
        "EMG gap). 0.2 s is a convention. The rest level is never lower than what the instrument "
        "can distinguish from its own noise."
    ),
    tr(
        "Ranges are 95 % confidence intervals. They come from drawing whole blocks of time many "
        "times (block bootstrap), because neighbouring moments are similar and are not "
        "independent observations."
    ),
    tr(
        "A tag's effect is the mean tension during the tag, divided by the mean of the session's "
        "untagged time without the minute after each tag. Each use of a tag counts as one "
        "observation."
    ),
    tr(
        "Recovery time is the time from the end of a contraction until the 1 s RMS stays at or "
        "below the baseline's mean + 2 standard deviations for 3 s. There is no verified norm "
        "for it."
    ),
    tr(
        "Median frequency divides the power of the signal in a held contraction into two halves. "
        "It is only given if the signal is 10 dB above rest."
    ),
    tr(
        "Excluded time is time without contact, with clipping, mains hum or movement, in gaps, "
        "while filters settle, or too quiet for the instrument. No figure uses it, and no gap is "
        "bridged."
    ),
    tr(
        "There is no verified goal in µV. Compare with your own baseline, and only within one "
        "site and one band."
    ),
)


def method_section(review: SessionReview) -> Section:
    """Return methods, settings and sources."""
    parts: list[Part] = [Heading(tr("How the figures are computed")), Points(_METHOD)]
    parts += [Heading(tr("Settings")), _settings(review), _channels(review)]
    if review.notes:
        parts += [Heading(tr("Problems and assumptions")), Points(tuple(review.notes))]
    parts += [Heading(tr("Sources")), Points(SOURCES)]
    return section("method", tr("Method and settings"), parts, appendix=True)


def _settings(review: SessionReview) -> Table:
    signal, recording, meta = review.signal, review.recording, review.meta
    band = signal.band
    rows = [
        (
            tr("Band"),
            tr(
                "{band}, {low_hz:g} to {high_hz:g} Hz",
                band=band.name,
                low_hz=band.low_hz,
                high_hz=band.high_hz,
            ),
        ),
        (tr("RMS window"), tr("{window_s:g} s, and 1 s", window_s=signal.window_s)),
        (tr("Mains hum"), _mains(str(signal.mains))),
        (
            tr("Sampling"),
            tr(
                "{fs_hz:g} samples a second; {lost} lost",
                fs_hz=recording.fs_hz,
                lost=recording.lost_samples,
            ),
        ),
    ]
    if meta is not None:
        recorded = tr(
            "unclench {version}, schema {schema}",
            version=meta.unclench_version,
            schema=meta.schema_version,
        )
        rows += [
            (tr("Source"), meta.source),
            (tr("Sensors"), _sensors(meta)),
            (tr("Recorded with"), recorded),
        ]
    rows.append((tr("Reviewed with"), f"unclench {__version__}"))
    return Table(tr("Settings of this report"), (tr("Setting"), tr("Value")), tuple(rows))


def _sensors(meta: SessionMeta) -> str:
    """Return each kind of sensor once, in the order of the channels."""
    if meta.profile is None:
        return tr("not known")
    n = len(meta.profile.sensors)
    kinds = "; ".join(dict.fromkeys(_sensor(meta, channel) for channel in range(n)))
    return tr("simulated: {sensors}", sensors=kinds) if meta.origin is Provenance.VIRTUAL else kinds


def _sensor(meta: SessionMeta, channel: int) -> str:
    sensor = meta.profile.sensors[channel] if meta.profile is not None else None
    if sensor is None:
        return tr("not known")
    low_hz, high_hz = sensor.band_hz
    if sensor.band_known:
        return tr(
            "{name} (gain {gain:g}, {low_hz:g} to {high_hz:g} Hz)",
            name=sensor.label,
            gain=sensor.gain.value,
            low_hz=low_hz,
            high_hz=high_hz,
        )
    return tr(
        "{name} (gain {gain:g}, {low_hz:g} to {high_hz:g} Hz, unverified)",
        name=sensor.label,
        gain=sensor.gain.value,
        low_hz=low_hz,
        high_hz=high_hz,
    )


def _mains(mode: str) -> str:
    if mode == "auto":
        return tr("removed where it is found")
    if mode == "off":
        return tr("not removed")
    return tr("removed at {hz} Hz and its multiples", hz=mode)


def _channels(review: SessionReview) -> Table:
    rows = []
    for c in review.contexts:
        noise = NOTHING if c.noise_uv is None else f"{uv(c.noise_uv)} µV"
        if c.floor_uv:
            noise = tr(
                "{noise}; signal distinguishable above {uv} µV", noise=noise, uv=uv(c.floor_uv)
            )
        baseline = c.baseline_why
        if c.baseline is not None:
            baseline = tr(
                "{uv} ± {sd_uv} µV (1 s RMS): {reason}",
                uv=uv(c.baseline.mean_uv),
                sd_uv=uv(c.baseline.sd_uv),
                reason=c.baseline_why,
            )
        reference = tr("none")
        if c.reference is not None:
            reference = tr(
                "{uv} µV, {strength} contraction",
                uv=uv(c.reference.uv),
                strength=c.reference.strength,
            )
        rest = c.rest_level_why
        if c.rest_level_uv is not None:
            rest = tr(
                "{uv} µV ({window_s:g} s RMS): {reason}",
                uv=uv(c.rest_level_uv),
                window_s=review.signal.window_s,
                reason=c.rest_level_why,
            )
        rows.append((c.label, noise, baseline, reference, rest))
    head = (
        *(tr("Channel"), tr("Noise floor"), tr("Resting baseline")),
        *(tr("Reference contraction"), tr("Rest level")),
    )
    return Table(tr("Levels that each channel is compared with"), head, tuple(rows))
