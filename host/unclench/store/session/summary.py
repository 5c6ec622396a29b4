"""summary.json: a session's figures in short, so that thousands can be listed and compared.

It is only a cache: `review.summary` makes it anew from the session at any time. Which files it was
made from is told by their sizes, so one that no longer fits is seen.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unclench.errors import StoreError
from unclench.files import require_file, unwritable, write_whole
from unclench.store.session.folder import EMG, EVENTS, SUMMARY
from unclench.translation import tr

SUMMARY_VERSION = 2


class TagSummary(BaseModel):
    """How one awareness tag went with the tension of one channel."""

    model_config = ConfigDict(frozen=True)

    words: str  # "posture: slouching"
    times: int = Field(ge=0)
    during_s: float = Field(ge=0)  # used time under the tag
    untagged_s: float = Field(ge=0)  # used time under no tag at all
    log_ratio: float | None = None  # ln(mean tension during / mean tension untagged)
    log_ratio_se: float | None = None  # its standard error, by the block bootstrap
    after_log_ratio: float | None = None  # the same for the minute after it
    after_log_ratio_se: float | None = None


class ChannelSummary(BaseModel):
    """One channel. Figures are of the used time alone; None where they cannot be told."""

    model_config = ConfigDict(frozen=True)

    channel: str  # its name in the session
    site: str | None = None  # "Left shoulder"
    used_s: float = Field(ge=0)
    excluded_s: dict[str, float] = {}  # by reason: "no contact", "clipping", "gap" ...
    mean_uv: float | None = None
    p10_uv: float | None = None
    p50_uv: float | None = None
    p90_uv: float | None = None
    baseline_uv: float | None = None
    baseline_from: str = ""  # "calibration" | "session": measured; "quietest": estimated
    reference_uv: float | None = None
    reference_strength: str | None = None
    rest_level_uv: float | None = None
    rest_share: float | None = None  # 0 to 1
    contractions: int = 0
    recovery_s: tuple[float, ...] = ()
    more: dict[str, float | None] = {}  # metrics without a field of their own, by key
    tags: tuple[TagSummary, ...] = ()


class SessionSummary(BaseModel):
    """summary.json."""

    model_config = ConfigDict(frozen=True)

    version: int = SUMMARY_VERSION
    made_of: dict[str, int]  # sizes in bytes of the files it was made from
    duration_s: float = Field(ge=0)
    channels: tuple[ChannelSummary, ...]

    @property
    def quality(self) -> float | None:
        """Share of the time that could be used, 0 to 1, over all channels."""
        used = sum(channel.used_s for channel in self.channels)
        whole = self.duration_s * len(self.channels)
        return min(1.0, used / whole) if whole else None


def sizes_of(folder: Path) -> dict[str, int]:
    """Sizes of the files that figures are made from."""
    sizes = {}
    for name in (EMG, EVENTS):
        try:
            sizes[name] = (folder / name).stat().st_size
        except OSError:
            sizes[name] = -1
    return sizes


def read_summary(folder: Path) -> SessionSummary | None:
    """Return what is kept in a session folder; None where it is missing, broken or outdated."""
    try:
        require_file(folder / SUMMARY)
        kept = SessionSummary.model_validate_json((folder / SUMMARY).read_bytes())
    except (OSError, StoreError, ValidationError):
        return None
    fits = kept.version == SUMMARY_VERSION and kept.made_of == sizes_of(folder)
    return kept if fits else None


def write_summary(folder: Path, summary: SessionSummary) -> None:
    """Keep a summary in a session folder, as a whole or not at all. Raises StoreError."""
    try:
        write_whole(folder / SUMMARY, summary.model_dump_json(indent=1) + "\n")
    except OSError as error:
        advice = tr("The session itself is unchanged.")
        raise unwritable(folder / SUMMARY, error, advice) from error
