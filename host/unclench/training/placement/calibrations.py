"""The book of calibrations: what was measured where, valid until the sensor is moved."""

from __future__ import annotations

import math
from dataclasses import astuple
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from unclench.ownfile import OwnFile
from unclench.settings import Place, own_dir
from unclench.training.placement.sites import place_label
from unclench.training.placement.values import (
    ReferenceContraction,
    RestBaseline,
    Side,
    TrainedChannel,
    older,
    with_chain,
)
from unclench.translation import tr
from unclench_dsp import Band

Part = Literal["baseline", "reference"]
_PART_WORDS: dict[Part, str] = {
    "baseline": tr("resting baseline"),
    "reference": tr("reference contraction"),
}


def _sound_baseline(baseline: RestBaseline) -> RestBaseline:
    if not (math.isfinite(sum(astuple(baseline))) and baseline.mean_uv > 0):
        raise ValueError(tr("a baseline needs a mean above 0 uV"))
    if min(astuple(baseline)) < 0:
        raise ValueError(tr("a baseline has no negative figures"))
    return baseline


def _sound_reference(reference: ReferenceContraction) -> ReferenceContraction:
    if not (math.isfinite(reference.uv) and reference.uv > 0):
        raise ValueError(tr("a reference needs more than 0 uV"))
    return reference


class StoredCalibration(BaseModel):
    """One calibration of one place in one band. Keys of later versions are kept."""

    model_config = ConfigDict(extra="allow", frozen=True)

    site: str = Field(min_length=1, max_length=40)
    side: Side
    channel: int = Field(ge=1)
    placed: date  # when the electrodes were put there
    created: AwareDatetime
    band: Band
    window_s: float = Field(gt=0, allow_inf_nan=False)
    baseline: (
        Annotated[RestBaseline, BeforeValidator(with_chain), AfterValidator(_sound_baseline)] | None
    ) = None
    reference: (
        Annotated[
            ReferenceContraction, BeforeValidator(with_chain), AfterValidator(_sound_reference)
        ]
        | None
    ) = None
    noise_uv: float | None = Field(default=None, ge=0, allow_inf_nan=False)
    moved: AwareDatetime | None = None  # when the electrodes were taken off or moved

    @property
    def older_words(self) -> str:
        """A sentence if an older version of the analysis measured part of it, else ""."""
        if not (older(self.baseline) or older(self.reference)):
            return ""
        return tr("Measured with an older version of the analysis: calibrate again.")

    def is_of(self, place: Place) -> bool:
        """Whether it belongs to this site, side and channel."""
        return (self.site, self.side, self.channel) == (place.site, place.side, place.channel)


class Book(BaseModel):
    """calibrations.json: all calibrations ever made, oldest first."""

    model_config = ConfigDict(extra="allow")

    format: Literal[1] = 1
    calibrations: list[StoredCalibration] = Field(default_factory=list)

    def find(self, place: Place, band: Band) -> StoredCalibration | None:
        """Return the valid calibration of a place: the latest in this band, unless moved."""
        return next((kept for kept in self._holding(place) if kept.band == band), None)

    def add(
        self,
        place: Place,
        band: Band,
        window_s: float,
        *,
        created: datetime,
        baseline: RestBaseline | None = None,
        reference: ReferenceContraction | None = None,
        noise_uv: float | None = None,
    ) -> StoredCalibration:
        """Add a new measurement; a part not given is taken from the same placement.

        Calibrating a sensor in one place means that it has left all others: calibrations of this
        channel elsewhere are marked as moved.
        """
        if baseline is None and reference is None:
            raise ValueError("a calibration needs a baseline or a reference contraction")
        for kept in list(self.calibrations):
            if kept.channel == place.channel and not kept.is_of(place):
                self._move(kept, created)
        placement = self._holding(place)
        earlier = self.find(place, band)
        if earlier is not None:
            baseline = baseline or earlier.baseline
            reference = reference or earlier.reference
        entry = StoredCalibration(
            site=place.site,
            side=place.side,
            channel=place.channel,
            placed=placement[0].placed if placement else created.date(),
            created=created,
            band=band,
            window_s=window_s,
            baseline=baseline,
            reference=reference,
            noise_uv=noise_uv,
        )
        self.calibrations.append(entry)
        return entry

    def mark_moved(self, place: Place, moved: datetime) -> int:
        """Mark a place's calibrations as no longer valid. Return how many were valid."""
        holding = self._holding(place)
        for kept in holding:
            self._move(kept, moved)
        return len(holding)

    def missing_reason(self, place: Place, band: Band, part: Part) -> str:
        """Return why a place has no baseline or reference, as a sentence; "" if it has one."""
        label, words = place_label(place), _PART_WORDS[part]
        found = self.find(place, band)
        if found is not None and getattr(found, part) is not None:
            return ""
        known = [k for k in self.calibrations if k.is_of(place) and getattr(k, part) is not None]
        holding = [kept for kept in known if kept.moved is None]
        if holding:
            other = holding[-1].band
            return tr(
                "{label} has a {words} in the {other} only, and bands cannot be "
                "compared: calibrate in the {band}, or use the other band.",
                label=label,
                words=words,
                other=band_words(other),
                band=band_words(band),
            )
        moved = [kept.moved for kept in known if kept.moved is not None]
        if moved:
            return tr(
                "The sensor on {label} was moved on {moved:%Y-%m-%d}, so its {words} is no "
                "longer valid: calibrate it again.",
                label=label,
                moved=max(moved),
                words=words,
            )
        return tr("{label} has no {words} yet: calibrate it first.", label=label, words=words)

    def _holding(self, place: Place) -> list[StoredCalibration]:
        """Valid calibrations of a place in any band, latest first."""
        return [k for k in reversed(self.calibrations) if k.is_of(place) and k.moved is None]

    def _move(self, kept: StoredCalibration, moved: datetime) -> None:
        if kept.moved is None:
            at = self.calibrations.index(kept)
            self.calibrations[at] = kept.model_copy(update={"moved": moved})


def to_channel(
    place: Place, index: int, stored: StoredCalibration | None, noise_uv: float | None
) -> TrainedChannel:
    """Return a channel for training.

    Parameters
    ----------
    place
        Where its electrodes are.
    index
        Of the channel in the stream, from 0.
    stored
        Result of `Book.find`.
    noise_uv
        The noise floor in the band used, as it is now.
    """
    return TrainedChannel(
        index,
        place_label(place),
        noise_uv,
        stored.baseline if stored else None,
        stored.reference if stored else None,
    )


def book_path(virtual: bool = False) -> Path:
    """Path of the book on this system. Virtual boards have their own: they are not a person."""
    return own_dir() / f"calibrations{'-virtual' if virtual else ''}.json"


_FILE = OwnFile(
    Book,
    called=tr("calibrations"),
    instead=tr("all calibrations are ignored"),
    unsaved=tr("the new measurement is not kept"),
)


def load_book(path: Path | None = None) -> Book:
    """Read the book; if the file cannot be used, an empty one and a notice."""
    return _FILE.load(path or book_path())


def save_book(book: Book, path: Path | None = None) -> None:
    """Write the book completely or not at all. Raises StoreError."""
    _FILE.save(book, path or book_path())


def band_words(band: Band) -> str:
    """Name a band with its limits: "wide band (20-450 Hz)"."""
    return tr(
        "{name} band ({low_hz:g}-{high_hz:g} Hz)",
        name=band.name,
        low_hz=band.low_hz,
        high_hz=band.high_hz,
    )
