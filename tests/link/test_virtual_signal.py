"""The synthetic muscle and its converter: physical, seeded, the same however it is read."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import signal

from unclench.link.virtual.adc import Adc
from unclench.link.virtual.inputs import RecordedInput, SyntheticInput, recording_hello
from unclench.link.virtual.muscle import Muscle
from unclench.link.virtual.scenarios import SCENARIOS, Scenario
from unclench_dsp import ChainSettings, TensionChain, units_to_uv
from unclench_wire.messages import Hello, pack_hello, unpack_hello

CODES = 4096
FloatArray = NDArray[np.float64]


def emg(
    scenario: str,
    seconds: int,
    *,
    channels: int = 1,
    rate_hz: int = 2000,
    seed: int = 1,
    step_mlsb: int | None = None,
) -> tuple[FloatArray, Hello]:
    """Microvolts at the electrode, (n_samples, n_channels), and the board's Hello."""
    analog = SyntheticInput(scenario, channels, rate_hz, seed)
    if step_mlsb is not None:
        analog.set_step(step_mlsb)
    analog.restart()
    units = np.concatenate([analog.read(rate_hz)[1] for _ in range(seconds)])
    hello = analog.hello()
    scale = np.array([hello.uv_per_unit(k) for k in range(channels)])
    return units_to_uv(units, hello.zero_unit, scale), hello


def band_rms(emg_uv: FloatArray, fs_hz: float) -> FloatArray:
    """RMS of each channel between 20 and 450 Hz, once the filter has settled."""
    sos = signal.butter(4, (20, 450), "bandpass", fs=fs_hz, output="sos")
    band = signal.sosfilt(sos, emg_uv, axis=0)[round(fs_hz / 2) :]
    return np.sqrt(np.mean(band**2, axis=0))


@given(
    scenario=st.sampled_from(sorted(SCENARIOS)),
    sizes=st.lists(st.integers(1, 900), min_size=1, max_size=30),
    seed=st.integers(0, 5),
    channels=st.integers(1, 3),
)
def test_the_signal_does_not_depend_on_how_it_is_read(scenario, sizes, seed, channels):
    parts = SyntheticInput(scenario, channels, seed=seed)
    got = [parts.read(n) for n in sizes]
    assert [first for first, _ in got] == [sum(sizes[:i]) for i in range(len(sizes))]
    whole = SyntheticInput(scenario, channels, seed=seed).read(sum(sizes))[1]
    np.testing.assert_array_equal(np.concatenate([units for _, units in got]), whole)


def test_seeds_and_channels_differ():
    first, _ = emg("relaxed", 3, channels=3)
    other, _ = emg("relaxed", 3, channels=3, seed=2)
    both = np.corrcoef(np.hstack([first, other]).T)
    assert np.abs(both - np.eye(6)).max() < 0.2
    np.testing.assert_array_equal(first, emg("relaxed", 3, channels=3)[0])


@pytest.mark.parametrize("rate_hz", [1000, 2000, 4000])
def test_the_relaxed_scenario_settles_near_2_uv(rate_hz):
    emg_uv, _ = emg("relaxed", 150, rate_hz=rate_hz)
    start = band_rms(emg_uv[: 10 * rate_hz], rate_hz)[0]
    late = band_rms(emg_uv[110 * rate_hz :], rate_hz)[0]
    assert 5 < start < 11
    assert 1.5 < late < 2.6


def test_the_clenching_scenario_stays_within_the_converters_range():
    emg_uv, _ = emg("clenching", 90)
    chain = TensionChain(ChainSettings(2000.0, 1))
    tension = chain.process(emg_uv)
    settled = tension.envelope_uv[~tension.settling]
    assert 1.5 < np.percentile(settled, 20) < 3.5  # a jaw at rest
    assert 80 < settled.max() < 260  # peaks of 60-200 uV; a moving RMS of noise scatters
    assert np.mean(settled > 30) > 0.15


def test_desk_work_is_between_rest_and_clenching():
    emg_uv, _ = emg("desk-work", 60, channels=3)
    left, middle, right = band_rms(emg_uv, 2000)
    assert 30 > left > middle > right > 3


def test_mains_hum_is_25_uv_with_harmonics():
    emg_uv, _ = emg("mains-hum", 40)
    f, power = signal.periodogram(emg_uv[:, 0], 2000.0, window="flattop", scaling="spectrum")
    at = [np.sqrt(power[np.abs(f - line) < 1].max()) for line in (50, 150, 250, 350)]
    gain = [abs(1 / (1 - 20.8j / line) / (1 + 1j * line / 498.4)) for line in (50, 150, 250, 350)]
    # The flat-top window reads a line's power; three bins of it are summed by none.
    assert np.allclose(at, 25 * np.array([1, 0.3, 0.12, 0.05]) * gain, rtol=0.1)


def test_the_heartbeat_scenario_beats():
    emg_uv, _ = emg("heartbeat", 60)
    slow = signal.sosfiltfilt(
        signal.butter(2, (1, 25), "bandpass", fs=2000, output="sos"), emg_uv.T
    )
    peaks, _ = signal.find_peaks(slow[0], height=15, distance=800)
    assert 60 < len(peaks) < 72  # 66 a minute


