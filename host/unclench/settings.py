"""What is remembered between starts, in one small file that a person can read."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import platformdirs
from pydantic import BaseModel, ConfigDict, Field

from unclench.ownfile import OwnFile
from unclench.translation import tr

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

    format: Literal[1] = 1
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


_FILE = OwnFile(
    Settings,
    called=tr("settings"),
    instead=tr("the defaults apply"),
    unsaved=tr("they apply until the program is closed"),
)


def load_settings(path: Path | None = None) -> Settings:
    """Read the settings; the defaults, and a notice, where the file cannot be used."""
    return _FILE.load(path or settings_path())


def save_settings(settings: Settings, path: Path | None = None) -> None:
    """Write the settings. Raises StoreError."""
    _FILE.save(settings, path or settings_path())
