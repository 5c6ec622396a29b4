"""Settings of a session, and files as a person may write them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from unclench.store import BandMeta, BoardConstants, SessionMeta
from unclench_wire.messages import Channel, Hello

WIDE = BandMeta(name="wide", low_hz=20, high_hz=450, order=4)


@pytest.fixture
def make_meta() -> Callable[..., SessionMeta]:
    """Settings of a session on a board with n channels; keywords change HELLO or session.json."""

    def make(n_channels: int = 1, *, hello: Hello | None = None, **changes: object) -> SessionMeta:
        if hello is None:
            channels = [Channel(200_000, 2000 * i, 300 * i) for i in range(n_channels)]
            hello = Hello(channels, firmware=(1, 2, 3), board_id=b"\x01board\xfe!", label="blue")
        settings: dict[str, object] = {
            "source": "sim:relaxed",
            "constants": BoardConstants.from_hello(hello),
            "band": WIDE,
            "window_s": 0.25,
            "tension_rate_hz": 20.0,
        }
        return SessionMeta.model_validate(settings | changes)

    return make


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    """Write a file and return its path."""

    def to_file(text: str | bytes, name: str = "bad.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return to_file