def test_the_poor_contact_scenario_loses_and_regains_contact():
    emg_uv, _ = emg("poor-contact", 28)
    rms = np.sqrt(np.mean(emg_uv[:, 0].reshape(28, 2000) ** 2, axis=1))
    on = [k % 14 in range(1, 8) for k in range(28)]
    off = [k % 14 in range(9, 13) for k in range(28)]
    assert rms[on].max() < 30
    assert rms[off].min() > 1000


def test_a_lost_electrode_clips_at_the_rails(monkeypatch):
    loud = Muscle(rest_uv=2.0, contact_s=(8.0, 6.0), off_mains_uv=40_000.0)
    monkeypatch.setitem(SCENARIOS, "loud", Scenario("", lambda _: loud))
    analog = SyntheticInput("loud")
    hello = analog.hello()
    units = np.concatenate([analog.read(2000)[1] for _ in range(14)])
    assert units.min() == hello.low_unit == 0
    assert units.max() == hello.high_unit
    assert np.mean((units == hello.low_unit) | (units == hello.high_unit)) > 0.1


@pytest.mark.parametrize("channels", [1, 2, 3])
@pytest.mark.parametrize("rate_hz", [1000, 2000, 4000])
def test_the_shorted_scenario_has_the_announced_noise(rate_hz, channels):
    emg_uv, hello = emg("shorted", 30, channels=channels, rate_hz=rate_hz)
    assert emg_uv.shape == (30 * rate_hz, channels)
    assert hello.oversampling == 500_000 // rate_hz // channels
    announced = np.array([channel.noise_nv / 1000 for channel in hello.channels])
    assert band_rms(emg_uv, rate_hz) == pytest.approx(announced, rel=0.1)
    assert 0.1 < announced[0] < 0.7  # 0.97 LSB a reading, averaged
    assert [channel.skew_ns for channel in hello.channels] == [2000 * k for k in range(channels)]
    told = unpack_hello(pack_hello(hello))
    assert told.uv_per_unit(0) == hello.uv_per_unit(0) <= 0.25


def test_a_sensor_does_not_follow_the_gain_that_is_set():
    told, believed = SyntheticInput("bench-signal"), SyntheticInput("bench-signal")
    believed.set_gain(0, 250_000)
    np.testing.assert_array_equal(told.read(4000)[1], believed.read(4000)[1])
    assert believed.hello().uv_per_unit(0) == pytest.approx(told.hello().uv_per_unit(0) * 200 / 250)


def test_the_known_signal_is_100_uv_behind_the_sensor():
    emg_uv, _ = emg("bench-signal", 10, channels=2)
    t = np.arange(1000, len(emg_uv)) / 2000
    basis = np.stack([np.cos(220 * np.pi * t), np.sin(220 * np.pi * t), np.ones(len(t))], axis=1)
    fitted, residual_uv2, _, _ = np.linalg.lstsq(basis, emg_uv[1000:], rcond=None)
    passed = abs(1 / (1 - 20.8j / 110) / (1 + 110j / 498.4)) * np.sinc(110 / 2000)
    assert np.hypot(*fitted[:2]) / np.sqrt(2) == pytest.approx(100 * passed, rel=2e-3)
    assert np.sqrt(residual_uv2 / len(t)).max() < 0.5  # nothing else but the converter


def test_bench_scenarios_have_hum_from_a_hand_and_more_from_a_charger():
    quiet, hand, charger = (
        band_rms(emg(name, 20)[0], 2000)[0]
        for name in ("shorted", "bench-hands-on", "bench-charger")
    )
    assert quiet < 0.2
    assert np.sqrt(hand**2 - quiet**2) == pytest.approx(0.6, rel=0.1)
    assert charger == pytest.approx(6, rel=0.1)


def test_the_spectrum_is_that_of_surface_emg():
    emg_uv, _ = emg("clenching", 120)
    chain = TensionChain(ChainSettings(2000.0, 1))
    envelope = chain.process(emg_uv).envelope_uv[:, 0]
    clenched = emg_uv[: len(envelope)][envelope > 30, 0]
    f, power = signal.welch(clenched - clenched.mean(), 2000.0, nperseg=1024)
    share = np.cumsum(power) / power.sum()
    assert 60 < f[np.searchsorted(share, 0.5)] < 120
    assert 1 - share[np.searchsorted(f, 500)] < 0.05


