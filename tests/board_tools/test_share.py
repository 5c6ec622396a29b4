"""The record of a check that somebody can send in: all figures, nothing personal."""

from __future__ import annotations

import platform

import pytest

from unclench import __version__
from unclench.board.check import ChannelCheck, CheckResult
from unclench.board.share import to_markdown
from unclench.board.verdict import judge

BOARD_ID = "e6614c311b4a7d22"


def checked(**changes: object) -> CheckResult:
    """A good real board with two sensors, on a port and with a label that name a person."""
    channel = ChannelCheck(0.17, 0.0, None, 0.17, 2047.5, 1.65, 0.0, 0.16)
    values: dict[str, object] = {
        **{"name": "socket://anna.example:4040", "label": "Anna's neck", "board_id": BOARD_ID},
        **{"firmware": "0.1.0", "level": 1, "virtual": False},
        **{"rate_hz": 2000.0, "measured_hz": 2000.1, "rate_ppm": 50.0, "rate_error_ppm": 5.0},
        **{"seconds": 10.0, "n_samples": 19_990, "lost_samples": 10, "gaps": 1, "bad_frames": 0},
        **{"counters": {"fifo_overflows": 0, "dma_overruns": 0}},
        **{"echo_ms": 2.0, "echo_max_ms": 3.0, "echoes_lost": 0},
        **{"step_lsb": 1.0, "full_scale_v": 3.3, "oversampling": 125},
        "channels": (channel, channel),
    }
    return CheckResult(**{**values, **changes})  # type: ignore[arg-type]


def rows(text: str) -> dict[str, list[str]]:
    """The table's cells, by what the row is about."""
    lines = [line.strip("|").split("|") for line in text.splitlines()]
    assert {len(cells) for cells in lines} == {3}
    return {name.strip(): [cell.strip() for cell in rest] for name, *rest in lines[2:]}


def test_it_holds_all_that_was_judged() -> None:
    found = rows(to_markdown(checked()))
    for item in judge(checked()):
        assert found[item.name][1] == item.verdict
    assert found["losses"][0].startswith("10 of 20000 samples lost; gaps: 1")
    assert "0.17 µV RMS" in found["noise 2"][0]
    assert found["board"][0].endswith("2 channels at 2000 Hz")
    assert found["board"][1] == "usable"


def test_it_holds_the_versions() -> None:
    found = rows(to_markdown(checked()))
    assert found["firmware"][0] == "0.1.0, protocol level 1"
    assert found["unclench"][0] == f"{__version__}, Python {platform.python_version()}"


@pytest.mark.parametrize("name", ["anna", "neck", "4040", BOARD_ID, "/home", "\\Users"])
def test_it_names_no_person_port_or_board(name: str) -> None:
    assert name.casefold() not in to_markdown(checked()).casefold()


def test_two_records_of_one_board_can_be_told_from_two_boards() -> None:
    first, again, other = (
        rows(to_markdown(checked(board_id=number)))["board"][0]
        for number in (BOARD_ID, BOARD_ID, "e6614c311b4a7d23")
    )
    assert first == again != other


def test_a_virtual_board_is_no_record_of_hardware() -> None:
    assert rows(to_markdown(checked(virtual=True)))["board"][0].startswith("virtual")


def test_a_system_that_does_not_name_itself_is_named_by_python(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def unknown() -> dict[str, str]:
        raise OSError

    monkeypatch.setattr(platform, "freedesktop_os_release", unknown)
    assert rows(to_markdown(checked()))["computer"][0].startswith(platform.system())
