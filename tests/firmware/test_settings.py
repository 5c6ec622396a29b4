"""What the board remembers: kept whole whenever the power goes, and never believed blindly."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from unclench_board.acquisition import plan
from unclench_board.settings import Settings

LIB = Path(__file__).parents[2] / "firmware" / "lib"
SCRIPT = Path(__file__).with_name("flash_on_board.py")


def test_a_power_cut_at_any_moment_leaves_the_old_or_the_new(micropython):
    """On a real littlefs in a real MicroPython, cut after, and amid, every write and erase."""
    done = subprocess.run(
        [micropython, str(SCRIPT), str(LIB)],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    # Before it may stand what MicroPython says of files that a dead flash did not let it close.
    said = json.loads(done.stdout.splitlines()[-1])
    old, new = said["old"], said["new"]
    assert old == ["", 2000, 1, [200_000] * 3, [170, 180, 190], 950]
    assert new == ["", 2000, 1, [200_000, 201_000, 200_000], [170, 180, 190], 950]
    found = [kept for _, kept in said["cuts"]]
    assert all(kept in (old, new) for kept in found)
    assert old in found  # some cuts came before the change,
    assert len(found) > 6  # there were several moments to cut at,
    assert [kept for held, kept in said["cuts"] if held] == [new, new]  # and none was the last
    assert said["refused"] == [950]


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "settings.json")


def figures(settings: Settings) -> list[object]:
    s = settings
    return [s.rate_hz, s.channels, s.gain_milli, s.noise_nv, s.step_mlsb]


DEFAULTS = [2000, 1, [200_000] * 3, [0] * 3, 0]


def test_a_new_board_has_defaults_and_no_trouble(path):
    settings = Settings(path, plan)
    assert figures(settings) == DEFAULTS
    assert settings.trouble == ""


def test_changed_settings_are_there_after_power_on(path):
    settings = Settings(path, plan)
    settings.set("rate_hz", 4000)
    settings.set("channels", 3)
    settings.set("step_mlsb", 1013)
    settings.set_one("gain_milli", 2, 201_000)
    settings.set_one("noise_nv", 0, 2**32 - 1)
    wanted = [4000, 3, [200_000, 200_000, 201_000], [2**32 - 1, 0, 0], 1013]
    assert figures(settings) == figures(Settings(path, plan)) == wanted
    settings.set_defaults()
    assert figures(settings) == figures(Settings(path, plan)) == DEFAULTS
    settings.set_defaults()  # harmless


def test_an_unchanged_setting_writes_nothing(path, tmp_path):
    settings = Settings(path, plan)
    settings.set("rate_hz", 2000)
    settings.set_one("gain_milli", 0, 200_000)
    assert list(tmp_path.iterdir()) == []


GOOD = {
    "version": 1,
    "rate_hz": 1000,
    "channels": 2,
    "gain_milli": [200_000, 1_000, 100_000_000],
    "noise_nv": [0, 1, 2],
    "step_mlsb": 4000,
}


def test_the_valid_settings_of_these_tests_are_accepted(path):
    Path(path).write_text(json.dumps(GOOD))
    settings = Settings(path, plan)
    assert settings.trouble == ""
    assert figures(settings) == [1000, 2, [200_000, 1_000, 100_000_000], [0, 1, 2], 4000]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "17",
        "null",
        "\0" * 100,
        *(json.dumps({key: value for key, value in GOOD.items() if key != left}) for left in GOOD),
        *(
            json.dumps({**GOOD, **bad})
            for bad in (
                {"version": 2},
                {"rate_hz": 3000},
                {"rate_hz": "2000"},
                {"channels": 4},
                {"channels": 0},
                {"channels": True},
                {"rate_hz": 2000.0},
                {"step_mlsb": 1.5},
                {"gain_milli": [200_000.0] * 3},
                {"step_mlsb": -1},
                {"step_mlsb": 4001},
                {"step_mlsb": None},
                {"gain_milli": [200_000]},
                {"gain_milli": [0, 200_000, 200_000]},
                {"gain_milli": 200_000},
                {"noise_nv": [-1, 0, 0]},
                {"noise_nv": [0, 0, 2**32]},
            )
        ),
    ],
)
def test_an_unreadable_settings_file_is_reported_and_replaced_by_the_next_setting(path, text):
    Path(path).write_text(text)
    settings = Settings(path, plan)
    assert figures(settings) == DEFAULTS
    assert settings.trouble == "settings unreadable, defaults are used"
    settings.set("step_mlsb", 900)
    assert settings.trouble == ""
    again = Settings(path, plan)
    assert (again.trouble, again.step_mlsb) == ("", 900)
