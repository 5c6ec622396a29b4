"""What the virtual board measures of itself, and its settings: PROTOCOL.md 4.2, 4.10, 4.11."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from unclench.errors import SourceError
from unclench.link.connection import Connection
from unclench.link.virtual.adc import Adc
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.inputs import RecordedInput, SyntheticInput, recording_hello
from unclench_wire import ids

CODES = 4096
UV_PER_CODE = 3_300_000 / CODES / 200


class TestSingleReadings:
    """The converter, reading by reading."""

    LEVELS = (0.3, 700.2, 2046.1, 2047.0, 2047.4, 2048.0, 2048.6, 3000.5, 4090.0)

    @pytest.mark.parametrize("corrected", [0.0, 1.0])
    @pytest.mark.parametrize("step", [0.0, 0.6, 1.0, 1.4])
    def test_single_readings_have_the_moments_of_the_sums(self, step, corrected):
        rng = np.random.default_rng(1)
        adc, n = Adc(0.97, step, corrected), 200_000
        for level in self.LEVELS:
            code = adc.readings(np.full(n, level), rng)
            reading = code - corrected * (code > 2047)
            sums = adc.sums(np.full(2000, level), 250, rng)
            # five standard errors, and half a point of the grid on which the moments are known
            error = 5 * reading.std() / np.sqrt(n) + 5 * sums.std() / 250 / np.sqrt(2000)
            assert reading.mean() == pytest.approx(sums.mean() / 250, abs=error + 0.006)
            assert reading.std() == pytest.approx(adc.noise_codes(level), rel=0.02, abs=1e-3)

    def test_code_2047_never_comes_and_no_code_leaves_the_converter(self):
        rng = np.random.default_rng(1)
        for step in (0.0, 0.6, 1.0, 1.4):
            codes = Adc(0.97, step, step).readings(np.linspace(-50, 4150, 500_000), rng)
            assert (codes.min(), codes.max()) == (0, CODES - 1)
            assert set(range(CODES)) - set(codes.tolist()) == {2047}

    def test_the_same_generator_gives_the_same_readings(self):
        one, two = (
            Adc(0.97, 1.0, 1.0).readings(np.full(99, 2047.2), np.random.default_rng(5))
            for _ in range(2)
        )
        np.testing.assert_array_equal(one, two)


class TestHistogram:
    """Counts of the converter's codes."""

    def test_counts_are_the_converters_raw_codes(self):
        counts = SyntheticInput("shorted").histogram(0, 1984, 500_000)
        assert len(counts) == ids.HISTOGRAM_CODES + 2
        assert sum(counts) == 500_000
        assert all(isinstance(count, int) for count in counts)
        codes = np.arange(1984, 1984 + 128)
        n = np.array(counts[:128])
        assert n[codes == 2047] == 0
        # the input rests at 2048: half of its noise lies above, a step of 1 higher, not corrected
        assert n[codes > 2047].sum() / 500_000 == pytest.approx(0.85, abs=0.01)
        assert n @ codes / n.sum() == pytest.approx(2048.35, abs=0.03)
        assert counts[-2:] == [0, 0]

    def test_setting_a_correction_does_not_change_the_histogram(self):
        plain, corrected = SyntheticInput("shorted"), SyntheticInput("shorted")
        plain.set_step(0)
        assert plain.histogram(0, 1984, 10_000) == corrected.histogram(0, 1984, 10_000)

    def test_readings_below_and_above_are_counted(self):
        at = {2100: (True, False), 1800: (False, True)}
        for first_code, (below, above) in at.items():
            counts = SyntheticInput("shorted").histogram(0, first_code, 1000)
            assert (counts[-2] == 1000, counts[-1] == 1000) == (below, above)
        counts = SyntheticInput("shorted").histogram(0, 2048, 1000)
        assert 50 < counts[-2] < 300
        assert counts[0] > 200
        assert sum(SyntheticInput("shorted").histogram(0, 4095, 1000)) == 1000

    def test_a_histogram_sees_the_muscle(self):
        codes = np.arange(1984, 2112)
        spread = {}
        for name in ("shorted", "mains-hum"):
            n = np.array(SyntheticInput(name).histogram(0, 1984, 500_000)[:128])
            mean = n @ codes / n.sum()
            spread[name] = np.sqrt(n @ (codes - mean) ** 2 / n.sum())
        # 25 uV of hum with its harmonics, what the sensor passes of it, in codes of 4 uV
        hum = np.sqrt(spread["mains-hum"] ** 2 - spread["shorted"] ** 2)
        assert hum == pytest.approx(26 / UV_PER_CODE, rel=0.15)

    @pytest.mark.parametrize(
        ("arguments", "words"),
        [
            ((3, 0, 1), "there is no channel 3; choose 0 to 2"),
            ((0, 4096, 1), "there is no code 4096; choose 0 to 4095"),
            ((0, 0, 0), "0 readings are not possible; choose 1 to 500000"),
            ((0, 0, 500_001), "500001 readings are not possible; choose 1 to 500000"),
        ],
    )
    def test_requests_that_are_refused(self, arguments, words):
        with pytest.raises(ValueError, match=words):
            SyntheticInput("shorted").histogram(*arguments)

    def test_the_largest_and_smallest_requests_fit(self):
        assert sum(SyntheticInput("shorted").histogram(2, 0, 1)) == 1
        assert SyntheticInput("shorted").histogram(0, 4095, 500_000)[-2] == 500_000


