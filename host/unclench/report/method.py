"""The appendix: how the figures are made, from what, with which settings."""

from __future__ import annotations

from unclench import __version__
from unclench.report.parts import Heading, Part, Points, Section, Table, section
from unclench.report.words import NOTHING, uv
from unclench.review.session import SessionReview
from unclench.store.provenance import Provenance
from unclench.store.session.schema import SessionMeta

SOURCES = (
    "Jonsson 1982: levels of muscular load over time (APDF) and the limits of 2/5, 10/14 and "
    "50/70 % of the maximum, for work of more than an hour.",
    "Veiersted 2013: the share of time at rest, in place of counting gaps.",
    "Hanvold 2013: sustained tension, above 0.5 % of the maximum for more than 4 minutes.",
)
_METHOD = (
    "Tension is the moving root mean square (RMS) of the muscle's electrical signal, band-passed, "
    "in microvolts (µV) at the electrode. The mean is the mean of it over the time used.",
    "P10, P50 and P90 are the levels below which tension was for 10, 50 and 90 % of the time used.",
    "At rest is time below the rest level for 0.2 s or longer (an EMG gap). 0.2 s is a "
    "convention. The rest level never lies below what the instrument can tell from its own noise.",
    "Ranges hold 95 %: whole blocks of time are drawn again and again (block bootstrap), because "
    "neighbouring moments are alike and do not count as many observations.",
    "A mark's effect is the mean tension while it lasted, divided by the mean of the session's "
    "unmarked time, which leaves out the minute after every mark. Each time that something was "
    "marked counts as one observation.",
    "Letting go is the time from the end of a contraction until the 1 s RMS stays at or below "
    "baseline mean + 2 standard deviations for 3 s. There is no verified norm for it.",
    "Median frequency halves the power of the signal in a held contraction. It is told only where "
    "the signal stands 10 dB above rest.",
    "Time without contact, with clipping, mains hum or movement, in gaps, while filters settle, "
    "or too quiet for the instrument goes into no figure. Gaps are never bridged.",
    "There is no verified goal in µV. Compare with your own baseline, and only within one site "
    "and one band.",
)


def method_section(review: SessionReview) -> Section:
    """Formulae in words, settings, sources."""
    parts: list[Part] = [Heading("How the figures are made"), Points(_METHOD)]
    parts += [Heading("Settings"), _settings(review), _channels(review)]
    if review.notes:
        parts += [Heading("What was found odd or had to be assumed"), Points(tuple(review.notes))]
    parts += [Heading("Sources"), Points(SOURCES)]
    return section("method", "Method and settings", parts, appendix=True)


def _settings(review: SessionReview) -> Table:
    signal, recording, meta = review.signal, review.recording, review.meta
    band = signal.band
    rows = [
        ("Band", f"{band.name}, {band.low_hz:g} to {band.high_hz:g} Hz"),
        ("RMS window", f"{signal.window_s:g} s, and 1 s"),
        ("Mains hum", _mains(str(signal.mains))),
        ("Sampling", f"{recording.fs_hz:g} samples a second; {recording.lost_samples} lost"),
    ]
    if meta is not None:
        rows += [
            ("Source", meta.source),
            ("Sensors", _sensors(meta)),
            ("Recorded with", f"unclench {meta.unclench_version}, schema {meta.schema_version}"),
        ]
    rows.append(("Reviewed with", f"unclench {__version__}"))
    return Table("Settings of this report", ("Setting", "Value"), tuple(rows))


def _sensors(meta: SessionMeta) -> str:
    """Each kind once, in the order of the channels."""
    if meta.profile is None:
        return "not known"
    kinds = []
    for sensor in meta.profile.sensors:
        words = "not known"
        if sensor is not None:
            words = f"{sensor.label} (gain {sensor.gain.value:g}, "
            low_hz, high_hz = sensor.band_hz
            words += f"{low_hz:g} to {high_hz:g} Hz{'' if sensor.band_known else ', unverified'})"
        if words not in kinds:
            kinds.append(words)
    return ("simulated: " if meta.origin is Provenance.VIRTUAL else "") + "; ".join(kinds)


def _mains(mode: str) -> str:
    return {
        "auto": "removed where it is found",
        "off": "not removed",
    }.get(mode, f"removed at {mode} Hz and its multiples")


def _channels(review: SessionReview) -> Table:
    rows = []
    for c in review.contexts:
        noise = NOTHING if c.noise_uv is None else f"{uv(c.noise_uv)} µV"
        floor = f"; told from noise above {uv(c.floor_uv)} µV" if c.floor_uv else ""
        base = c.baseline_why
        if c.baseline is not None:
            level = f"{uv(c.baseline.mean_uv)} ± {uv(c.baseline.sd_uv)} µV of the 1 s RMS"
            base = f"{level}: {base}"
        reference = (
            "none"
            if c.reference is None
            else (f"{uv(c.reference.uv)} µV, {c.reference.strength} contraction")
        )
        window = (
            "quarter-second" if review.signal.window_s == 0.25 else f"{review.signal.window_s:g} s"
        )
        rest = (
            c.rest_level_why
            if c.rest_level_uv is None
            else (f"{uv(c.rest_level_uv)} µV of the {window} RMS: {c.rest_level_why}")
        )
        rows.append((c.label, noise + floor, base, reference, rest))
    head = ("Channel", "Noise of the instrument", "Resting baseline", "Reference", "Rest level")
    return Table("What each channel is measured against", head, tuple(rows))
