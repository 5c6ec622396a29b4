"""Checking and calibrating boards whose figures are known, in-process and on a pseudo-terminal."""

from __future__ import annotations

import json
import os
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from unclench.board import calibrate as calibrate_module
from unclench.board import stream as stream_module
from unclench.board.calibrate import FIRST_CODE, calibrate, capture, store_step
from unclench.board.check import ChannelCheck, CheckResult, check_board, store_noise
from unclench.board.verdict import judge, overall, to_json
from unclench.errors import InputError, SourceError
from unclench.link.connection import Connection
from unclench.link.messages import SampleFrame
from unclench.link.transport import TransportClosed, open_transport, socket_pair
from unclench.link.virtual import inputs
from unclench.link.virtual.board import VirtualBoard
from unclench.link.virtual.faults import Faults
from unclench.link.virtual.inputs import RecordedInput, SyntheticInput, recording_hello
from unclench_wire import ids
from unclench_wire.framing import FrameDecoder, encode_frame
from unclench_wire.messages import pack_error, pack_hello, pack_reply

posix_only = pytest.mark.skipif(os.name != "posix", reason="pseudo-terminals are POSIX")


@pytest.fixture
def connect():
    """Connect to a virtual board; both are gone with the test."""
    ended: list[Callable[[], None]] = []

    def open_board(board: VirtualBoard, path: str | None = None, **options) -> Connection:
        transport = board.plug_in() if path is None else open_transport(path)
        connection = Connection(transport, "COM9", **options)
        ended.extend([connection.close, board.close])
        return connection

    yield open_board
    for end in ended:
        end()


class FastClock:
    """A clock that runs `speed` times as fast, for a board that does."""

    def __init__(self, speed: float) -> None:
        self._began_s = time.monotonic()
        self._speed = speed

    def __call__(self) -> float:
        return (time.monotonic() - self._began_s) * self._speed


