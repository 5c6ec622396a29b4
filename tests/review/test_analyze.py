"""What `unclench analyze` works out of a recording, and how it says it."""

import io
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from rich.console import Console
from scipy import signal
from tests import needs
from tests.known import known

from unclench.commands.analyze import render
from unclench.errors import InputError
from unclench.report.words import BELOW, above_words, figure_words
from unclench.review.analyze import ChannelResult, analyze, to_dict, to_json
from unclench.review.metrics import metric
from unclench.review.session import load_with_session
from unclench.store import (
    BandMeta,
    BoardConstants,
    Recording,
    SessionMeta,
    SessionWriter,
    load_recording,
)
from unclench_dsp import NARROW, WIDE, ChainSettings, TensionChain
from unclench_wire.messages import Channel, Hello

FS_HZ = 2000
NOISE_UNKNOWN = "the noise floor of ch1 is not known: low figures may be noise."
WIDE_META = BandMeta(name="wide", low_hz=20, high_hz=450, order=4)


def recording_of(emg_uv: np.ndarray, **fields: Any) -> Recording:
    emg_uv = emg_uv if emg_uv.ndim == 2 else emg_uv[:, None]
    channels = tuple(f"ch{i + 1}" for i in range(emg_uv.shape[1]))
    settings = {"sample": np.arange(len(emg_uv)), "rate": Fraction(FS_HZ), **fields}
    return Recording(name="walk", channels=channels, emg_uv=emg_uv, **settings)


