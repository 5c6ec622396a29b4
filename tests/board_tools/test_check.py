"""Checking and calibrating boards whose figures are known."""

from __future__ import annotations

import json
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace

import numpy as np
import pytest
from tests import needs

from unclench.board import calibrate as calibrate_module
from unclench.board.calibrate import FIRST_CODE, calibrate, capture, store_step
from unclench.board.check import (
    ChannelCheck,
    CheckResult,
    check_board,
    noise_warnings,
    store_noise,
)
from unclench.board.stream import Stream
from unclench.board.verdict import judge, overall, to_json
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.link.messages import SampleFrame
from unclench.link.timing import SimulatedTime
from unclench.link.transport import TransportClosed, open_transport
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.faults import NO_FAULTS, Faults
from unclench.link.virtual.inputs import AnalogInput, RecordedInput, SyntheticInput, recording_hello
from unclench.profiles.known import PICO, RP2040, RP2040_STEP_LSB
from unclench_wire import ids
from unclench_wire.framing import FrameDecoder, encode_frame
from unclench_wire.messages import pack_error, pack_hello, pack_reply


@pytest.fixture
def connect() -> Iterator[Callable[..., Connection]]:
    """Connect to a virtual board with this analog input, in simulated time."""
    with ExitStack() as stack:

        def open_board(analog: AnalogInput, faults: Faults = NO_FAULTS) -> Connection:
            clock = SimulatedTime()
            board = VirtualBoard(analog, 1.0, faults, clock)
            stack.callback(board.close)
            connection = Connection(board.plug_in(), "COM9", clock=clock)
            stack.callback(connection.close)
            return connection

        yield open_board


@pytest.fixture
def connect_in_true_time(on_pty) -> Iterator[Callable[[AnalogInput], Connection]]:
    """Connect to a virtual board on a pseudo-terminal, as to a real one."""
    with ExitStack() as stack:

        def open_board(analog: AnalogInput) -> Connection:
            connection = Connection(open_transport(on_pty(VirtualBoard(analog))), "COM9")
            stack.callback(connection.close)
            return connection

        yield open_board


