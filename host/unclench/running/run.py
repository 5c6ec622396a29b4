"""A source that is connected, and all that is known around it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from unclench.errors import InputError, SourceError
from unclench.live.blocks import Sink, StreamInfo
from unclench.live.pipeline import Pipeline
from unclench.live.recorder import Recorder
from unclench.notices import Remark, tell
from unclench.running.reviews import Reviews
from unclench.running.sinks import RunSink, sink_kinds
from unclench.running.trialnow import TrialNow
from unclench.settings import Place, Settings
from unclench.sources import Source
from unclench.store.provenance import Provenance
from unclench.store.session.schema import SessionMeta
from unclench.training.placement.calibrations import (
    StoredCalibration,
    book_path,
    load_book,
    save_book,
)
from unclench.training.placement.sites import place_label
from unclench.training.placement.values import TrainedChannel
from unclench.training.programs.file import NamedProgram
from unclench.training.session.outcome import Outcome
from unclench.training.session.setup import (
    about_channels,
    keep_calibration,
    site_names,
    trained_channels,
    without_calibration,
)
from unclench.training.session.sink import Session
from unclench.translation import tr
from unclench.trial.phases import Standing, running_now

if TYPE_CHECKING:
    from unclench.review.session import SessionReview


class Run:
    """One source with its sites, calibrations, self-trial, recordings and sinks; see `open_run`.

    Parameters
    ----------
    source, pipeline
        Opened and connected. The run ends both.
    settings
        A person's, as they are kept.
    places
        Where the sensors are, as far as that is known.

    Attributes
    ----------
    trial
        The self-trial that this signal belongs to.
    """

    def __init__(
        self,
        source: Source,
        pipeline: Pipeline,
        settings: Settings,
        places: Sequence[Place],
    ) -> None:
        self.source, self.pipeline, self.settings = source, pipeline, settings
        self.places = tuple(places)
        self.book = load_book(book_path(self.info.virtual))
        self.trial = TrialNow(self.standing)
        self.recorded: list[Path] = []  # folders
        self._recorders: list[Recorder] = []
        self._sinks: list[RunSink] = []
        self._first: list[Sink] = []  # wait for the start
        self._started = False
        self._reviews = Reviews()
        self._guided: list[Recorder] = []  # recordings of sessions

    @property
    def info(self) -> StreamInfo:
        """The stream's constants."""
        return self.pipeline.info

    # What is known of the channels

    @property
    def sites(self) -> list[str]:
        """Labels of the sites; none where it is not known where the sensors are."""
        n = len(self.info.channels)
        return [place_label(place) for place in self.places if place.channel <= n]

    @property
    def known(self) -> tuple[TrainedChannel, ...]:
        """Channels at their places; none where none are known, or they do not fit the board."""
        try:
            return self.channels() if self.places else ()
        except InputError:
            return ()

    def channels(self) -> tuple[TrainedChannel, ...]:
        """Channels to train. Raises InputError: see `trained_channels`."""
        return trained_channels(self.info, self.places, self.book)

    def titles(self) -> list[tuple[str, float | None]]:
        """What to call each channel of the stream, its place if known, and its reference in uV."""
        known = {channel.index: channel for channel in self.known}
        titles: list[tuple[str, float | None]] = []
        for k, name in enumerate(self.info.channels):
            place = known.get(k)
            reference = None if place is None else place.reference
            uv = None if reference is None else reference.uv
            titles.append((name if place is None else place.label, uv))
        return titles

    def standing(self) -> Standing | None:
        """The self-trial that holds for this signal now; see `trial`. A replay is of none."""
        if self.source.recording:
            return None
        return running_now(self.sites, self.info.settings.band, self.info.virtual)

    # Calibration

    def keep_calibration(self, outcome: Outcome) -> list[StoredCalibration]:
        """Keep what a calibrating session has measured. Raises StoreError."""
        now = datetime.now().astimezone()
        entries = keep_calibration(self.book, self.places, outcome, self.info, now)
        if entries:
            self._save_book()
        return entries

    def mark_moved(self, channels: Collection[int] | None = None) -> None:
        """Sensors were moved: nothing calibrated there holds any more. Raises StoreError.

        `channels` are their numbers in the stream, from 0; all places if not given.
        """
        for place in self.places:
            if channels is None or place.channel - 1 in channels:
                self.book.mark_moved(place, datetime.now().astimezone())
        self._save_book()

    def _save_book(self) -> None:
        save_book(self.book, book_path(self.info.virtual))

    # Sinks

    def add_wanted(self, wanted: Mapping[str, str]) -> None:
        """Make the sinks of `running/sinks` that are wanted. Raises UnclenchError."""
        for name, kind in sink_kinds().items():
            if name in wanted:
                self._sinks.append(kind.make(self, wanted[name]))

    def start(self, *sinks: Sink) -> None:
        """Let the signal come: into the session, recordings and wanted sinks, then into `sinks`."""
        for note in self.source.notes:  # not sooner: an error stands alone
            tell(Remark(note))
        self._started = True
        self.pipeline.start([*self._first, *self._sinks, *sinks])

    def follow(self, *sinks: Sink) -> None:
        """Let `sinks` follow from the same sample on; the session before what records it."""
        if self._started:
            self.pipeline.add_sink(*sinks)
        else:
            self._first.extend(sinks)

    def session(
        self,
        named: NamedProgram,
        channels: Sequence[TrainedChannel],
        *,
        fresh: bool = False,
        attended: bool = True,
        ends_stream: bool = False,
    ) -> Session:
        """Make a session of a program, to be followed.

        Parameters
        ----------
        channels
            See `channels`.
        fresh
            Measure as if nothing were known: a calibration.
        attended, ends_stream
            See `Session`.

        Raises
        ------
        InputError
            A goal cannot be set.
        """
        return Session(
            self.pipeline,
            named.program,
            named.name,
            without_calibration(channels) if fresh else channels,
            situation=self.source.situation,
            attended=attended,
            ends_stream=ends_stream,
            limits=self.settings.sustained,
        )

    # Recordings

    @property
    def recorder(self) -> Recorder | None:
        """The recording that began first and has not ended."""
        return self._recorders[0] if self._recorders else None

    def record(
        self,
        folder: Path,
        *,
        origin: int | None = None,
        guided: Sequence[TrainedChannel] | None = None,
    ) -> Recorder:
        """Make a recording with all that is known now, to be followed.

        Parameters
        ----------
        folder, origin
            See `Recorder`.
        guided
            Channels of a session, which keeps what is known of them itself; only sites are told.

        Raises
        ------
        StoreError
            The folder cannot be made or written.
        """
        n = len(self.info.channels)
        about = about_channels(self.known, n)
        if guided is not None:
            about = {"sites": site_names(guided, n)}
        self.trial.look_now()
        recorder = Recorder(
            folder,
            self.info,
            origin=origin,
            lossless=self.pipeline.lossless,
            about=about | self.trial.in_session() | self._replay(),
        )
        self._recorders.append(recorder)
        self.recorded.append(recorder.folder)
        if guided is not None:
            self._guided.append(recorder)
        return recorder

    def _replay(self) -> dict[str, Provenance]:
        replay = self.source.replay
        return {} if replay is None else {"provenance": replay}

    def end_recording(self, recorder: Recorder) -> SessionMeta:
        """End a recording and let it be summed up. Raises StoreError if the disk refused some."""
        self._recorders.remove(recorder)
        self._sinks = [each for each in self._sinks if each is not recorder]
        self.pipeline.remove_sink(recorder)
        try:
            return recorder.close(self.pipeline.status.drift_ppm)
        finally:
            self._reviews.begin(recorder.folder, keep=recorder in self._guided)

    def review_of(self, folder: Path) -> SessionReview | None:
        """Wait for the review of a session that has ended; None where there can be none."""
        return self._reviews.take(folder)

    def early_end(self, trouble: str) -> SourceError:
        """Return the error of a source that failed, with where the samples until then are."""
        if not self.recorded:
            return SourceError(f"{trouble}.")
        return SourceError(
            tr(
                "{trouble}. Everything before that is saved in {folder}.",
                trouble=trouble,
                folder=self.recorded[0],
            )
        )

    def close(self) -> None:
        """End the signal, then all that follows it. Raises UnclenchError if some of it failed."""
        with ExitStack() as ends:  # the last one first
            ends.callback(self.source.close)
            ends.callback(self._reviews.wait)
            for sink in self._sinks:
                if sink not in self._recorders:
                    ends.callback(sink.close)
            ends.callback(self._end_recordings)
            ends.callback(self.pipeline.stop)

    def _end_recordings(self) -> None:
        with ExitStack() as ends:
            for recorder in tuple(self._recorders):
                ends.callback(self._end_and_tell, recorder)

    def _end_and_tell(self, recorder: Recorder) -> None:
        meta = self.end_recording(recorder)
        if meta.n_samples:  # else nothing had begun
            words = tr(
                "Saved {seconds:.0f} s to {folder}",
                seconds=meta.duration_s,
                folder=recorder.folder,
            )
            tell(Remark(words))