def noise(n: int, rms_uv: float = 10.0, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(0, rms_uv, n)


def uv(channel: ChannelResult, key: str) -> float:
    return known(metric(key).value(channel.figures))


def noisy(muscle_uv: float, noise_uv: float, seed: int, n: int = 60 * FS_HZ) -> Recording:
    """A muscle under an instrument's known noise, both white in the band."""
    emg_uv = noise(n, 1.0, seed)[:, None]
    wide = (WIDE.high_hz - WIDE.low_hz) / (FS_HZ / 2)
    channel = Channel(1000, 0, round(1000 * noise_uv))
    constants = BoardConstants.from_hello(Hello([channel]))
    level_uv = np.hypot(muscle_uv, noise_uv) / np.sqrt(wide)
    return recording_of(level_uv * emg_uv, constants=constants)


@pytest.mark.parametrize("noise_uv", [0.3, 0.5])
def test_a_fall_of_20_percent_is_20_percent_above_the_noise_floor(noise_uv: float) -> None:
    plain = [
        to_dict(analyze(noisy(muscle_uv, noise_uv, seed), mains="off"))["channels"][0]
        for seed, muscle_uv in enumerate((1.0, 0.8))
    ]
    for key in ("p50", "mean"):
        before, after = (each["tension_above_floor_uv"][key] for each in plain)
        assert after / before == pytest.approx(0.8, abs=0.02)
        (low, high), raw = plain[0]["tension_above_floor_uv"]["interval"][key], plain[0]
        assert low < 1.0 < high
        assert raw["tension_uv"][key] == pytest.approx(np.hypot(1, noise_uv), rel=0.02)


@pytest.mark.parametrize("muscle_uv", [0.5, 0.68])
def test_tension_near_the_noise_is_below_what_the_instrument_can_see(muscle_uv: float) -> None:
    result = analyze(noisy(muscle_uv, 1.0, 3), mains="off")
    (channel,), (plain,) = result.channels, to_dict(result)["channels"]
    assert plain["excluded_s"]["too quiet"] > 40
    assert {"p10", "p50", "mean"} <= set(plain["tension_above_floor_uv"]["below_floor"])
    assert above_words(metric("p50_uv"), channel.figures) == BELOW
    assert figure_words(metric("p50_uv"), channel.figures) == "under 1.25 µV"  # not the louder rest


def test_of_a_mean_only_the_most_is_known_where_much_is_too_quiet() -> None:
    quiet, loud = noisy(0.3, 1.0, 3), noisy(3.0, 1.0, 4, n=30 * FS_HZ)
    emg_uv = np.concatenate([quiet.emg_uv, loud.emg_uv])
    result = analyze(recording_of(emg_uv, constants=quiet.constants), mains="off")
    figures = result.channels[0].figures
    weights = [figures.used_s, figures.excluded_s["too quiet"]]
    most_uv = float(np.average([known(figures.mean).value, 1.25], weights=weights))
    assert 1.5 < most_uv < 2.5
    assert figure_words(metric("mean_uv"), figures) == f"under {most_uv:.2f} µV"
    assert figure_words(metric("p50_uv"), figures) == "under 1.25 µV"


def test_an_unknown_noise_is_not_subtracted() -> None:
    (plain,) = to_dict(analyze(recording_of(noise(4 * FS_HZ)), mains="off"))["channels"]
    assert plain["floor_uv"] is None
    assert plain["tension_above_floor_uv"]["p50"] is None


def test_a_moment_of_used_time_has_figures() -> None:
    recording = recording_of(noise(int(1.6 * FS_HZ)))
    (plain,) = to_dict(analyze(recording, mains="off"))["channels"]
    assert 0 < plain["used_s"] < 1
    assert plain["tension_uv"]["p50"] == pytest.approx(6.6, rel=0.2)


def test_removed_hum_is_named_with_its_frequency() -> None:
    t = np.arange(30 * FS_HZ) / FS_HZ
    hum = 40 * np.sin(2 * np.pi * 50 * t)
    (plain,) = to_dict(analyze(recording_of(noise(len(t)) + hum)))["channels"]
    (removed,) = (each for each in plain["removed"] if each["kind"] == "hum")
    assert removed["hz"] == pytest.approx(50, abs=0.1)
    assert removed["share"] == pytest.approx(800 / (800 + 43), abs=0.03)  # 43 uV² of noise


def test_shares_of_hum_and_tones_have_one_whole_whatever_else_the_room_adds() -> None:
    t = np.arange(30 * FS_HZ) / FS_HZ
    lines = 20 * np.sin(2 * np.pi * 50 * t) + 10 * np.sin(2 * np.pi * 73 * t)
    lines[15 * FS_HZ : 16 * FS_HZ] += 2000 * np.sin(2 * np.pi * 12 * t[:FS_HZ])  # flutter
    (plain,) = to_dict(analyze(recording_of(noise(len(t)) + lines)))["channels"]
    found = {each["kind"]: each["share"] for each in plain["removed"]}
    whole = 200 + 50 + 43
    assert found == {
        "hum": pytest.approx(200 / whole, abs=0.03),
        "tone": pytest.approx(50 / whole, abs=0.03),
    }


def test_tension_is_the_rms_of_the_band() -> None:
    def part(low_hz: float, high_hz: float) -> np.ndarray:
        sos = signal.butter(8, (low_hz, high_hz), "bandpass", fs=FS_HZ, output="sos")
        made: np.ndarray = signal.sosfiltfilt(sos, noise(20 * FS_HZ))
        return 100 * made / made.std()

    in_band, above = analyze(
        recording_of(np.stack([part(60, 300), part(600, 900)], axis=1)), mains="off"
    ).channels
    assert uv(in_band, "mean_uv") == pytest.approx(100, rel=0.02)
    assert uv(above, "mean_uv") < 15


def test_analyze_agrees_with_a_plain_computation() -> None:
    emg_uv = noise(30 * FS_HZ)
    sos = signal.butter(4, (20, 450), "bandpass", fs=FS_HZ, output="sos")
    band_uv = signal.sosfilt(sos, emg_uv)
    window = np.ones(500) / 500
    envelope = np.sqrt(np.convolve(band_uv**2, window, "valid"))[2 * FS_HZ :]
    (channel,) = analyze(recording_of(emg_uv), mains="off").channels
    assert uv(channel, "mean_uv") == pytest.approx(envelope.mean(), rel=5e-3)
    assert uv(channel, "p50_uv") == pytest.approx(np.median(envelope), rel=5e-3)
    assert uv(channel, "p90_uv") == pytest.approx(np.percentile(envelope, 90), rel=5e-3)


def test_analyze_agrees_with_the_live_chain_in_small_blocks() -> None:
    emg_uv = noise(300_000) + 20 * np.sin(np.arange(300_000) * 2 * np.pi * 50 / FS_HZ)
    chain = TensionChain(ChainSettings(FS_HZ, 1))
    blocks = [chain.process(b) for b in np.array_split(emg_uv[:, None], 1000)] + [chain.finish()]
    rows = np.concatenate([b.envelope_uv[:, 0] for b in blocks])[:: FS_HZ // 50]
    (channel,) = analyze(recording_of(emg_uv)).channels
    live = rows[-round(channel.figures.used_s * 50) :]  # the hum before it was removed is left out
    assert set(channel.figures.excluded_s) <= {"settling", "mains hum"}
    assert uv(channel, "max_uv") == live.max()
    assert uv(channel, "mean_uv") == pytest.approx(live.mean(), rel=1e-12)
    assert channel.mains_fraction is not None
    assert channel.mains_fraction > 0.5


def test_gaps_restart_the_chain() -> None:
    # A step of the offset across the gap would ring for long if the chain were not restarted.
    n = 10 * FS_HZ
    emg_uv = noise(2 * n)
    emg_uv[n:] += 50_000
    sample = np.concatenate([np.arange(n), np.arange(n + 4000, 2 * n + 4000)])
    result = analyze(recording_of(emg_uv, sample=sample))
    assert uv(result.channels[0], "max_uv") < 12
    assert (result.n_samples, result.lost_samples, result.duration_s) == (2 * n, 4000, 22.0)
    (bridged,) = analyze(recording_of(emg_uv)).channels
    assert bridged.figures.excluded_s["movement"] > 0.2  # which a step without a gap is


def test_a_piece_too_short_to_settle_is_skipped() -> None:
    n = 10 * FS_HZ
    emg_uv = noise(n + 300)
    emg_uv[n:] = 9e4
    sample = np.concatenate([np.arange(n), np.arange(2 * n, 2 * n + 300)])
    assert uv(analyze(recording_of(emg_uv, sample=sample)).channels[0], "max_uv") < 12


def test_clipping_is_found_at_the_limits_of_our_board_and_of_other_recordings(
    tmp_path: Path,
) -> None:
    constants = BoardConstants.from_hello(Hello([Channel(200_000, noise_nv=400)]))
    meta = SessionMeta(
        source="test", constants=constants, band=WIDE_META, window_s=0.25, tension_rate_hz=20
    )
    units = np.clip(512_000 + noise(20_000, 200_000), 0, 1_023_750).astype(np.int32)[:, None]
    with SessionWriter(tmp_path / "s", meta) as writer:
        writer.write_samples(0, units)
    recording, session = load_with_session(writer.folder)
    (channel,) = analyze(recording, session=session).channels
    at_rail = np.mean((units == 0) | (units == 1_023_750))
    assert at_rail <= channel.clipped_fraction < 1.3 * at_rail
    assert channel.noise_uv == 0.4
    slow = np.clip(900 * np.sin(np.arange(20_000) / 50), -500, 500) + noise(20_000, 1e-3)
    (channel,) = analyze(recording_of(np.clip(slow, -500, 500))).channels
    assert channel.clipped_fraction > 0.05


def test_json_has_the_promised_keys() -> None:
    result = analyze(recording_of(noise(20_000)), NARROW, "off", 0.5)
    found = json.loads(to_json(result))
    assert found == to_dict(result)
    assert (found["fs_hz"], found["duration_s"], found["n_samples"]) == (2000.0, 10.0, 20_000)
    assert (found["lost_samples"], found["band_hz"], found["band"]) == (0, [100, 200], "narrow")
    assert (found["mains"], found["window_s"], found["notes"]) == ("off", 0.5, [NOISE_UNKNOWN])
    (channel,) = found["channels"]
    assert list(channel["tension_uv"]) == ["mean", "p10", "p50", "p90", "max"]
    assert {"name", "mains_fraction", "clipped_fraction", "noise_uv"} <= set(channel)


def test_json_holds_no_nan() -> None:
    result = analyze(recording_of(noise(3000)), mains="auto")
    json.loads(to_json(result), parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_text_output_is_readable() -> None:
    file = io.StringIO()
    recording = recording_of(noise(20_000), notes=("taken as uV.",), band=WIDE_META)
    Console(file=file, width=100).print(render(analyze(recording, NARROW)))
    text = " ".join(file.getvalue().split())
    for word in ("10.0 s at 2000 Hz", "ch1", "narrow band 100-200 Hz", "Note: taken as uV."):
        assert word in text
    assert "recorded in the wide band, reviewed in the narrow band" in text


def test_removed_hum_is_reported() -> None:
    hum = noise(40_000, 2) + 30 * np.sin(np.arange(40_000) * 2 * np.pi * 50 / FS_HZ)
    result = analyze(recording_of(hum))
    (removed,) = result.channels[0].removed
    assert removed.kind == "hum"
    assert removed.hz == pytest.approx(50.0, abs=0.05)
    assert 2 < result.channels[0].figures.excluded_s["mains hum"] < 6
    assert uv(result.channels[0], "max_uv") < 5  # not the 21 uV of hum before its removal


def test_hum_at_the_other_mains_frequency_is_excluded() -> None:
    hum = noise(40_000, 2) + 30 * np.sin(np.arange(40_000) * 2 * np.pi * 60 / FS_HZ)
    (channel,) = analyze(recording_of(hum), mains="50").channels
    assert channel.figures.excluded_s["mains hum"] > 10


def test_a_tone_that_is_left_is_told_with_its_frequency_and_the_time_it_costs() -> None:
    tone = noise(40_000, 2) + 6 * np.sin(np.arange(40_000) * 2 * np.pi * 73 / FS_HZ)
    (channel,) = to_dict(analyze(recording_of(tone), mains="off"))["channels"]
    (left,) = channel["left"]
    assert (left["kind"], left["hz"]) == ("tone", pytest.approx(73.0, abs=0.5))
    assert left["seconds"] == pytest.approx(channel["excluded_s"]["tone"])
    assert channel["used_s"] < 2
    (channel,) = to_dict(analyze(recording_of(tone)))["channels"]
    assert channel["removed"][0]["hz"] == pytest.approx(73.0, abs=0.2)
    assert 1 < channel["left"][0]["seconds"] < 6  # until it is found


def test_hum_removed_from_the_start_excludes_nothing() -> None:
    hum = noise(40_000, 2) + 30 * np.sin(np.arange(40_000) * 2 * np.pi * 50 / FS_HZ)
    result = analyze(recording_of(hum), mains="50")
    (removed,) = result.channels[0].removed
    assert removed.kind == "hum"
    assert removed.hz == pytest.approx(50.0, abs=0.05)
    assert uv(result.channels[0], "max_uv") < 5


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"window_s": 0.0}, ["--window 0"]),
        ({"window_s": float("nan")}, ["--window nan"]),
        ({"window_s": 1e12}, ["10000 samples (5 s)", "shorter --window"]),
        ({"window_s": 4.9}, ["10000 samples (5 s)", "shorter --window"]),
        ({"window_s": 1e-9}, ["1e-09 s", "shorter than a sample"]),
        ({"mains": "55"}, ["'55'", "auto", "60"]),
    ],
)
def test_impossible_settings_are_refused(options: dict[str, Any], words: list[str]) -> None:
    with pytest.raises(InputError) as error:
        analyze(recording_of(noise(10_000)), **options)
    for word in words:
        assert word in str(error.value)