class TestCheck:
    """What a check measures."""

    def test_figures_that_the_model_knows(self, connect):
        analog = SyntheticInput("shorted", 2)
        seen: list[float] = []
        result = check_board(connect(analog), 5.0, progress=seen.append)
        assert (result.label, result.firmware) == ("virtual board: shorted", "0.1.0")
        assert (result.board_id, result.level, result.virtual) == ("7669727475616c01", 1, True)
        assert (result.seconds, result.n_samples, result.lost_samples) == (5.0, 10_000, 0)
        assert seen == pytest.approx(np.arange(1, 501) / 100)
        assert result.rate_hz == 2000.0
        assert set(result.counters) == set(ids.COUNTER_NAMES)
        assert result.step_lsb == 1.0
        announced = [channel.noise_nv / 1000 for channel in analog.hello().channels]
        for channel, noise_uv in zip(result.channels, announced, strict=True):
            assert channel.noise_uv == pytest.approx(noise_uv, rel=0.06)
            assert channel.stored_noise_uv == noise_uv
            assert (channel.mains_hz, channel.mains_uv) == (None, 0.0)
            assert channel.level_code == pytest.approx(2047.5, abs=0.01)
            assert channel.level_v == pytest.approx(2047.5 * 3.3 / 4096, abs=1e-4)
            assert channel.clipped_fraction == 0.0
            assert channel.converter_uv == pytest.approx(0.2391, abs=1e-4)  # 125 readings each
            assert channel.noise_uv == pytest.approx(channel.converter_uv, rel=0.06)
        assert result.oversampling == 125

    @needs.posix
    def test_the_same_in_true_time_as_in_simulated_time(self, connect, connect_in_true_time):
        def measured(connection):
            """All of a stream that does not depend on when its host has read it."""
            stream = Stream(connection.handshake(), connection.clock)
            connection.start()
            stream.listen(connection, 1.0, lambda signal_s: None)
            return np.concatenate(stream.whole_runs("COM9"))[:1000]

        simulated, true = (
            measured(open_it(SyntheticInput("desk-work", 2, seed=3)))
            for open_it in (connect, connect_in_true_time)
        )
        np.testing.assert_array_equal(simulated, true)

    @needs.posix
    def test_rate_and_answers_in_true_time(self, connect_in_true_time):
        result = check_board(connect_in_true_time(SyntheticInput("shorted")), 2.5)
        assert result.n_samples + result.lost_samples == round(result.seconds * 2000)
        assert result.rate_ppm is not None
        assert result.rate_error_ppm is not None
        # The machine is shared: the error tells how well the rate could be known.
        assert abs(result.rate_ppm) < 100 + 6 * result.rate_error_ppm
        assert result.measured_hz == pytest.approx(2000 * (1 + result.rate_ppm * 1e-6))
        assert result.echo_ms is not None
        assert result.echo_max_ms is not None
        assert 0 < result.echo_ms <= result.echo_max_ms

    def test_in_simulated_time_rate_and_answers_are_exact(self, connect):
        result = check_board(connect(SyntheticInput("shorted")), 3.0)
        assert result.rate_ppm == pytest.approx(0.0, abs=0.01)
        assert result.rate_error_ppm is not None
        assert result.rate_error_ppm < 0.01
        assert (result.echo_ms, result.echo_max_ms, result.echoes_lost) == (0.0, 0.0, 0)

    def test_a_check_leaves_the_board_idle(self, connect):
        connection = connect(SyntheticInput("shorted"))
        check_board(connection, 3.0)
        assert not any(isinstance(m, SampleFrame) for m in connection.read(0.1))
        assert not any(isinstance(m, SampleFrame) for m in connection.read(0.1))
        assert connection.handshake(2.0).flags & ids.FLAG_STREAMING == 0
        connection.setting(ids.CMD_SET_CHANNELS, b"\x02")

    def test_a_wrong_crystal_is_measured(self, connect):
        result = check_board(connect(SyntheticInput("shorted"), Faults(clock_ppm=20_000)), 4.0)
        assert result.rate_ppm == pytest.approx(20_000, abs=0.01)
        assert result.measured_hz == pytest.approx(2040)
        (rate,) = (item for item in judge(result) if item.name == "rate")
        assert rate.verdict == "not usable"
        assert "2000 Hz" in rate.advice

    @pytest.mark.parametrize("seconds", [3.0, 6.0])
    def test_hum_is_named_and_measured(self, connect, seconds):
        result = check_board(connect(SyntheticInput("mains-hum")), seconds)
        (channel,) = result.channels
        assert channel.mains_hz == 50
        assert channel.mains_uv == pytest.approx(25, rel=0.15)
        assert channel.noise_uv is not None
        assert channel.noise_uv > channel.mains_uv
        noise = next(item for item in judge(result) if item.name == "noise 1")
        assert noise.verdict == "usable"
        assert "mains hum of 50 Hz" in noise.found

    @pytest.mark.parametrize("scenario", ["relaxed", "clenching"])
    def test_a_muscle_is_no_hum(self, connect, scenario):
        (channel,) = check_board(connect(SyntheticInput(scenario)), 3.0).channels
        assert (channel.mains_hz, channel.mains_uv) == (None, 0.0)

    def test_without_measurable_noise_the_rest_is_still_checked(self, connect):
        n = 6000
        uv = np.random.default_rng(1).normal(0, 0.3, (n, 1)).round(3)
        hello, units = recording_hello(uv, (2000, 1), "x", [None])
        sample = np.arange(n) + 100 * (np.arange(n) // 1000)  # no second is whole
        result = check_board(connect(RecordedInput(hello, sample, units)), 2.9)
        assert result.channels[0].noise_uv is None
        assert result.lost_samples > 0
        assert next(i for i in judge(result) if i.name == "losses").verdict == "not usable"

    def test_losses_are_counted_and_gaps_not_bridged(self, connect):
        faults = Faults(corrupt=2e-4)
        result = check_board(connect(SyntheticInput("shorted"), faults), 4.0)
        assert result.lost_samples > 0
        assert result.gaps > 0
        assert result.bad_frames > 0
        assert result.channels[0].noise_uv == pytest.approx(0.17, rel=0.15)
        assert next(i for i in judge(result) if i.name == "losses").verdict != "good"

    def test_no_filter_sees_the_jump_in_a_gap(self, connect):
        rng, n = np.random.default_rng(1), 10_000
        uv = rng.normal(0, 3.0, (n, 1)).round(3)
        uv[n // 2 :] += 5000
        hello, units = recording_hello(uv, (2000, 1), "x", [None])
        sample = np.arange(n) + 700 * (np.arange(n) >= n // 2)
        result = check_board(connect(RecordedInput(hello, sample, units)), 4.5)
        assert (result.gaps, result.lost_samples) == (1, 700)
        assert result.channels[0].noise_uv == pytest.approx(3 * np.sqrt(430 / 1000), rel=0.05)


class ScriptedLine:
    """A line to a board in simulated time that streams what it is told to, then is silent.

    It hangs up when the stream begins, if it is to.
    """

    def __init__(self, clock: SimulatedTime, *script: bytes, hangs_up: bool = False) -> None:
        self._clock = clock
        self._script = script
        self._hangs_up = hangs_up
        self._hello = encode_frame(pack_hello(SyntheticInput("relaxed").hello()))
        self._to_host = b"\0" + self._hello
        self._decoder = FrameDecoder()

    def read(self, timeout_s: float) -> bytes:
        said, self._to_host = self._to_host, b""
        if not said:
            if self._hangs_up:
                raise TransportClosed("the port disappeared")
            self._clock.sleep(timeout_s)
        return said

    def write(self, data: bytes | bytearray | memoryview) -> int:
        for payload in self._decoder.feed(bytes(data)):
            body = self._script[0] if payload[0] == ids.CMD_HISTOGRAM else b""
            self._to_host += encode_frame(pack_reply(payload[0], payload[2], body))
            if payload[0] == ids.CMD_START:
                self._to_host += b"".join(self._script)
            if payload[0] == ids.CMD_SET_STEP:
                self._to_host += self._hello
        return len(data)

    def drain(self) -> None:
        pass

    def close(self) -> None:
        pass


def connect_to_script(*script: bytes, hangs_up: bool = False) -> Connection:
    clock = SimulatedTime()
    return Connection(ScriptedLine(clock, *script, hangs_up=hangs_up), "COM9", clock=clock)


class TestTroubleDuringACheck:
    """Boards that fail while they are checked."""

    def check(self, *script: bytes, hangs_up: bool = False) -> str:
        """What is said of a board that streams this."""
        with pytest.raises(SourceError) as error:
            check_board(connect_to_script(*script, hangs_up=hangs_up), 3.0)
        return str(error.value)

    def test_a_board_that_sends_no_samples(self):
        assert "sent no samples for 2 s" in self.check()

    def test_a_board_that_restarts(self):
        hello = encode_frame(pack_hello(SyntheticInput("relaxed").hello()))
        assert "restarted during the check" in self.check(hello)

    def test_a_board_that_reports_trouble(self):
        said = self.check(encode_frame(pack_error(0, 0, 6, "MemoryError.")))
        assert said == "The board on COM9 reports: MemoryError."

    def test_a_board_that_is_unplugged(self):
        assert "was disconnected during the check" in self.check(hangs_up=True)

    def test_a_far_too_slow_board_is_not_waited_for_without_end(self, connect):
        connection = connect(SyntheticInput("shorted"), Faults(clock_ppm=-100_000))
        stream = Stream(connection.handshake(), connection.clock)
        connection.start()
        before_s = connection.clock.now_s()
        stream.fs_hz *= 4  # as if its hello had said so
        stream.listen(connection, 4.0, lambda signal_s: None)
        assert connection.clock.now_s() - before_s == pytest.approx(4.0 * 1.5 + 2.0, abs=0.1)


def result_of(**changes) -> CheckResult:
    channel = ChannelCheck(0.2, 0.0, None, 0.21, 2048.0, 1.65, 0.0, 0.17)
    whole = CheckResult(
        *("COM9", "Kiefer", "0.1.0", "00", 1, False, 2000.0, 2000.1, 50.0, 5.0, 10.0),
        *(20_000, 0, 0, 0, dict.fromkeys(ids.COUNTER_NAMES, 0), 2.0, 9.0, 0, 1.0, 3.3, 250),
        (channel,),
    )
    own = {k: v for k, v in changes.items() if k in ChannelCheck.__dataclass_fields__}
    rest = {k: v for k, v in changes.items() if k not in own}
    return replace(whole, channels=(replace(channel, **own),), **rest)


class TestVerdict:
    """What is made of the figures."""

    def test_all_good(self):
        items = judge(result_of())
        assert [item.name for item in items] == [
            *("rate", "losses", "counters", "answers", "noise 1", "level 1", "step")
        ]
        assert {item.verdict for item in items} == {"good"}
        assert not any(item.advice for item in items)
        assert overall(items) == "good"

    @pytest.mark.parametrize(
        ("changes", "name", "verdict", "words"),
        [
            ({"rate_ppm": -190.0}, "rate", "good", ""),
            ({"rate_ppm": -300.0}, "rate", "usable", "2000 Hz"),
            ({"rate_ppm": 300.0, "rate_error_ppm": 50.0}, "rate", "good", ""),
            ({"rate_ppm": 2100.0}, "rate", "not usable", "another board"),
            ({"rate_error_ppm": 400.0}, "rate", "usable", "too busy"),
            ({"rate_ppm": None}, "rate", "usable", "The check was too short"),
            ({"lost_samples": 20, "gaps": 1}, "losses", "usable", "another cable"),
            ({"lost_samples": 21, "gaps": 1}, "losses", "not usable", "another cable"),
            ({"bad_frames": 1}, "losses", "usable", "another cable"),
            ({"echo_ms": 51.0}, "answers", "usable", "50 ms"),
            ({"echo_ms": 501.0}, "answers", "not usable", "50 ms"),
            ({"echo_ms": None}, "answers", "not usable", "does not answer"),
            ({"echoes_lost": 1}, "answers", "usable", "50 ms"),
            ({"noise_uv": 0.49}, "noise 1", "good", ""),
            ({"noise_uv": 0.51}, "noise 1", "usable", "below 0.5 uV. Look for a charger"),
            ({"noise_uv": 0.99}, "noise 1", "usable", "below 0.5 uV. Look for a charger"),
            ({"noise_uv": 1.01}, "noise 1", "usable", "More than 1 uV comes from a muscle"),
            ({"noise_uv": 1.01}, "noise 1", "usable", "electrodes to each other and run"),
            ({"noise_uv": 0.49, "oversampling": 500, "rate_hz": 1000.0}, "noise 1", "good", ""),
            (
                {"noise_uv": 0.51, "oversampling": 125, "rate_hz": 4000.0},
                "noise 1",
                "usable",
                "0.5",
            ),
            ({"noise_uv": 0.55, "oversampling": 80}, "noise 1", "good", ""),
            ({"noise_uv": 0.57, "oversampling": 80}, "noise 1", "usable", "below 0.557 uV"),
            ({"noise_uv": 1.04, "oversampling": 80}, "noise 1", "usable", "More than 1.03 uV"),
            ({"noise_uv": 101.0}, "noise 1", "not usable", "is not connected"),
            ({"noise_uv": 0.01}, "noise 1", "not usable", "stuck"),
            ({"noise_uv": None}, "noise 1", "usable", "too low to measure 20 to 450 Hz"),
            ({"clipped_fraction": 0.01}, "noise 1", "not usable", "cut off"),
            ({"mains_hz": 60, "mains_uv": 0.1}, "noise 1", "usable", "charger"),
            ({"level_v": 1.2}, "level 1", "good", ""),
            ({"level_v": 0.9}, "level 1", "usable", "1.65 V"),
            ({"level_v": 2.9}, "level 1", "not usable", "RAW"),
            ({"step_lsb": 0.0}, "step", "usable", "unclench board calibrate"),
        ],
    )
    def test_each_item(self, changes, name, verdict, words):
        items = judge(result_of(**changes))
        (item,) = (item for item in items if item.name == name)
        assert (item.verdict, words in item.advice) == (verdict, True)
        assert (item.advice == "") == (verdict == "good")
        assert {other.verdict for other in items if other is not item} == {"good"}
        assert overall(items) == verdict

    @pytest.mark.parametrize("name", ["fifo_overflows", "dma_overruns"])
    def test_counters_of_lost_readings(self, name):
        counters = dict.fromkeys(ids.COUNTER_NAMES, 0) | {name: 3}
        item = judge(result_of(counters=counters))[2]
        assert (item.verdict, f"{name.replace('_', ' ')}: 3" in item.found) == ("usable", True)

    def test_counts_of_one_are_singular(self):
        result = result_of(lost_samples=1, gaps=1, bad_frames=1)
        assert judge(result)[1].found == "1 of 20001 samples lost; gaps: 1; damaged frames: 1"

    def test_the_mains_frequency_is_named(self):
        found = judge(result_of(mains_hz=60, mains_uv=3.0))[4].found
        assert "mains hum of 60 Hz: 3.00" in found

    @pytest.mark.parametrize("noise_uv", [0.6, 8.15])
    def test_noise_that_may_be_a_muscles_leads_to_the_step_that_tells(self, noise_uv):
        noise = next(i for i in judge(result_of(noise_uv=noise_uv)) if i.name == "noise 1")
        assert noise.verdict == "usable"
        assert "`unclench board check shorted`" in noise.advice

    def test_figures_as_json(self):
        data = json.loads(to_json(result_of(noise_uv=0.3)))
        assert data["channels"][0]["noise_uv"] == 0.3
        assert data["verdict"] == "good"
        assert data["items"][0]["name"] == "rate"


class TestStoringNoise:
    """Which noise becomes the board's own."""

    def test_the_stored_noise_is_the_measured_one(self, connect):
        connection = connect(SyntheticInput("shorted", 2))
        result = check_board(connection, 3.0)
        stored = store_noise(connection, result)
        for said, measured in zip(stored.channels, result.channels, strict=True):
            assert measured.noise_uv is not None
            assert said.noise_nv == round(measured.noise_uv * 1000)

    @pytest.mark.parametrize("noise_uv", [1.4, 12.0, 140.0])
    def test_a_large_noise_is_stored_with_a_warning(self, connect, noise_uv):
        connection = connect(SyntheticInput("shorted"))
        connection.handshake()
        result = result_of(noise_uv=noise_uv)
        assert store_noise(connection, result).channels[0].noise_nv == round(noise_uv * 1000)
        (warning,) = noise_warnings(result)
        assert f"{noise_uv:.2f} uV of noise" in warning

    def test_a_usable_noise_needs_no_warning(self):
        assert noise_warnings(result_of(noise_uv=0.9)) == ()

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"noise_uv": 12.0, "steadiness": 2.4}, "varies by a factor of 2.4"),
            ({"noise_uv": 6.5, "seconds": 3.0}, "too short to tell it from a muscle"),
            ({"noise_uv": 300.0, "clipped_fraction": 0.02}, "2.0% of its samples"),
            ({"noise_uv": 0.0}, "0.00 uV"),
            ({"noise_uv": None}, "could not be measured"),
            ({"mains_hz": 50, "mains_uv": 0.1}, "mains hum"),
        ],
    )
    def test_noise_that_is_not_the_instruments_is_not_stored(self, connect, changes, words):
        analog = SyntheticInput("shorted")
        connection = connect(analog)
        connection.handshake()
        before = analog.hello().channels[0].noise_nv
        with pytest.raises(InputError) as error:
            store_noise(connection, result_of(**changes))
        assert words in str(error.value)
        assert "was not stored" in str(error.value)
        assert analog.hello().channels[0].noise_nv == before


