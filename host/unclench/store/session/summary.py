"""summary.json: a session's figures in short, so that thousands can be listed and compared.

It is only a cache: `review.summary` can make it again from the session at any time. It holds the
sizes of the files it was made from, so an outdated one is recognized.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from unclench.errors import StoreError
from unclench.files import require_file, unwritable, write_whole
from unclench.store.session.folder import EMG, EVENTS, SUMMARY
from unclench.translation import tr
from unclench_dsp.version import CHAIN_VERSION, FIRST_CHAIN

SUMMARY_VERSION = 4


class TagSummary(BaseModel):
    """How one awareness tag went with the tension of one channel."""

    model_config = ConfigDict(frozen=True)

    words: str  # "posture: slouching"
    times: int = Field(ge=0)
    during_s: float = Field(ge=0)  # used time under the tag
    untagged_s: float = Field(ge=0)  # used time under no tag at all
    log_ratio: float | None = None  # ln(mean during / mean untagged), above the floor
    log_ratio_se: float | None = None  # its standard error, by the block bootstrap
    after_log_ratio: float | None = None  # the same for the minute after it
    after_log_ratio_se: float | None = None


class ChannelSummary(BaseModel):
    """One channel. Figures are of the used time alone; None where they are unknown."""

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
    baseline_chain: int = CHAIN_VERSION  # version of the chain that measured the baseline
    noise_uv: float | None = None  # the instrument's own, in the band
    baseline_from: str = ""  # of `review.results.BaselineFrom`
    reference_uv: float | None = None
    reference_strength: str | None = None
    rest_level_uv: float | None = None
    rest_share: float | None = None  # 0 to 1
    contractions: int = 0
    recovery_s: tuple[float, ...] = ()
    more: dict[str, float | None] = {}  # metrics without a field of their own, by key
    tags: tuple[TagSummary, ...] = ()

    @property
    def rest_measured(self) -> bool:
        """True if the baseline was measured, not estimated from the quietest time."""
        return self.baseline_from not in ("quietest", "")

    @property
    def rest_named(self) -> bool:
        """True if a person marked or chose rest in review."""
        return self.baseline_from in ("marked", "chosen")


class SessionSummary(BaseModel):
    """summary.json."""

    model_config = ConfigDict(frozen=True)

    version: int = SUMMARY_VERSION
    chain: int = CHAIN_VERSION  # version of the chain behind its figures
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
    """Return what is kept in a session folder; None where it is missing, broken or outdated.

    Without samples nothing can be computed again: then an older summary stays, with its chain.
    """
    try:
        require_file(folder / SUMMARY)
        kept = SessionSummary.model_validate(_with_chain((folder / SUMMARY).read_bytes()))
    except (OSError, StoreError, ValueError, RecursionError):  # a ValidationError is one, too
        return None
    made_of = sizes_of(folder)
    if made_of[EMG] < 0:
        return kept
    now = kept.version == SUMMARY_VERSION and kept.chain == CHAIN_VERSION
    return kept if now and kept.made_of == made_of else None


def _with_chain(text: bytes) -> Any:
    """Return the content of a summary.json; one without a chain is of the first."""
    raw = json.loads(text)
    if not isinstance(raw, dict) or "chain" in raw:
        return raw
    channels = raw.get("channels")
    if isinstance(channels, list):
        first = {"baseline_chain": FIRST_CHAIN}
        raw["channels"] = [{**first, **c} if isinstance(c, dict) else c for c in channels]
    return {"chain": FIRST_CHAIN, **raw}


def write_summary(folder: Path, summary: SessionSummary) -> None:
    """Keep a summary in a session folder, as a whole or not at all. Raises StoreError."""
    try:
        write_whole(folder / SUMMARY, summary.model_dump_json(indent=1) + "\n")
    except OSError as error:
        advice = tr("The session itself is unchanged.")
        raise unwritable(folder / SUMMARY, error, advice) from error
