"""Limits of an instrument's own noise: only the converter's share grows with the channels."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from unclench.board.noise import converter_noise_uv, limits_uv
from unclench.link.virtual.inputs import SyntheticInput

ROOT = Path(__file__).parents[2]
RATES_HZ = (1000, 2000, 4000)


def limits_of(channels: int, rate_hz: int) -> tuple[float, float]:
    hello = SyntheticInput("shorted", channels, rate_hz).hello()
    return limits_uv(hello.oversampling, hello.fs_hz())


def converter_uv(channels: int, rate_hz: int) -> float:
    return converter_noise_uv(SyntheticInput("shorted", channels, rate_hz).hello(), 0)


@pytest.mark.parametrize("rate_hz", RATES_HZ)
def test_limits_for_one_channel(rate_hz) -> None:
    assert limits_of(1, rate_hz) == pytest.approx((0.5, 1.0))


def test_the_documented_table_matches_the_limits() -> None:
    text = (ROOT / "firmware" / "README.md").read_text(encoding="utf-8")
    for readings, heading in ((250, "one channel"), (80, "three channels")):
        good_uv, usable_uv = (f"{round(limit_uv, 2):g}" for limit_uv in limits_uv(readings, 2000.0))
        wanted = [f"below {good_uv} µV", f"{good_uv} to {usable_uv} µV", f"above {usable_uv} µV"]
        assert column(text, heading) == wanted


def column(text: str, heading: str) -> list[str]:
    """Cells below a heading of the table of which it is one."""
    lines = text.splitlines()
    first = next(k for k, line in enumerate(lines) if f"| {heading} |" in line)
    rows = [[cell.strip() for cell in line.split("|")] for line in lines[first : first + 5]]
    return [row[rows[0].index(heading)] for row in rows[2:]]


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("channels", [1, 2, 3])
def test_all_limits_leave_a_sensor_the_same_share(channels, rate_hz) -> None:
    """A sensor makes no more noise because another one is there."""
    for limit_uv, sensor_uv in zip(limits_of(channels, rate_hz), (0.471, 0.986), strict=True):
        left_uv = math.sqrt(limit_uv**2 - converter_uv(channels, rate_hz) ** 2)
        assert left_uv == pytest.approx(sensor_uv, abs=0.001)
