"""What session.json holds, checked when it is read."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError, model_validator

from unclench import __version__
from unclench.errors import StoreError
from unclench.profiles.kinds import Profile
from unclench.store.constants import BoardConstants
from unclench.store.model import BandMeta, Mains
from unclench.store.provenance import Provenance, told_by
from unclench.translation import tr
from unclench_dsp.version import CHAIN_VERSION, FIRST_CHAIN

SCHEMA_VERSION = 2
"""2: figures in it carry the version of their chain; a program that does not know it must not use
them."""

Ended = Literal["running", "closed", "error"]


class SessionMeta(BaseModel):
    """session.json. Keys that this version does not know are kept, not refused."""

    model_config = ConfigDict(extra="allow", frozen=True)

    schema_version: int = SCHEMA_VERSION
    unclench_version: str = __version__
    chain: int = Field(default=CHAIN_VERSION, ge=1)  # of its tension, and of figures in it
    created: AwareDatetime = Field(
        default_factory=lambda: datetime.now().astimezone().replace(microsecond=0)
    )
    source: str
    constants: BoardConstants
    profile: Profile | None = None  # what was known of the instrument beyond its constants
    fs_hz: float = Field(default=0.0, ge=0)  # for people; the constants hold the exact rate
    channels: tuple[str, ...] = ()
    sites: tuple[str | None, ...] = ()
    band: BandMeta
    mains: Mains = "auto"
    window_s: float = Field(gt=0)
    tension_rate_hz: float = Field(gt=0)
    duration_s: float = 0.0
    n_samples: int = 0
    lost_samples: int = 0
    gaps: int = 0
    ended: Ended = "running"
    reason: str | None = None
    drift_ppm: float | None = None  # how much faster the computer's clock runs than the board's
    title: str = ""  # given by a person, beside the folder's name
    labels: tuple[str, ...] = ()  # given by a person, to find sessions again
    note: str = ""
    feedback: bool = True  # False: a session of a self-trial in which tension was not shown
    imported: dict[str, Any] | None = None  # where it was brought in from, if it was
    provenance: Provenance | None = None  # see `origin`
    training: dict[str, Any] | None = None  # a guided session's outcome
    calibration: tuple[dict[str, Any], ...] = ()  # of each channel, as it was known at the start

    @model_validator(mode="before")
    @classmethod
    def _fill_from_constants(cls, given: Any) -> Any:
        """Let what follows from the constants be left out."""
        if not isinstance(given, dict) or "constants" not in given:
            return given
        constants = given["constants"]
        if not isinstance(constants, BoardConstants):
            constants = BoardConstants.model_validate(constants)
        n = len(constants.channels)
        filled = {
            "fs_hz": float(constants.rate),
            "channels": [f"ch{i + 1}" for i in range(n)],
            "sites": [None] * n,
        }
        return {**filled, **{k: v for k, v in given.items() if k not in filled or v}}

    @model_validator(mode="after")
    def _one_name_per_channel(self) -> "SessionMeta":
        n = len(self.constants.channels)
        for key, values in (("channels", self.channels), ("sites", self.sites)):
            if len(values) != n:
                raise ValueError(
                    tr(
                        "{key} has {given} entries, constants.channels has {n}",
                        key=key,
                        given=len(values),
                        n=n,
                    )
                )
        if self.profile is not None and len(self.profile.sensors) != n:
            given = len(self.profile.sensors)
            raise ValueError(
                tr(
                    "profile.sensors has {given} entries, constants.channels has {n}",
                    given=given,
                    n=n,
                )
            )
        if len(set(self.channels)) != n:
            raise ValueError(tr("channels names one channel twice"))
        return self

    @property
    def origin(self) -> Provenance:
        """Whose signal it is, also of a session that does not state it."""
        stated = self.provenance
        if stated is not None:
            return stated
        return told_by(self.constants.virtual, self.source, self.imported is not None)

    def to_json(self) -> str:
        """Text of session.json."""
        return self.model_dump_json(indent=2) + "\n"


def parse_meta(text: str, path: Path) -> SessionMeta:
    """Read the text of a session.json; `path` is for the message.

    Raises
    ------
    StoreError
        Not JSON, a key missing or wrong, or written by a newer version.
    """
    try:
        raw = json.loads(text)
    except json.JSONDecodeError as error:
        raise StoreError(
            tr(
                "{path} is not valid JSON (line {line}, column {column}: {fault}). Restore the "
                "file from a backup, or move {emg} to a folder of its own and read it as a plain "
                "CSV.",
                path=path,
                line=error.lineno,
                column=error.colno,
                fault=error.msg,
                emg=path.parent / "emg.csv",
            )
        ) from error
    except (ValueError, RecursionError) as error:  # numbers and nesting beyond all bounds
        raise StoreError(
            tr(
                "{path} cannot be read ({error}). Restore the file from a backup.",
                path=path,
                error=error,
            )
        ) from error
    version = raw.get("schema_version") if isinstance(raw, dict) else None
    if type(version) is not int or version < 1:
        raise StoreError(
            tr(
                "{path} is not a session.json of unclench: schema_version is {version!r}, but a "
                "whole number from 1 to {newest} is expected.",
                path=path,
                version=version,
                newest=SCHEMA_VERSION,
            )
        )
    if version > SCHEMA_VERSION:
        raise StoreError(
            tr(
                "{folder} was recorded by a newer unclench ({other}, schema version {version}). "
                "This is unclench {ours}, which reads versions up to {newest}. Update unclench.",
                folder=path.parent,
                version=version,
                other=raw.get("unclench_version", "?"),
                ours=__version__,
                newest=SCHEMA_VERSION,
            )
        )
    try:
        return SessionMeta.model_validate({"chain": FIRST_CHAIN, **raw})
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or tr("(the whole file)")
        fault = first["msg"]
        if first["type"] != "missing":
            fault = tr("{fault}, but it is {given!r}", fault=fault, given=str(first["input"])[:60])
        raise StoreError(
            tr(
                "{path}: key {key}: {fault}. Correct it, or restore the file from a backup.",
                path=path,
                key=key,
                fault=fault,
            )
        ) from error
