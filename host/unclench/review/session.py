"""A session under review: opened once, then asked for figures any number of times."""

from __future__ import annotations

import contextlib
import copy
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from unclench.errors import UnclenchError
from unclench.review.breathing import breath_figures
from unclench.review.contexts import make_contexts
from unclench.review.contractions import find_contractions, with_median_frequency
from unclench.review.figures import make_figures
from unclench.review.marks import read_marks
from unclench.review.removed import left_in, removed_from
from unclench.review.results import (
    BreathFigures,
    ChannelContext,
    Contraction,
    Excluded,
    Figures,
    Left,
    Marks,
    Phase,
    Release,
    Removed,
    SideDifference,
    Span,
    TagEffect,
)
from unclench.review.sides import side_differences
from unclench.review.signal import Signal, make_signal
from unclench.review.stages import RoleFigures, role_figures
from unclench.review.tagging import tag_effects
from unclench.settings import Sustained
from unclench.store.events.event import Event
from unclench.store.model import BandMeta, Recording
from unclench.store.recording import load_recording
from unclench.store.session.folder import EMG, META, PROGRAM, is_session
from unclench.store.session.reader import Session, open_session
from unclench.store.session.schema import SessionMeta
from unclench.training.placement.values import older
from unclench.training.programs.file import load_program
from unclench.training.programs.program import Program
from unclench.translation import tr
from unclench_dsp import BANDS, WIDE, Band, MainsMode
from unclench_dsp.version import CHAIN_VERSION


class SessionReview:
    """Gives all figures of one recording.

    Parameters
    ----------
    recording
        Loaded with all its channels.
    session
        Its session folder; None for other programs' files.
    band, mains, window_s
        Settings of the review. Default: its own, else wide, auto and 0.25 s.
    limits
        The person's limits for sustained tension.

    Raises
    ------
    InputError
        If the recording lasts more than a week, or a setting is not valid.
    """

    def __init__(
        self,
        recording: Recording,
        session: Session | None = None,
        *,
        band: Band | None = None,
        mains: MainsMode | None = None,
        window_s: float | None = None,
        limits: Sustained | None = None,
    ) -> None:
        meta = session.meta if session else None
        own = _own_band(recording.band)
        kept = own if recording.band is not None else None
        self.recording = recording
        self.name = recording.name
        self.folder: Path | None = session.folder if session else None
        self.meta: SessionMeta | None = meta
        self.events: Sequence[Event] = session.events() if session else ()
        self.signal: Signal = make_signal(
            recording,
            band or own,
            mains or recording.mains or "auto",
            window_s or (meta.window_s if meta else 0.25),
            origin=0 if session else None,  # a session counts from its start
        )
        self.limits = limits or Sustained()
        ended_s = float(self.signal.sample[-1] / self.signal.fs_hz) if len(recording.sample) else 0
        last = int(recording.sample[-1]) + 1 - self.signal.origin if recording.n_samples else 0
        self.duration_s: float = max(ended_s, last / recording.fs_hz)
        self.marks: Marks = read_marks(self.events, recording.fs_hz, self.duration_s)
        self.contexts: tuple[ChannelContext, ...] = self._make_contexts()
        self.excluded: tuple[Excluded, ...] = self.signal.excluded
        self._signal_notes = (*recording.notes, *_notes(self.signal, kept))

    @property
    def notes(self) -> tuple[str, ...]:
        """What to know about the figures, in sentences."""
        return (
            *self._signal_notes,
            *_chain_notes(self.meta, self.contexts),
            *self._rest_notes(),
        )

    def _rest_notes(self) -> list[str]:
        """Say what a person named as rest in review, or why it is not used."""
        named = {each.channel for each in self.marks.rests}
        return [
            tr("rest of {channel}: {source}.", channel=c.label, source=c.baseline_why.rstrip("."))
            for name, c in zip(self.signal.info.channels, self.contexts, strict=True)
            if name in named
        ]

    def _make_contexts(self) -> tuple[ChannelContext, ...]:
        return make_contexts(self.signal, self.meta, self.events, self.marks.rests)

    @property
    def whole(self) -> Span:
        """The span from the first sample to the last."""
        return Span(0.0, self.duration_s)

    @cached_property
    def program(self) -> Program | None:
        """The program of a guided session; None if there is none or its file cannot be read."""
        if self.folder is None or not (self.folder / PROGRAM).is_file():
            return None
        with contextlib.suppress(UnclenchError):
            return load_program(self.folder / PROGRAM)
        return None

    def with_events(self, events: Sequence[Event]) -> SessionReview:
        """Return a copy with edited tags, notes and named rest; the signal stays the same."""
        changed = copy.copy(self)
        changed.events = tuple(events)
        changed.marks = read_marks(changed.events, self.recording.fs_hz, self.duration_s)
        if changed.marks.rests != self.marks.rests:
            changed.contexts = changed._make_contexts()
            for computed in ("_breathing", "_contractions", "_hz"):
                changed.__dict__.pop(computed, None)
        return changed

    def figures(self, channel: int, span: Span | None = None) -> Figures:
        """Return the figures of a channel over a span, or the whole session."""
        context = self.contexts[channel]
        found, releases = self._contractions[channel]
        span = span or self.whole
        result = make_figures(self.signal, context, self.excluded, found, span, self.limits)
        return replace(
            result,
            contractions=tuple(self._with_hz(channel, c) for c in result.contractions),
            releases=tuple(r for r in releases if span.start_s <= r.start_s < span.stop_s),
        )

    def removed(self, channel: int) -> tuple[Removed, ...]:
        """Return what was removed from a channel before its tension was computed."""
        return removed_from(self.signal, channel)

    def left(self, channel: int) -> tuple[Left, ...]:
        """Return hum and tones that were left in a channel."""
        return left_in(self.signal, channel)

    def phase_figures(self, channel: int) -> tuple[tuple[Phase, Figures], ...]:
        """Return the figures of each step of the program."""
        return tuple((phase, self.figures(channel, phase)) for phase in self.marks.phases)

    def roles(self, channel: int) -> tuple[RoleFigures, ...]:
        """Compare baseline, activity and recovery, in programs that have them."""
        return role_figures(self.signal, self.marks, channel, self.contexts[channel].noise)

    def breathing(self) -> tuple[BreathFigures, ...]:
        """Return tension over the breath in each breathing step."""
        return self._breathing

    def tag_effects(self, channel: int) -> tuple[TagEffect, ...]:
        """Return which moments raise tension."""
        return tag_effects(self.signal, self.marks, channel)

    def sides(self) -> tuple[SideDifference, ...]:
        """Compare left and right of the sites that have both."""
        return side_differences(self.signal, self.contexts)

    @cached_property
    def _breathing(self) -> tuple[BreathFigures, ...]:
        return breath_figures(self.signal, self.marks, self.contexts, self.program)

    @cached_property
    def _contractions(self) -> list[tuple[tuple[Contraction, ...], tuple[Release, ...]]]:
        found = self.events, self.marks.phases
        return [find_contractions(self.signal, context, *found) for context in self.contexts]

    @cached_property
    def _hz(self) -> dict[tuple[int, float], Contraction]:
        return {}

    def _with_hz(self, channel: int, found: Contraction) -> Contraction:
        """Calculate a contraction's median frequency once, on request."""
        key = channel, found.start_s
        if key not in self._hz:
            self._hz[key] = with_median_frequency(
                found, self.recording, self.signal, self.contexts[channel]
            )
        return self._hz[key]