class TestCalibrate:
    """Finding and storing the converter's step."""

    @pytest.mark.parametrize("step", [0.0, 0.6, 1.0, 1.4])
    @pytest.mark.parametrize("scenario", ["relaxed", "shorted", "mains-hum"])
    def test_the_step_of_the_model_is_found_and_stored(self, connect, scenario, step):
        uneven = RP2040.model_copy(update={"step_lsb": replace(RP2040_STEP_LSB, value=step)})
        board = PICO.model_copy(update={"converter": uneven})
        connection = connect(SyntheticInput(scenario, board=board))
        connection.handshake()
        told = []
        found = calibrate(connection, 0, 2.5, lambda *step: told.append(step))
        assert found.step_lsb == pytest.approx(step, abs=0.1)
        assert [done_s for done_s, _, _ in told] == [1.0, 2.0, 2.5]
        assert told[-1][1:] == (found, "")
        stored = store_step(connection, found.step_lsb)
        assert stored == pytest.approx(found.step_lsb, abs=0.0005)
        assert connection.handshake().step_mlsb == round(found.step_lsb * 1000)

    @needs.posix
    def test_on_a_pseudo_terminal(self, connect_in_true_time):
        connection = connect_in_true_time(SyntheticInput("relaxed", seed=3))
        connection.handshake()
        assert calibrate(connection, 0, 1.0).step_lsb == pytest.approx(1.0, abs=0.1)

    @pytest.mark.parametrize(
        ("offset_codes", "words"),
        [(-300, "below code 1984"), (300, "above code 2111"), (30, "at code 2078.5 +- 1.0")],
    )
    def test_an_input_that_sits_elsewhere(self, connect, monkeypatch, offset_codes, words):
        analog = SyntheticInput("shorted")
        muscle = analog._muscles[0]
        uv = np.full(8000, offset_codes * analog._uv_per_code(0))
        monkeypatch.setattr(muscle, "next_second", lambda: uv)
        connection = connect(analog)
        connection.handshake()
        told = []
        with pytest.raises(InputError) as error:
            calibrate(connection, 0, 1.0, lambda *step: told.append(step))
        assert words in str(error.value)
        assert "1.65 V" in str(error.value)
        assert told[-1][1] is None
        assert words in told[-1][2]

    def test_counts_arrive_unchanged(self, connect):
        connection = connect(SyntheticInput("shorted", seed=4))
        connection.handshake()
        direct = SyntheticInput("shorted", seed=4).histogram(0, FIRST_CODE, 5000)
        assert capture(connection, 0, 5000).tolist() == direct
        assert FIRST_CODE == 1984

    def test_it_waits_for_as_long_as_the_readings_last(self, monkeypatch):
        waited = []

        def command(command: int, args: bytes, wait_s: float) -> bytes:
            waited.append((command, args, wait_s))
            return bytes(520)

        connection = connect_to_script()
        monkeypatch.setattr(connection, "command", command)
        with pytest.raises(SourceError, match="counted 0 readings instead of the 250000 requested"):
            capture(connection, 1, 250_000)
        assert waited == [(ids.CMD_HISTOGRAM, struct.pack("<BHI", 1, 1984, 250_000), 1.5)]

    def test_a_board_with_fewer_counts(self):
        connection = connect_to_script(bytes(100))
        connection.handshake()
        with pytest.raises(SourceError, match="sent 25 counts instead of 130"):
            capture(connection, 0, 1000)
        with pytest.raises(SourceError, match=r"a step of 1\.000 codes after 0\.700 was set"):
            store_step(connection, 0.7)

    def test_too_short_to_count_anything(self, connect, monkeypatch):
        monkeypatch.setattr(calibrate_module, "_CONVERSIONS_HZ", 0)
        connection = connect(SyntheticInput("shorted"))
        connection.handshake()
        with pytest.raises(InputError, match="too short to count anything"):
            calibrate(connection, 0, 0.5)