def test_a_rate_too_low_for_the_band_is_refused() -> None:
    slow = recording_of(noise(10_000), rate=Fraction(500))
    with pytest.raises(InputError, match=r"500 Hz is too low for the wide band.*990 Hz"):
        analyze(slow, WIDE)
    assert analyze(slow, NARROW).fs_hz == 500


@pytest.mark.parametrize("n", [0, 1, 100])
def test_too_few_samples_are_refused(n: int) -> None:
    with pytest.raises(InputError, match=rf"walk is too short: .* {n} samples .* longer recording"):
        analyze(recording_of(np.ones((n, 1))))


def test_a_real_recording_shows_rest_and_contractions() -> None:
    recording = load_recording(needs.recording("plux_rest_contraction/plux_rest_contraction.csv"))
    (channel,) = analyze(recording).channels
    assert 1.5 < uv(channel, "p10_uv") < 2.5
    assert 150 < uv(channel, "max_uv") < 500
    # The bursts: wherever the muscle is well above rest.
    band_uv = TensionChain(ChainSettings(recording.fs_hz, 1)).process(recording.emg_uv)
    in_burst = band_uv.envelope_uv[:, 0] > 5 * uv(channel, "p10_uv")
    assert np.sqrt(np.mean(band_uv.band_uv[in_burst] ** 2)) == pytest.approx(220, rel=0.1)


def test_time_without_muscle_signal_is_excluded_and_reported() -> None:
    hanging = 4000 * np.sqrt(2) * np.sin(2 * np.pi * 50 * np.arange(20_000) / FS_HZ)
    emg_uv = noise(40_000, 2)
    emg_uv[20_000:] += hanging
    (channel,) = analyze(recording_of(emg_uv)).channels
    assert 8 < channel.figures.excluded_s["no contact"] < 12
    assert uv(channel, "mean_uv") == pytest.approx(2 * np.sqrt(430 / 1000), rel=0.05)
    (clean,) = analyze(recording_of(noise(40_000))).channels
    assert set(clean.figures.excluded_s) == {"settling"}


def test_a_recording_without_muscle_signal_has_no_figures_and_says_why() -> None:
    flat = recording_of(np.zeros(20_000))
    found = to_dict(analyze(flat))["channels"][0]
    assert set(found["tension_uv"].values()) == {None}
    assert (found["used_s"], found["contractions"]) == (0.0, None)
    assert "usable signal" in found["why_not"]
