"""Figures of the review against plain numpy, and against what NeuroKit2 and BioSPPy find."""

from __future__ import annotations

import json
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from scipy import signal
from tests import needs

from unclench.cli import cli
from unclench.review.contexts import as_trained
from unclench.review.session import SessionReview, open_review
from unclench.review.signal import runs
from unclench.training.placement.values import rest_level
from unclench_dsp.arrays import FloatArray
from unclench_dsp.spectrum import median_frequency

PLUX = ("plux_rest_contraction", "plux_biceps_bursts")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A minute of two channels, as the command line records them."""
    folder = tmp_path_factory.mktemp("peers") / "desk"
    words = ["record", "--source", "sim:desk-work?channels=2", "--seconds", "60"]
    cli([*words, "--speed", "max", "--out", str(folder)], standalone_mode=False)
    return folder


def rms_by_numpy(
    path: Path, column: int, fs_hz: float, window_s: float, hop_n: int, before: int = 0
) -> FloatArray:
    """RMS on the rows of the review, from the file alone; to `before` samples before each."""
    emg_uv = np.loadtxt(path, delimiter=",", comments="#", skiprows=1, usecols=column)
    # The file has decimals enough to tell whole units of the board, and those are meant.
    board = json.loads(path.with_name("session.json").read_text())["constants"]
    gain = board["channels"][column - 2]["gain_milli"] / 1000
    unit_uv = board["full_scale_uv"] / (board["codes"] * board["oversampling"] * gain)
    emg_uv = np.rint(emg_uv / unit_uv) * unit_uv
    sos = signal.butter(4, (20.0, 450.0), btype="bandpass", fs=fs_hz, output="sos")
    seed = signal.sosfilt_zi(sos) * emg_uv[0]
    squares = np.square(signal.sosfilt(sos, emg_uv, zi=seed)[0])
    window_n = round(window_s * fs_hz)
    windows = np.lib.stride_tricks.sliding_window_view(squares, window_n)
    ends = np.arange(window_n - 1, squares.size)
    at = (ends + before) % hop_n == 0
    rows = np.full((squares.size - 1) // hop_n + 1 + before, np.nan)
    rows[(ends[at] + before) // hop_n] = np.sqrt(windows[at].mean(axis=1))
    return rows


def test_figures_are_those_of_plain_numpy(session: Path) -> None:
    review = open_review(session)
    made = review.signal
    for channel in range(2):
        assert made.removed_hz(channel) == ()
        uv = rms_by_numpy(
            session / "emg.csv", 2 + channel, made.fs_hz, made.window_s, made.info.hop_n
        )
        used = made.used[:, channel]
        assert used.sum() > 2500
        np.testing.assert_allclose(made.fast_uv[used, channel], uv[used], rtol=1e-9)
        figures = review.figures(channel)
        for ours, theirs in (
            (figures.mean, uv[used].mean()),
            (figures.p10, np.percentile(uv[used], 10)),
            (figures.p50, np.percentile(uv[used], 50)),
            (figures.p90, np.percentile(uv[used], 90)),
        ):
            assert ours is not None
            assert ours.value == pytest.approx(theirs, rel=1e-9)
        assert figures.max_uv == pytest.approx(uv[used].max(), rel=1e-9)


def test_rest_share_is_that_of_plain_numpy(session: Path) -> None:
    review = open_review(session)
    quiet = review.contexts[0]
    level_uv, _ = rest_level(as_trained(quiet))
    assert level_uv is not None
    review.contexts = (replace(quiet, rest_level_uv=level_uv), *review.contexts[1:])
    made = review.signal
    uv = rms_by_numpy(session / "emg.csv", 2, made.fs_hz, 0.1, made.info.hop_n, before=1)
    used = made.used[:, 0]
    uv = uv[: len(used)]
    low, high = uv < level_uv, uv >= 1.2 * level_uv
    at_rest = np.zeros(len(used), bool)
    for first, stop in runs(used):
        lows = first + np.flatnonzero(low[first:stop])
        ends = [
            k + 1
            for k, (a, b) in enumerate(pairwise(lows))
            if b - a > 51 or np.convolve(high[a:b], np.ones(6)).max() == 6
        ]
        for rest in np.split(lows, ends):
            if len(rest) and rest[-1] - (begin := max(first, rest[0] - 5)) >= 9:
                at_rest[begin : rest[-1] + 1] = True
    share = review.figures(0).rest.share
    assert share is not None
    assert 0.05 < share.value < 0.95
    assert share.value == pytest.approx(at_rest.sum() / used.sum(), rel=1e-9)


def shared(name: str) -> SessionReview:
    return open_review(needs.recording(f"{name}/{name}.csv"))


def band_passed(review: SessionReview) -> FloatArray:
    sos = signal.butter(4, (20.0, 450.0), btype="bandpass", fs=review.signal.fs_hz, output="sos")
    emg_uv = review.recording.emg_uv[:, 0]
    return np.asarray(signal.sosfilt(sos, emg_uv - emg_uv[0]))


def test_median_frequency_is_that_of_neurokit() -> None:
    neurokit = needs.peer("neurokit2")
    review = shared("plux_biceps_bursts")
    fs_hz = review.signal.fs_hz
    found = review.figures(0).contractions
    assert len(found) == 9
    for each in found:
        emg_uv = review.recording.emg_uv[
            round(each.start_s * fs_hz) : round(each.stop_s * fs_hz), 0
        ]
        psd = neurokit.signal_psd(
            emg_uv, sampling_rate=fs_hz, min_frequency=20, max_frequency=450, window=0.4
        )
        below = np.cumsum(psd.Power.to_numpy())
        theirs = psd.Frequency.to_numpy()[np.searchsorted(below, below[-1] / 2)]
        # Windows of 0.4 s, as the shortest needs, beside our 0.5 s.
        assert median_frequency(emg_uv, fs_hz, 20, 450) == pytest.approx(theirs, abs=5)


@pytest.mark.parametrize("name", PLUX)
def test_contractions_begin_where_neurokit_finds_them(name: str) -> None:
    neurokit = needs.peer("neurokit2")
    review = shared(name)
    baseline = review.contexts[0].baseline
    assert baseline is not None
    fs_hz = round(review.signal.fs_hz)
    clean = band_passed(review)
    rectified = np.convolve(np.abs(clean), np.ones(100) / 100, "full")[: clean.size]
    level = 3 * baseline.mean_uv * np.sqrt(2 / np.pi)  # rectified noise of three times rest
    _, seen = neurokit.emg_activation(
        rectified, sampling_rate=fs_hz, threshold=level, duration_min=round(0.05 * fs_hz)
    )
    begun_s = np.asarray(seen["EMG_Onsets"]) / fs_hz
    starts_s = [each.start_s for each in review.figures(0).contractions]
    nearest_s = [begun_s[np.argmin(np.abs(begun_s - at))] for at in starts_s]
    apart_s = np.abs(np.subtract(nearest_s, starts_s))
    # What is left is a rise within what is one activation by their level.
    assert np.count_nonzero(apart_s > 0.15) <= 1


def test_contractions_begin_where_biosppy_finds_them() -> None:
    biosppy = needs.peer("biosppy.signals.emg")
    review = shared("plux_rest_contraction")
    begun_s = biosppy.find_onsets(band_passed(review), sampling_rate=1000)["onsets"] / 1000
    starts_s = [each.start_s for each in review.figures(0).contractions]
    nearest_s = [begun_s[np.argmin(np.abs(begun_s - at))] for at in starts_s]
    assert np.mean(np.abs(np.subtract(nearest_s, starts_s)) < 0.2) >= 0.85