def open_review(
    path: Path, *, band: Band | None = None, limits: Sustained | None = None
) -> SessionReview:
    """Open a session folder, or any CSV or TSV with a header, for review: see `SessionReview`.

    Raises
    ------
    InputError, StoreError
        A sentence that says what is wrong.
    """
    recording, session = load_with_session(path)
    return SessionReview(recording, session, band=band, limits=limits)


def load_with_session(
    path: Path,
    *,
    fs_hz: float | None = None,
    columns: Sequence[str] = (),
    unit: str | None = None,
) -> tuple[Recording, Session | None]:
    """Load a recording, and its session folder if it has one.

    A session's recording has all its channels, whatever `columns` says; see `load_recording`.

    Raises
    ------
    InputError, StoreError
        A sentence that says what is wrong.
    """
    path = path.expanduser()
    try:
        ours = path.is_dir() or path.name == META or (path.name == EMG and is_session(path.parent))
    except OSError:  # not a valid name: loading says so
        ours = False
    recording = load_recording(path, fs_hz=fs_hz, columns=() if ours else columns, unit=unit)
    return recording, open_session(path) if ours else None


def _own_band(kept: BandMeta | None) -> Band:
    if kept is None:
        return WIDE
    known = BANDS.get(kept.name)
    if known is not None and (known.low_hz, known.high_hz) == (kept.low_hz, kept.high_hz):
        return known
    return Band(kept.name, kept.low_hz, kept.high_hz, kept.order)


def _chain_notes(meta: SessionMeta | None, contexts: Sequence[ChannelContext]) -> list[str]:
    """Say which figures come from another version of the chain than this review's."""
    notes = []
    if meta is not None and meta.chain > CHAIN_VERSION:
        notes.append(
            tr(
                "recorded with a newer version of the analysis ({theirs}; this one is {ours}): its "
                "figures are those of this version. Update unclench.",
                theirs=meta.chain,
                ours=CHAIN_VERSION,
            )
        )
    names = [c.label for c in contexts if older(c.baseline) or older(c.reference)]
    if names:
        notes.append(
            tr(
                "the calibration of {channels} was measured with another version of the analysis: "
                "figures that refer to it are not compared with other sessions. Calibrate again.",
                channels=", ".join(names),
            )
        )
    return notes


def _notes(signal: Signal, own: Band | None) -> list[str]:
    notes = []
    if own is not None and own != signal.band:
        notes.append(
            tr(
                "recorded in the {recorded} band, reviewed in the {reviewed} band: their figures "
                "cannot be compared, and a calibration holds for its own band only.",
                recorded=own.name,
                reviewed=signal.band.name,
            )
        )
    unknown = [
        name
        for name, noise in zip(signal.info.channels, signal.info.noise_uv, strict=True)
        if noise is None
    ]
    if unknown:
        notes.append(
            tr(
                "the noise floor of {channels} is not known: low figures may be noise.",
                channels=", ".join(unknown),
            )
        )
    if signal.why_none:
        notes.append(signal.why_none)
    elif len(signal.sample) and not np.isfinite(signal.fast_uv).any():
        notes.append(tr("the recording is too short for the filters to settle."))
    return notes
