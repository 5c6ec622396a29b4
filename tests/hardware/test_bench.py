"""The bench document: its figures, its commands, and how the known signal is connected."""

from __future__ import annotations

import math
import re
import shlex
from dataclasses import replace

import pytest
from click.testing import CliRunner
from hardware.bench.passages import (
    DIVIDER,
    SCENARIO_OF,
    commands,
    errors,
    expected,
    known,
    reach,
)
from hardware.design import BENCH_HZ
from hardware.frontend.converter import Converter, floor_uv
from hardware.frontend.response import CHANNELS, RATES_HZ, sampling
from hardware.making import ROOT

from unclench.board.bench.steps import STEPS
from unclench.board.limits import TONE_BEST_HZ
from unclench.board.noise import converter_noise_uv, limits_uv
from unclench.cli import cli
from unclench.link.virtual.inputs import SyntheticInput
from unclench.profiles.known import MYOWARE_2
from unclench.usage.boardcheck import signal_command
from unclench_dsp import sensor_response

DOCUMENT = (ROOT / "hardware" / "acceptance.md").read_text(encoding="utf-8")


def test_the_divider_that_is_drawn_is_the_one_the_command_assumes() -> None:
    (option,) = (param for param in signal_command.params if param.name == "divider")
    assert option.default == DIVIDER == 1001.0
    assert f"--divider {DIVIDER:g}" in DOCUMENT


def test_the_recommended_signal_can_be_measured() -> None:
    known().check(SyntheticInput("shorted").hello())
    assert f"--mv {known().mv:g} --hz {known().hz:g}" in DOCUMENT


def test_what_must_arrive_is_told_in_its_factors() -> None:
    hz = BENCH_HZ.value
    assert hz == TONE_BEST_HZ
    told = re.search(
        r"times (0\.\d+) at\n?\s*(\d+) Hz.*? (0\.\d+),.*? (0\.\d+),", DOCUMENT, re.DOTALL
    )
    assert told is not None
    whole, at_hz, sensor, summing = (float(figure) for figure in told.groups())
    assert at_hz == hz
    assert sensor == pytest.approx(float(sensor_response(hz, MYOWARE_2.band_hz)), abs=5e-4)
    assert summing == pytest.approx(known().expected_uv(2000) / known().expected_uv(1e9), abs=5e-4)
    assert whole == pytest.approx(sensor * summing, abs=1e-3)


def test_a_peak_given_for_an_rms_is_29_percent_too_little() -> None:
    right, peak = known(), replace(known(), mv=known().mv * math.sqrt(2))
    off = right.expected_uv(2000) / peak.expected_uv(2000) - 1
    assert f"{off * 100:.0f} % is a peak that was given for an RMS" in DOCUMENT


def test_every_step_is_told_and_can_be_tried() -> None:
    for step in STEPS:
        assert f"unclench board check {step.name}" in DOCUMENT
    assert tuple(SCENARIO_OF) == tuple(step.name for step in STEPS)
    begin, *lines, end = commands().splitlines()
    assert (begin, end, len(lines)) == ("```text", "```", len(STEPS))
    assert all(line.startswith("unclench board check ") for line in lines)


def test_every_option_in_the_document_exists() -> None:
    lines = re.findall(r"^ *(unclench board .*)$", DOCUMENT, re.MULTILINE)
    assert len(lines) >= 2 * len(STEPS)
    for line in lines:
        words = shlex.split(line)[1:]
        if words[2:3] != ["sheet"]:
            said = CliRunner().invoke(cli, [*words, "--help"])
            assert said.exit_code == 0, (line, said.output)
            assert all(word in said.output for word in words if word.startswith("--")), line


def test_the_tables_say_what_can_be_told() -> None:
    shares = [float(share) for share in re.findall(r"([\d.]+) % \|$", errors(), re.MULTILINE)]
    *_, together, _, together_at_150, too_weak = shares
    assert together < 4.0 < together_at_150 < 5.0 < too_weak
    for words in (
        "0.50 µV RMS | 1.00 µV RMS",
        "0.56 µV RMS | 1.03 µV RMS",
        "476.9 µV RMS ± 5 %",
        "1.65 ± 0.49 V",
    ):
        assert words in expected()


@pytest.mark.parametrize("rate_hz", RATES_HZ)
@pytest.mark.parametrize("channels", CHANNELS)
def test_there_is_one_figure_for_the_converter(channels, rate_hz) -> None:
    how = sampling(rate_hz, channels)
    hello = SyntheticInput("shorted", channels, rate_hz).hello()
    hello.oversampling = how.readings  # the virtual board sums a few more
    assert converter_noise_uv(hello, 0) == pytest.approx(floor_uv(how, Converter()), rel=1e-3)


def test_what_is_expected_of_a_sensor_is_within_what_is_good() -> None:
    told = [float(uv) for uv in re.findall(r"\b0\.\d\d\b", reach())]
    assert len(told) == len(CHANNELS)
    for uv, channels in zip(told, CHANNELS, strict=True):
        good_uv, _ = limits_uv(sampling(2000, channels).readings, 2000)
        assert 0.8 * good_uv < uv < good_uv
    assert "*unverified*" in reach()