class TestConverter:
    """The converter's sums of many readings."""

    LEVELS = np.array([0.3, 700.2, 2046.1, 2047.0, 2047.4, 2048.0, 2048.6, 3000.5, 4090.0])

    @staticmethod
    def readings(level, n, noise_lsb, step_lsb, corrected_lsb, rng):
        """Single readings, one by one: what the board's converter and summing loop do."""
        at = level + noise_lsb * rng.standard_normal(n)
        above = at >= 2048 - step_lsb
        code = np.floor(np.where(above, at + step_lsb, np.minimum(at, 2046.99)))
        return np.clip(code, 0, CODES - 1) - corrected_lsb * above

    @pytest.mark.parametrize(
        ("step", "corrected"), [(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (1.4, 1.0)]
    )
    def test_sums_agree_with_single_readings(self, step, corrected):
        rng = np.random.default_rng(3)
        adc, n_readings, n_sums = Adc(0.97, step, corrected), 250, 2000
        for level in self.LEVELS:
            single = self.readings(level, (n_sums, n_readings), 0.97, step, corrected, rng)
            brute = single.sum(axis=1)
            drawn = adc.sums(np.full(n_sums, level), n_readings, rng)
            # five standard errors of the difference of two means, and of two variances
            error = np.sqrt((brute.var() + drawn.var()) / n_sums)
            assert abs(brute.mean() - drawn.mean()) < 5 * error + 0.006 * n_readings
            if brute.var() > 1:
                assert brute.var() == pytest.approx(drawn.var(), rel=5 * np.sqrt(4 / n_sums))
        assert adc.noise_codes(1000.0) == pytest.approx(np.sqrt(0.97**2 + 1 / 12), rel=1e-3)

    def test_no_reading_is_code_2047(self):
        rng = np.random.default_rng(1)
        assert 2047 not in self.readings(2047.5, 10_000, 0.97, 1.0, 0.0, rng)

    def test_the_step_inflates_a_relaxed_muscle_and_the_correction_removes_that(self):
        """Field notes, section 2: 1-2 uV read as up to 1.8-2.5 times as much."""
        true_uv = band_rms(emg("relaxed", 130)[0][-40_000:], 2000)[0]
        wrong_uv = band_rms(emg("relaxed", 130, step_mlsb=0)[0][-40_000:], 2000)[0]
        floor_uv = emg("shorted", 1)[1].channels[0].noise_nv / 1000
        assert np.sqrt(true_uv**2 - floor_uv**2) == pytest.approx(1.9, rel=0.25)
        assert 1.2 < wrong_uv / true_uv < 2.5
        clench = band_rms(emg("clenching", 40)[0], 2000)[0]
        assert band_rms(emg("clenching", 40, step_mlsb=0)[0], 2000)[0] / clench < 1.1

    @pytest.mark.parametrize("level", [-100.0, CODES + 100.0])
    def test_voltages_beyond_the_rails_read_as_the_rails(self, level):
        rng = np.random.default_rng(1)
        sums = Adc(0.97, 1.0, 1.0).sums(np.full(100, level), 250, rng)
        rail = 0 if level < 0 else 250 * (CODES - 1 - 1.0)  # its correction taken off
        assert sums == pytest.approx(rail, abs=1e-6 * 250 * CODES)


class TestRecordings:
    """Recordings as an analog input."""

    @given(
        steps=st.lists(st.integers(1, 4), min_size=1, max_size=200),
        sizes=st.lists(st.integers(1, 50), min_size=1, max_size=250),
    )
    def test_a_replay_sends_rows_and_gaps_unchanged(self, steps, sizes):
        sample = np.cumsum(steps)
        units = np.arange(len(sample), dtype=np.int32)[:, None]
        hello, _ = recording_hello(np.zeros((1, 1)), (1000, 1), "x", [None])
        analog = RecordedInput(hello, sample, units)
        for _ in range(2):
            got: list[int] = []
            rows: list[int] = []
            for n in sizes:
                if (block := analog.read(n)) is not None:
                    assert 1 <= len(block[1]) <= n
                    got += range(block[0], block[0] + len(block[1]))
                    rows += block[1][:, 0].tolist()
            assert got == sample[: len(got)].tolist()
            assert rows == list(range(len(got)))
            analog.restart()

    @given(
        exponent=st.integers(-3, 9),
        digits=st.integers(0, 6),
        seed=st.integers(0, 2**32 - 1),
    )
    def test_any_amplitude_fits_the_wire(self, exponent, digits, seed):
        uv = np.random.default_rng(seed).uniform(-1, 1, (50, 2)) * 10.0**exponent
        if exponent + digits <= 6:
            uv = uv.round(digits)
        hello, units = recording_hello(uv, (1000, 1), "x", [None, 0.5])
        told = unpack_hello(pack_hello(hello))
        assert np.abs(units).max() < 2**23
        back = units_to_uv(units, told.zero_unit, told.uv_per_unit(0))
        half_unit = told.uv_per_unit(0) / 2
        assert np.abs(back - uv).max() <= half_unit * (1 + 1e-9)
        assert half_unit <= max(0.5e-6, 10 * np.abs(uv).max() / 2**24)
        assert (told.channels[0].noise_nv, told.channels[1].noise_nv) == (0, 500)
        assert told.high_unit >= units.max()
        assert told.low_unit <= units.min()

    def test_a_silent_recording_can_be_replayed(self):
        hello, units = recording_hello(np.zeros((3, 1)), (1000, 1), "x", [None])
        assert units.tolist() == [[0], [0], [0]]
        pack_hello(hello)
