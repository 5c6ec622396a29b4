"""What is remembered between starts, in one small file that a person can read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal, TypeVar

import platformdirs
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unclench.errors import StoreError
from unclench.files import put_aside, write_whole

M = TypeVar("M", bound=BaseModel)
LARGEST_WINDOW = 8192
Pixels = Annotated[int, Field(ge=200, le=LARGEST_WINDOW)]


class Place(BaseModel):
    """Where a channel's electrodes are: a site of `training.sites`, or words of one's own."""

    model_config = ConfigDict(extra="allow", frozen=True)

    channel: int = Field(ge=1)  # whether the board has it is seen when it is used
    site: str = Field(min_length=1, max_length=40)
    side: Literal["left", "right", "middle"] = "middle"


class Sustained(BaseModel):
    """When `watch` and a session speak up: a person's own limits, none of them a norm."""

    model_config = ConfigDict(extra="allow", frozen=True)

    percent: float = Field(default=0.5, gt=0, le=100)  # of the reference contraction
    minutes: float = Field(default=4.0, ge=0.1, le=120)
    rests: int = Field(default=5, ge=0, le=1000)  # fewer moments of rest than so many ...
    rests_minutes: float = Field(default=10.0, ge=1, le=120)  # ... in the last so many minutes


class Settings(BaseModel):
    """settings.json. Keys of later versions are kept."""

    model_config = ConfigDict(extra="allow", validate_assignment=True)

    theme: Literal["system", "light", "dark"] = "system"
    span_s: float = Field(default=60.0, ge=10, le=600)  # of the tension trace
    scale_uv: float | None = Field(default=None, gt=0)  # top of the tension trace; None: automatic
    raw_shown: bool = False
    text_scale: float = Field(default=1.0, ge=0.7, le=2.5)
    window: tuple[Pixels, Pixels] = (1280, 800)
    maximized: bool = False
    sessions_dir: Path | None = None
    safety_read: date | None = None  # when the safety page was acknowledged
    places: tuple[Place, ...] = ()
    sound: bool = True
    volume: float = Field(default=0.5, ge=0, le=1)
    sustained: Sustained = Sustained()


def own_dir() -> Path:
    """Folder of all that a person has set up: settings, programs, tags, calibrations."""
    return Path(platformdirs.user_config_dir("unclench", appauthor=False))


def settings_path() -> Path:
    """Where the settings lie on this system."""
    return own_dir() / "settings.json"


def sessions_dir(settings: Settings) -> Path:
    """Where sessions go that are recorded from the dashboard."""
    return settings.sessions_dir or Path(platformdirs.user_documents_dir()) / "unclench"


def load_settings(path: Path | None = None) -> tuple[Settings, str | None]:
    """Read the settings; a broken file is put aside, and a sentence says so."""
    return load_own(Settings, path or settings_path(), "settings", "defaults are used")


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings. Raises StoreError."""
    save_own(
        settings,
        path or settings_path(),
        "settings",
        "they apply until the program is closed",
    )


def load_own(kind: type[M], path: Path, called: str, instead: str) -> tuple[M, str | None]:
    """Read a file of a person's own; where it is missing or broken, what `kind` is at first.

    A broken one is put aside. The sentence says what it is `called`, and what happens `instead`.
    """
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return kind(), None
    except OSError as error:
        return kind(), f"The {called} in {path} cannot be read ({error}); {instead}."
    try:
        return kind.model_validate_json(text), None
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"]) or "the file"
        aside = put_aside(path, path.with_suffix(".broken.json"))
        return kind(), (
            f"The {called} in {path} are not usable ({key}: {first['msg']}); "
            f"{instead}, the old file is kept as {aside.name}."
        )


def save_own(value: BaseModel, path: Path, called: str, meanwhile: str) -> None:
    """Write a file of a person's own, as a whole or not at all. Raises StoreError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_whole(path, value.model_dump_json(indent=2) + "\n")
    except OSError as error:
        raise StoreError(
            f"The {called} cannot be saved to {path}: {error.strerror or error}; {meanwhile}."
        ) from error