class TestCheck:
    @pytest.mark.parametrize("door", ["inside", pytest.param("pty", marks=posix_only)])
    def test_figures_that_the_model_knows(self, connect, on_pty, door):
        analog = SyntheticInput("shorted", 2)
        board = VirtualBoard(analog)
        connection = connect(board, on_pty(board) if door == "pty" else None)
        seen = []
        result = check_board(connection, 5.0, progress=seen.append)
        assert (result.label, result.firmware) == ("virtual board: shorted", "0.1.0")
        assert (result.board_id, result.level, result.virtual) == ("7669727475616c01", 1, True)
        assert result.seconds == pytest.approx(5.0, abs=0.1)
        assert result.n_samples + result.lost_samples == round(result.seconds * 2000)
        assert seen[-1] == pytest.approx(5.0, abs=0.1)
        assert result.rate_hz == 2000.0
        # the machine is shared: the error tells how well the rate could be known
        assert abs(result.rate_ppm) < 100 + 6 * result.rate_error_ppm
        assert result.measured_hz == pytest.approx(2000 * (1 + result.rate_ppm * 1e-6))
        assert set(result.counters) == set(ids.COUNTER_NAMES)
        assert result.echo_ms <= result.echo_max_ms
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

    def test_it_leaves_the_board_idle(self, connect):
        board = VirtualBoard(SyntheticInput("shorted"))
        connection = connect(board)
        check_board(connection, 3.0)
        assert not any(isinstance(m, SampleFrame) for m in connection.read(0.1))
        assert not any(isinstance(m, SampleFrame) for m in connection.read(0.1))
        assert connection.handshake(2.0).flags & ids.FLAG_STREAMING == 0
        connection.setting(ids.CMD_SET_CHANNELS, b"\x02")

    def test_a_wrong_crystal_is_measured(self, connect):
        board = VirtualBoard(SyntheticInput("shorted"), faults=Faults(clock_ppm=20_000))
        result = check_board(connect(board), 4.0)
        assert result.rate_ppm == pytest.approx(20_000, abs=300 + 6 * result.rate_error_ppm)
        assert result.measured_hz == pytest.approx(2040, rel=1e-3)
        (rate,) = (item for item in judge(result) if item.name == "rate")
        assert rate.verdict == "not usable"
        assert "2000 Hz" in rate.advice

    def test_by_a_clock_of_ones_own(self, connect):
        """A board that runs at four times the speed, as an emulated one runs at a tenth."""
        clock = FastClock(4.0)
        board = VirtualBoard(SyntheticInput("shorted"), speed=4.0)
        result = check_board(connect(board), 6.0, clock)
        assert abs(result.rate_ppm) < 1000 + 6 * result.rate_error_ppm
        own = check_board(connect(VirtualBoard(SyntheticInput("shorted"), 4.0), clock=clock), 4.0)
        assert abs(own.rate_ppm) < 1000 + 6 * own.rate_error_ppm

    @pytest.mark.parametrize("seconds", [3.0, 6.0])
    def test_hum_is_named_and_measured(self, connect, seconds):
        result = check_board(connect(VirtualBoard(SyntheticInput("mains-hum"))), seconds)
        (channel,) = result.channels
        assert channel.mains_hz == 50
        assert channel.mains_uv == pytest.approx(25, rel=0.15)
        assert channel.noise_uv > channel.mains_uv
        noise = next(item for item in judge(result) if item.name == "noise 1")
        assert noise.verdict == "usable"
        assert "mains hum of 50 Hz" in noise.found

    @pytest.mark.parametrize("scenario", ["relaxed", "clenching"])
    def test_a_muscle_is_no_hum(self, connect, scenario):
        (channel,) = check_board(connect(VirtualBoard(SyntheticInput(scenario))), 3.0).channels
        assert (channel.mains_hz, channel.mains_uv) == (None, 0.0)

    def test_what_no_noise_can_be_told_of_is_checked_all_the_same(self, connect):
        n = 6000
        uv = np.random.default_rng(1).normal(0, 0.3, (n, 1)).round(3)
        hello, units = recording_hello(uv, (2000, 1), "x", [None])
        sample = np.arange(n) + 100 * (np.arange(n) // 1000)  # no second is whole
        result = check_board(connect(VirtualBoard(RecordedInput(hello, sample, units))), 2.9)
        assert result.channels[0].noise_uv is None
        assert result.lost_samples > 0
        assert next(i for i in judge(result) if i.name == "losses").verdict == "not usable"

    def test_losses_are_counted_and_gaps_not_bridged(self, connect):
        faults = Faults(corrupt=2e-4)
        result = check_board(connect(VirtualBoard(SyntheticInput("shorted"), faults=faults)), 4.0)
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
        result = check_board(connect(VirtualBoard(RecordedInput(hello, sample, units))), 4.5)
        assert (result.gaps, result.lost_samples) == (1, 700)
        assert result.channels[0].noise_uv == pytest.approx(3 * np.sqrt(430 / 1000), rel=0.05)


class Scripted:
    """A board that streams what it is told to, until its script ends."""

    def __init__(self, *script: bytes) -> None:
        self._ours, self.host = socket_pair()
        self._script = list(script)
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        hello = SyntheticInput("relaxed").hello()
        self._ours.write(b"\0" + encode_frame(pack_hello(hello)))
        decoder = FrameDecoder()
        try:
            while True:
                for payload in decoder.feed(self._ours.read(0.05)):
                    if payload[0] in (ids.CMD_START, ids.CMD_STOP):
                        self._ours.write(encode_frame(pack_reply(payload[0], payload[2])))
                    if payload[0] == ids.CMD_START:
                        for part in self._script:
                            self._ours.write(part)
                    if payload[0] == ids.CMD_HISTOGRAM:
                        answer = pack_reply(payload[0], payload[2], self._script[0])
                        self._ours.write(encode_frame(answer))
                    if payload[0] == ids.CMD_SET_STEP:
                        self._ours.write(encode_frame(pack_reply(payload[0], payload[2])))
                        self._ours.write(encode_frame(pack_hello(hello)))
        except TransportClosed:
            self._ours.close()


class TestTroubleDuringACheck:
    def check(self, *script: bytes, hang_up: bool = False) -> str:
        board = Scripted(*script)
        connection = Connection(board.host, "COM9")
        if hang_up:
            threading.Timer(0.3, board._ours.close).start()
        try:
            with pytest.raises(SourceError) as error:
                check_board(connection, 3.0)
        finally:
            connection.transport.close()
            board._thread.join(10)
        return str(error.value)

    def test_silence(self, monkeypatch):
        monkeypatch.setattr(stream_module, "_SILENT_S", 0.3)
        assert "sent no samples for 0.3 s" in self.check()

    def test_a_restart(self):
        hello = encode_frame(pack_hello(SyntheticInput("relaxed").hello()))
        assert "restarted during the check" in self.check(hello)

    def test_trouble_unasked(self):
        said = self.check(encode_frame(pack_error(0, 0, 6, "MemoryError.")))
        assert said == "The board on COM9 reports: MemoryError."

    def test_it_goes_away(self):
        assert "went away during the check" in self.check(hang_up=True)


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
            ({"rate_ppm": None}, "rate", "usable", "Too short"),
            ({"lost_samples": 20, "gaps": 1}, "losses", "usable", "another cable"),
            ({"lost_samples": 21, "gaps": 1}, "losses", "not usable", "another cable"),
            ({"bad_frames": 1}, "losses", "usable", "another cable"),
            ({"echo_ms": 51.0}, "answers", "usable", "50 ms"),
            ({"echo_ms": 501.0}, "answers", "not usable", "50 ms"),
            ({"echo_ms": None}, "answers", "not usable", "does not answer"),
            ({"echoes_lost": 1}, "answers", "usable", "50 ms"),
            ({"noise_uv": 0.49}, "noise 1", "good", ""),
            ({"noise_uv": 0.51}, "noise 1", "usable", "below 0.5 uV: look for a charger"),
            ({"noise_uv": 0.99}, "noise 1", "usable", "below 0.5 uV: look for a charger"),
            ({"noise_uv": 1.01}, "noise 1", "usable", "Above 1 uV: either a muscle, hum or a"),
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
            ({"noise_uv": 1.04, "oversampling": 80}, "noise 1", "usable", "Above 1.03 uV"),
            ({"noise_uv": 101.0}, "noise 1", "not usable", "hangs free"),
            ({"noise_uv": 0.01}, "noise 1", "not usable", "stuck"),
            ({"noise_uv": None}, "noise 1", "usable", "too low for 20 to 450 Hz, or no second"),
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
        assert (item.verdict, f"3 {name.replace('_', ' ')}" in item.found) == ("usable", True)

    def test_one_of_each_is_no_plural(self):
        result = result_of(lost_samples=1, gaps=1, bad_frames=1)
        assert judge(result)[1].found == "1 of 20001 samples lost in 1 gap, 1 damaged frame"

    def test_which_mains(self):
        found = judge(result_of(mains_hz=60, mains_uv=3.0))[4].found
        assert "3.00 of it mains hum of 60 Hz" in found

    @pytest.mark.parametrize("noise_uv", [0.6, 8.15])
    def test_noise_that_may_be_a_muscles_leads_to_the_step_that_tells(self, noise_uv):
        noise = next(i for i in judge(result_of(noise_uv=noise_uv)) if i.name == "noise 1")
        assert noise.verdict == "usable"
        assert "`unclench board check shorted`" in noise.advice

    def test_for_programs(self):
        data = json.loads(to_json(result_of(noise_uv=0.3)))
        assert data["channels"][0]["noise_uv"] == 0.3
        assert data["verdict"] == "good"
        assert data["items"][0]["name"] == "rate"


class TestStoringNoise:
    def test_what_was_measured_is_what_hello_says(self, connect):
        connection = connect(VirtualBoard(SyntheticInput("shorted", 2)))
        result = check_board(connection, 3.0)
        stored = store_noise(connection, result)
        assert [channel.noise_nv for channel in stored.channels] == [
            round(channel.noise_uv * 1000) for channel in result.channels
        ]

    @pytest.mark.parametrize(
        ("changes", "words"),
        [
            ({"noise_uv": 1.01}, "(1.01 uV) is not stored: an instrument's own is 0.02 to 1 uV"),
            ({"noise_uv": 1.04, "oversampling": 80}, "0.02 to 1.03 uV; connect the sensor's"),
            ({"noise_uv": 0.0}, "0.00 uV"),
            ({"noise_uv": None}, "none"),
            ({"mains_hz": 50, "mains_uv": 0.1}, "mains hum"),
        ],
    )
    def test_what_is_no_instruments_noise(self, connect, changes, words):
        analog = SyntheticInput("shorted")
        connection = connect(VirtualBoard(analog))
        connection.handshake()
        before = analog.hello().channels[0].noise_nv
        with pytest.raises(InputError) as error:
            store_noise(connection, result_of(**changes))
        assert words in str(error.value)
        assert "is not stored" in str(error.value)
        assert analog.hello().channels[0].noise_nv == before


class TestCalibrate:
    @pytest.mark.parametrize("step", [0.0, 0.6, 1.0, 1.4])
    @pytest.mark.parametrize("scenario", ["relaxed", "shorted", "mains-hum"])
    def test_the_step_of_the_model_is_found_and_stored(self, connect, monkeypatch, scenario, step):
        monkeypatch.setattr(inputs, "_STEP_LSB", step)
        connection = connect(VirtualBoard(SyntheticInput(scenario)))
        connection.handshake()
        told = []
        found = calibrate(connection, 0, 2.5, lambda *step: told.append(step))
        assert found.step_lsb == pytest.approx(step, abs=0.1)
        assert [done_s for done_s, _, _ in told] == [1.0, 2.0, 2.5]
        assert told[-1][1:] == (found, "")
        stored = store_step(connection, found.step_lsb)
        assert stored == pytest.approx(found.step_lsb, abs=0.0005)
        assert connection.handshake().step_mlsb == round(found.step_lsb * 1000)

    @posix_only
    def test_on_a_pseudo_terminal(self, connect, on_pty):
        board = VirtualBoard(SyntheticInput("relaxed", seed=3))
        connection = connect(board, on_pty(board))
        connection.handshake()
        assert calibrate(connection, 0, 1.0).step_lsb == pytest.approx(1.0, abs=0.1)

    @pytest.mark.parametrize(
        ("offset_codes", "words"),
        [(-300, "below 1984"), (300, "above 2111"), (30, "at code 2078.5 +- 1.0")],
    )
    def test_an_input_that_sits_elsewhere(self, connect, monkeypatch, offset_codes, words):
        analog = SyntheticInput("shorted")
        muscle = analog._muscles[0]
        uv = np.full(8000, offset_codes * analog._uv_per_code(0))
        monkeypatch.setattr(muscle, "next_second", lambda: uv)
        connection = connect(VirtualBoard(analog))
        connection.handshake()
        told = []
        with pytest.raises(InputError) as error:
            calibrate(connection, 0, 1.0, lambda *step: told.append(step))
        assert words in str(error.value)
        assert "1.65 V" in str(error.value)
        assert told[-1][1] is None
        assert words in told[-1][2]

    def test_counts_come_as_they_are(self, connect):
        connection = connect(VirtualBoard(SyntheticInput("shorted", seed=4)))
        connection.handshake()
        direct = SyntheticInput("shorted", seed=4).histogram(0, FIRST_CODE, 5000)
        assert capture(connection, 0, 5000).tolist() == direct
        assert FIRST_CODE == 1984

    def test_it_waits_for_as_long_as_the_readings_last(self, monkeypatch):
        waited = []
        connection = Connection(None, "COM9")
        monkeypatch.setattr(
            connection,
            "command",
            lambda command, args, wait_s: waited.append((command, args, wait_s)) or bytes(520),
        )
        with pytest.raises(SourceError, match="counted 0 readings, 250000 were asked for"):
            capture(connection, 1, 250_000)
        assert waited == [(ids.CMD_HISTOGRAM, struct.pack("<BHI", 1, 1984, 250_000), 1.5)]

    def test_a_board_with_fewer_counts(self):
        board = Scripted(bytes(100))
        connection = Connection(board.host, "COM9")
        connection.handshake()
        with pytest.raises(SourceError, match="sent 25 counts, 130 are expected"):
            capture(connection, 0, 1000)
        with pytest.raises(SourceError, match=r"takes off 1 code where 0\.700 were set"):
            store_step(connection, 0.7)
        connection.transport.close()
        board._thread.join(10)

    def test_too_short(self, connect, monkeypatch):
        monkeypatch.setattr(calibrate_module, "_CONVERSIONS_HZ", 0)
        connection = connect(VirtualBoard(SyntheticInput("shorted")))
        connection.handshake()
        with pytest.raises(InputError, match="too short to count anything"):
            calibrate(connection, 0, 0.5)
