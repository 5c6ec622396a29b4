"""Where the next session is kept."""

from __future__ import annotations

from datetime import datetime
from itertools import count
from pathlib import Path


def new_folder(sessions: Path) -> Path:
    """Return a dated folder inside `sessions` that nothing has taken yet; it is not made."""
    date = datetime.now().strftime("%Y-%m-%d_%H-%M-%S")
    names = (date if n == 1 else f"{date}-{n}" for n in count(1))
    return next(folder for name in names if not (folder := sessions / name).exists())
