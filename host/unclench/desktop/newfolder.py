"""Names the folder of the next session."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path


def new_folder(sessions: Path) -> Path:
    """Return the path of a dated folder in `sessions` that does not exist yet."""
    date = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    names = (date if n == 1 else f"{date}-{n}" for n in count(1))
    return next(folder for name in names if not (folder := sessions / name).exists())
