"""Sensors, converters and boards are data: a new one is an entry, and all else follows it."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from tests.commandline import run_command as run
from tests.wideboard import wide_board, widen

from unclench.errors import StoreError
from unclench.link.virtual.inputs import SyntheticInput
from unclench.profiles import known
from unclench.profiles.kinds import BoardProfile, ConverterProfile, Figure, SensorProfile
from unclench.profiles.known import BOARDS, MYOWARE_2, PICO, RP2040, SENSORS, profile_of
from unclench.store import open_session
from unclench_board.pins import ADC_PINS
from unclench_board.settings import GAIN_MILLI
from unclench_dsp import sensor_response
from unclench_wire import ids

DOCUMENT = Path(__file__).parents[2] / "docs" / "sensors.md"

NARROW_SENSOR = SensorProfile(
    name="toy",
    label="Toy sensor, OUT",
    gain=Figure(1000, "V/V", "made up", "chosen"),
    low_hz=Figure(80, "Hz", "made up", "chosen"),
    high_hz=Figure(160, "Hz", "made up", "chosen"),
    order=2,
    rest=Figure(0.4, "of the supply", "made up", "chosen"),
)
FINE_CONVERTER = ConverterProfile(
    name="fine",
    label="Fine converter",
    codes=Figure(65_536, "codes", "made up", "chosen"),
    full_scale_v=Figure(2.5, "V", "made up", "chosen"),
    conversions_hz=Figure(64_000, "1/s", "made up", "chosen"),
    noise_lsb=Figure(0.6, "LSB RMS", "made up", "chosen"),
)


@pytest.fixture
def toy(monkeypatch):
    monkeypatch.setitem(SENSORS, NARROW_SENSOR.name, NARROW_SENSOR)
    return NARROW_SENSOR


def recorded(folder: Path, source: str, seconds: int = 3) -> dict:
    """Record a source and return session.json."""
    arguments = ("--source", source, "--seconds", str(seconds), "--speed", "max")
    done = run("record", *arguments, "--out", str(folder))
    assert done.status == 0, done.err
    kept: dict = json.loads((folder / "session.json").read_text(encoding="utf-8"))
    return kept


def uv_of(sensor: SensorProfile, board: BoardProfile = PICO, seconds: int = 20) -> np.ndarray:
    """What a clenching muscle reads through a sensor, uV, shape (n_samples,)."""
    analog = SyntheticInput("clenching", board=board, sensor=sensor)
    hello = analog.hello()
    units = np.concatenate([analog.read(2000)[1] for _ in range(seconds)])
    return (units[:, 0] - hello.zero_unit) * hello.uv_per_unit(0)


def amplitude(emg_uv: np.ndarray, low_hz: float, high_hz: float) -> float:
    hz = np.fft.rfftfreq(len(emg_uv), 1 / 2000)
    inside = (hz >= low_hz) & (hz < high_hz)
    return float(np.linalg.norm(np.fft.rfft(emg_uv - emg_uv.mean())[inside]))


@pytest.mark.parametrize("name", SENSORS)
def test_a_session_keeps_every_known_sensor_with_its_figures(name, tmp_path):
    kept = recorded(tmp_path / "s", f"sim:relaxed?channels=2&sensor={name}")
    assert kept["constants"]["channels"][1]["gain_milli"] == SENSORS[name].gain_milli
    profile = open_session(tmp_path / "s").meta.profile
    assert profile is not None
    assert (profile.board, profile.sensors) == (PICO, (SENSORS[name],) * 2)


@pytest.mark.parametrize("sensor", SENSORS.values(), ids=lambda sensor: sensor.name)
def test_the_document_lists_every_known_sensor(sensor):
    low_hz, high_hz = sensor.band_hz
    known_band = "" if sensor.band_known else " (unverified)"
    row = f"| `{sensor.name}` | {sensor.label} | {sensor.gain.value:g} | {low_hz:g}-{high_hz:g} Hz"
    assert f"{row}{known_band} | {sensor.order} |" in DOCUMENT.read_text(encoding="utf-8")


@pytest.mark.parametrize("board", BOARDS.values(), ids=lambda board: board.name)
def test_the_document_lists_every_known_board(board):
    row = f"| `{board.name}` | {board.label} | {', '.join(board.inputs)} |"
    assert row in DOCUMENT.read_text(encoding="utf-8")


def test_no_two_known_sensors_share_a_gain_by_which_the_wire_tells_them():
    assert len({sensor.gain_milli for sensor in SENSORS.values()}) == len(SENSORS)


def test_the_profile_is_that_of_the_firmware():
    assert PICO.inputs == tuple(f"GP{pin}" for pin in ADC_PINS)
    assert PICO.max_channels == ids.MAX_CHANNELS
    assert MYOWARE_2.gain_milli == GAIN_MILLI


class TestANewSensor:
    """One that nobody has heard of, as an entry and nothing else."""

    def test_it_is_kept_with_the_session_and_named_in_the_report(self, toy, tmp_path):
        folder = tmp_path / "s"
        kept = recorded(folder, "sim:clenching?channels=3&sensor=toy", 20)
        assert [sensor["name"] for sensor in kept["profile"]["sensors"]] == ["toy"] * 3
        assert kept["profile"]["sensors"][2]["low_hz"] == {
            "value": 80,
            "unit": "Hz",
            "source": "made up",
            "status": "chosen",
        }
        page = tmp_path / "page.html"
        assert run("report", str(folder), "--output", str(page)).status == 0
        assert "simulated: Toy sensor, OUT (gain 1000, 80 to 160" in page.read_text(
            encoding="utf-8"
        )

    def test_its_band_is_seen_in_the_signal(self, toy):
        """Less of a muscle outside its corners; a uV in the band stays a uV."""
        usual, narrow = uv_of(MYOWARE_2), uv_of(toy)
        for band_hz in ((20, 30), (300, 400)):
            middle_hz = sum(band_hz) / 2
            shares = [
                sensor_response(middle_hz, sensor.band_hz, sensor.order)
                / sensor_response(110, sensor.band_hz, sensor.order)
                for sensor in (toy, MYOWARE_2)
            ]
            seen = [
                amplitude(emg_uv, *band_hz) / amplitude(emg_uv, 105, 115)
                for emg_uv in (narrow, usual)
            ]
            assert seen[0] / seen[1] == pytest.approx(float(shares[0] / shares[1]), rel=0.25)
        whole = [amplitude(emg_uv, 20, 450) for emg_uv in (narrow, usual)]
        assert whole[0] == pytest.approx(whole[1], rel=0.05)

    def test_it_rests_where_it_says(self, toy):
        emg_uv = uv_of(toy)
        rest_uv = (toy.rest.value - 0.5) * RP2040.full_scale_uv / toy.gain.value
        assert emg_uv.mean() == pytest.approx(rest_uv, rel=0.02)

    def test_another_gain_than_any_known_is_no_sensor_but_loses_nothing(self, tmp_path):
        hello = SyntheticInput("relaxed", 2).hello()
        hello.channels[1].gain_milli = 123_000
        profile = profile_of(hello)
        assert profile is not None
        assert profile.sensors == (MYOWARE_2, None)

    def test_an_unknown_name_gets_a_sentence(self, tmp_path):
        done = run("record", "--source", "sim:relaxed?sensor=ears", "--out", str(tmp_path / "s"))
        assert "'ears' is not a valid sensor of sim. Choose from myoware-2" in done.sentence()

    def test_one_that_is_faster_than_the_virtual_signal_is_refused(self):
        quick = MYOWARE_2.model_copy(
            update={"high_hz": Figure(5000, "Hz", "made up", "chosen"), "label": "Quick"}
        )
        with pytest.raises(ValueError, match="Quick passes up to 5000 Hz; less than 4000 Hz"):
            SyntheticInput("relaxed", sensor=quick)


class TestANewConverter:
    """More codes, another full scale, none missing."""

    BOARD = BoardProfile(
        name="fine",
        label="Fine board",
        converter=FINE_CONVERTER,
        inputs=("A", "B"),
        rates_hz=(2000,),
    )

    def test_microvolts_are_the_same_through_it(self):
        usual, fine = uv_of(MYOWARE_2), uv_of(MYOWARE_2, self.BOARD)
        np.testing.assert_allclose(fine, usual, atol=6)  # the Pico's own noise is most of it
        assert amplitude(fine, 20, 450) == pytest.approx(amplitude(usual, 20, 450), rel=0.01)

    def test_it_is_found_by_what_it_announces(self, monkeypatch):
        hello = SyntheticInput("relaxed", board=self.BOARD).hello()
        assert profile_of(hello) is None
        monkeypatch.setitem(BOARDS, "fine", self.BOARD)
        profile = profile_of(hello)
        assert profile is not None
        assert profile.board is self.BOARD

    def test_every_code_comes(self):
        analog = SyntheticInput("clenching", board=self.BOARD)
        middle = FINE_CONVERTER.n_codes // 2 - 64
        counts = np.array(analog.histogram(0, middle, 64_000)[:128])
        assert counts[40:90].all()


class TestMoreChannels:
    """As many as a board has inputs, once the wire carries them."""

    @pytest.fixture
    def source(self, monkeypatch):
        widen(monkeypatch, 8)
        return "sim:desk-work?board=wide&channels=8"

    def test_eight_channels_are_recorded_reviewed_and_reported(self, source, tmp_path):
        folder, page = tmp_path / "s", tmp_path / "page.html"
        recorded(folder, source, 20)
        recording = open_session(folder).load()
        assert recording.emg_uv.shape[1] == 8
        result = json.loads(run("analyze", str(folder), "--json").out)
        assert len(result["channels"]) == 8
        assert run("report", str(folder), "--output", str(page)).status == 0
        assert "channel 8" in page.read_text(encoding="utf-8")

    def test_a_board_with_more_inputs_than_the_wire_carries_gets_a_sentence(
        self, monkeypatch, tmp_path
    ):
        monkeypatch.setitem(BOARDS, "wide", wide_board(4))
        done = run("record", "--source", "sim:relaxed?board=wide", "--out", str(tmp_path / "s"))
        assert "Wide board has 4 inputs; the wire carries 3 channels" in done.sentence()


class TestFiguresThatCannotBe:
    """Each is refused in one sentence that names profile, figure, value and range."""

    @pytest.mark.parametrize(
        ("profile", "changes", "words"),
        [
            (MYOWARE_2, {"gain": 0}, "myoware-2: gain is 0, but a number from 1 to 100000"),
            (MYOWARE_2, {"gain": float("nan")}, "gain is nan"),
            (MYOWARE_2, {"low_hz": 600}, "low_hz is 600, but a number from 0.001 to 498.4"),
            (MYOWARE_2, {"rest": 1.5}, "rest is 1.5, but a number from 0 to 1"),
            (RP2040, {"full_scale_v": 0}, "rp2040: full_scale_v is 0"),
            (RP2040, {"missing_code": None}, "missing_code and step_lsb go together"),
            (RP2040, {"missing_code": 4095}, "missing_code is 4095, but a number from 1 to 4094"),
            (PICO, {"inputs": ("GP26", "GP26")}, "pico: GP26, GP26 name one input twice"),
            (
                PICO,
                {"rates_hz": (200_000,)},
                "rates_hz is 200000, but a number from 244.141 to 166667",
            ),
            (PICO, {"rates_hz": (100,)}, "rates_hz is 100"),
        ],
    )
    def test_a_sentence_says_which(self, profile, changes, words):
        given = profile.model_dump()
        for key, value in changes.items():
            if isinstance(given[key], dict):
                given[key]["value"] = value
            else:
                given[key] = value
        with pytest.raises(ValidationError, match=words):
            type(profile).model_validate(given)


class TestSessionJson:
    """What is kept, and what others make of it."""

    @pytest.fixture
    def folder(self, tmp_path):
        recorded(tmp_path / "s", "sim:relaxed?channels=2", 1)
        return tmp_path / "s"

    def test_what_a_newer_program_says_of_a_sensor_is_kept(self, folder):
        path = folder / "session.json"
        kept = json.loads(path.read_text(encoding="utf-8"))
        kept["profile"]["sensors"][0]["serial"] = "A17"
        kept["profile"]["colour"] = "green"
        path.write_text(json.dumps(kept), encoding="utf-8")
        assert run("sessions", "rename", str(folder), "Evening").status == 0
        again = json.loads(path.read_text(encoding="utf-8"))
        assert again["title"] == "Evening"
        assert again["profile"] == kept["profile"]

    def test_a_sensor_too_many_gets_a_sentence(self, folder):
        path = folder / "session.json"
        kept = json.loads(path.read_text(encoding="utf-8"))
        kept["profile"]["sensors"].append(None)
        path.write_text(json.dumps(kept), encoding="utf-8")
        with pytest.raises(StoreError, match=r"profile\.sensors has 3 entries.* has 2"):
            open_session(folder)

    def test_a_replay_keeps_it(self, folder, tmp_path):
        kept = recorded(tmp_path / "again", str(folder), 1)
        assert kept["profile"] == json.loads((folder / "session.json").read_text())["profile"]

    def test_a_strangers_recording_has_none(self, tmp_path):
        table = tmp_path / "a.csv"
        rows = "\n".join(f"{k / 1000},{k % 7}" for k in range(2000))
        table.write_text(f"time_s,emg_uv\n{rows}\n", encoding="utf-8")
        assert recorded(tmp_path / "s", str(table), 1)["profile"] is None


def test_what_is_assumed_where_nothing_is_announced_is_known():
    assert known.SENSOR in SENSORS.values()
    assert known.BOARD in BOARDS.values()