class TestNoise:
    """The noise that a board measures of itself."""

    @pytest.mark.parametrize("rate_hz", [1000, 2000, 4000])
    @pytest.mark.parametrize("channels", [1, 3])
    def test_measured_noise_agrees_with_the_announced_noise(self, rate_hz, channels):
        analog = SyntheticInput("shorted", channels, rate_hz)
        announced = [channel.noise_nv for channel in analog.hello().channels]
        for channel in range(channels):
            measured = [analog.noise(channel) for _ in range(8)]
            assert np.mean([nv for _, nv in measured]) == pytest.approx(
                announced[channel], rel=0.05
            )
            # half a code below 2048: a reading is the floor of what is converted
            assert np.mean([level for level, _ in measured]) == pytest.approx(2_047_500, abs=60)

    def test_a_muscle_is_measured_as_noise(self):
        analog = SyntheticInput("mains-hum")
        rms_nv = np.mean([analog.noise(0)[1] for _ in range(4)])
        assert rms_nv == pytest.approx(26_000, rel=0.1)

    def test_only_what_varies_between_20_and_450_hz(self, monkeypatch):
        analog = SyntheticInput("shorted")
        t = np.arange(8000) / 8000
        slow = 40 * np.sqrt(2) * np.sin(2 * np.pi * 10 * t)
        fast = 40 * np.sqrt(2) * np.sin(2 * np.pi * 700 * t)
        inside = 40 * np.sqrt(2) * np.sin(2 * np.pi * 100 * t)
        for wave, least, most in ((slow + fast, 0, 1500), (inside, 39_000, 41_000)):
            monkeypatch.setattr(analog._muscles[0], "next_second", lambda w=wave: w)
            assert least <= analog.noise(0)[1] <= most

    def test_values_are_referred_to_the_electrode_by_the_gain(self):
        near, far = SyntheticInput("shorted"), SyntheticInput("shorted")
        far.set_gain(0, 400_000)
        assert far.noise(0)[1] == pytest.approx(near.noise(0)[1] / 2, abs=1)

    def test_missing_and_disabled_channels_are_refused(self):
        analog = SyntheticInput("shorted", 2)
        with pytest.raises(ValueError, match="there is no channel 3; choose 0 to 2"):
            analog.noise(3)
        with pytest.raises(ValueError, match="channel 2 is off"):
            analog.noise(2)
        analog.noise(1)


class TestSettings:
    """What can be set, and what a recording refuses."""

    def test_stored_noise_is_what_hello_says(self):
        analog = SyntheticInput("shorted", 2)
        before = analog.hello().channels
        analog.set_noise(1, 345)
        after = analog.hello().channels
        assert (after[0].noise_nv, after[1].noise_nv) == (before[0].noise_nv, 345)
        analog.set_noise(1, 0)  # not measured
        assert analog.hello().channels[1].noise_nv == 0
        with pytest.raises(ValueError, match="there is no channel 3; choose 0 to 2"):
            analog.set_noise(3, 1)

    def test_defaults_restore_a_new_board(self):
        analog = SyntheticInput("shorted", 2, 4000)
        new = vars(analog.hello()) | {"channels": [vars(c) for c in analog.hello().channels]}
        analog.set_rate(1000)
        analog.set_channels(3)
        analog.set_gain(1, 100_000)
        analog.set_step(0)
        analog.set_noise(0, 9)
        assert analog.hello().channels[1].gain_milli == 100_000
        analog.set_defaults()
        again = vars(analog.hello()) | {"channels": [vars(c) for c in analog.hello().channels]}
        assert again == new
        analog.restart()
        assert analog.read(10)[1].shape == (10, 2)

    @pytest.mark.parametrize(
        ("name", "arguments", "words"),
        [
            ("set_noise", (0, 1), "a recording's noise cannot be changed"),
            ("set_defaults", (), "a recording's settings cannot be changed"),
            ("histogram", (0, 0, 1), "a recording has no converter whose codes"),
            ("noise", (0,), "a recording has no converter whose noise"),
        ],
    )
    def test_a_replayed_recording_refuses_settings_and_measurements(self, name, arguments, words):
        hello, units = recording_hello(np.ones((5, 1)), (1000, 1), "x", [None])
        with pytest.raises(ValueError, match=words):
            getattr(RecordedInput(hello, np.arange(5), units), name)(*arguments)


def test_a_histogram_arrives_over_the_wire(doors):
    connection = Connection(doors.inside(VirtualBoard(SyntheticInput("shorted")))(), "COM9")
    connection.handshake()
    body = connection.command(ids.CMD_HISTOGRAM, struct.pack("<BHI", 0, 1984, 1000), wait_s=5.0)
    assert sum(struct.unpack("<130I", body)) == 1000
    level, noise_nv = struct.unpack("<II", connection.command(ids.CMD_NOISE, b"\0", wait_s=5.0))
    assert (level, noise_nv) == (pytest.approx(2_047_500, abs=300), pytest.approx(170, abs=40))
    hello = connection.setting(ids.CMD_SET_NOISE, struct.pack("<BI", 0, 777))
    assert hello.channels[0].noise_nv == 777
    assert connection.setting(ids.CMD_SET_DEFAULTS).channels[0].noise_nv != 777
    with pytest.raises(SourceError, match="refused: there is no channel 9; choose 0 to 2"):
        connection.setting(ids.CMD_SET_NOISE, struct.pack("<BI", 9, 777))
    for command, args in ((ids.CMD_BLINK, b"\x05"), (ids.CMD_LIGHT, b"\x01\x80")):
        assert connection.command(command, args) == b""
    with pytest.raises(SourceError, match="refused: a virtual board has no prompt"):
        connection.command(ids.CMD_PROMPT)
    connection.close()
