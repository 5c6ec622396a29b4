"""The signal check, through the whole pipeline: each trouble lights its own lamp, and only that."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests import needs
from tests.limits import HANG_LIMIT_S

from unclench.link.virtual.board import MAX_SPEED
from unclench.link.virtual.jolts import Jolts
from unclench.link.virtual.muscle import Muscle
from unclench.link.virtual.scenarios import SCENARIOS, Scenario
from unclench.live.blocks import LiveBlock, LiveSettings, StreamInfo
from unclench.live.pipeline import Pipeline
from unclench.sources import open_source
from unclench.store import load_recording
from unclench.store.events.event import Event
from unclench.training.placement.check import ITEMS, Colour, Interference, Light, SensorCheck
from unclench_dsp import NARROW, WIDE, Band

KNOWN_S = 12.0  # by then every light is known
SWINGS = Jolts("tug", 20.0, (150.0, 300.0))
Seen = list[tuple[float, dict[str, Light]]]


class AskedCheck:
    """A sensor check that is asked about its first channel every half second of signal."""

    def __init__(self, info: StreamInfo) -> None:
        self.info = info
        self.check = SensorCheck(info)
        self.lights: Seen = []
        self.meter: list[tuple[float, Interference | None]] = []
        self.blocks: list[LiveBlock] = []

    def feed(self, block: LiveBlock) -> None:
        self.check.block(block)
        self.blocks.append(block)
        if block.stop % round(self.info.fs_hz / 2) == 0:
            at_s = block.stop / self.info.fs_hz
            self.lights.append((at_s, {light.item: light for light in self.check.result(0)}))
            self.meter.append((at_s, self.check.interference(0)))


class BlockSink:
    """A sink that keeps the blocks and the events."""

    def __init__(self) -> None:
        self.blocks: list[LiveBlock] = []
        self.events: list[Event] = []

    def block(self, block: LiveBlock) -> None:
        self.blocks.append(block)

    def event(self, event: Event) -> None:
        self.events.append(event)


def pieces(block: LiveBlock, n: int) -> Iterator[LiveBlock]:
    """A block in pieces that begin at whole multiples of `n`, as if it had come so."""
    for start in range(block.first // n * n, block.stop, n):
        piece = block.between(start, start + n)
        assert piece is not None
        known = tuple(state for state in block.states if state[0] <= piece.stop)
        known_hz = tuple(hz for hz in block.left_hz if hz[0] <= piece.stop)
        yield replace(piece, states=known, left_hz=known_hz)


def ask(source: str, seconds: float | None = 30.0, band: Band = WIDE) -> AskedCheck:
    """Play a source at full speed, and ask a check as if it had come in tenths of a second."""
    opened = open_source(source, speed=MAX_SPEED)
    settings = LiveSettings(band)
    pipeline = Pipeline.connect(
        opened.reader(), opened.name, settings, opened.channel_names, seconds
    )
    info, kept = pipeline.info, BlockSink()
    try:
        pipeline.start([SensorCheck(info), kept])
        assert pipeline.wait(HANG_LIMIT_S), "the source does not end"
    finally:
        pipeline.stop()
        opened.close()
    asking = AskedCheck(info)
    for block in kept.blocks:
        for piece in pieces(block, round(info.fs_hz / 10)):
            while kept.events and kept.events[0].sample <= piece.stop:
                asking.check.event(kept.events.pop(0))
            asking.feed(piece)
    return asking


def colours(seen: Iterable[tuple[float, dict[str, Light]]], item: str) -> set[str]:
    return {lights[item].colour for at_s, lights in seen if at_s > KNOWN_S}


def save_csv(path: Path, emg_uv: np.ndarray, fs_hz: float = 1000.0) -> str:
    table = np.column_stack([np.arange(len(emg_uv)) / fs_hz, emg_uv])
    np.savetxt(path, table, "%.7g", ",", header="time_s,emg", comments="")
    return str(path)


def muscle_uv(n: int, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return np.convolve(rng.normal(size=n + 2), (1.0, 0.0, -1.0), "valid") * 1.4


def always(muscle: Muscle) -> Scenario:
    """Every channel on the same muscle."""
    return Scenario("", lambda channel: muscle)


@pytest.fixture(autouse=True)
def _more_scenarios(monkeypatch: pytest.MonkeyPatch) -> None:
    relaxed, clenching = (SCENARIOS[name].muscle(0) for name in ("relaxed", "clenching"))
    for name, muscle in {
        "moving": replace(relaxed, jolts=(SWINGS,)),
        "cut-off": replace(clenching, offset_uv=8000.0),
        "60-hz": replace(relaxed, mains_uv=6.0, mains_hz=60.0),
        "moving-heart": replace(relaxed, heart_uv=80, jolts=(SWINGS,)),
    }.items():
        monkeypatch.setitem(SCENARIOS, name, always(muscle))


def test_a_good_signal_is_green_all_over() -> None:
    seen = ask("sim:relaxed").lights
    assert {item: colours(seen, item) for item in ITEMS} == {item: {"green"} for item in ITEMS}
    assert tuple(seen[-1][1]) == ITEMS
    assert not any(light.try_this for light in seen[-1][1].values())


@pytest.mark.parametrize(
    ("scenario", "items", "colour", "value"),
    [
        ("mains-hum", {"mains hum"}, "amber", "µV of 50 Hz hum"),
        ("60-hz", {"mains hum"}, "amber", "µV of 60 Hz hum"),
        ("moving", {"movement"}, "amber", "µV of slow swings"),
        ("moving-heart", {"movement"}, "amber", "µV of slow swings"),
    ],
)
def test_each_trouble_turns_only_its_own_light(
    scenario: str, items: set[str], colour: Colour, value: str
) -> None:
    seen = ask(f"sim:{scenario}?seed=3").lights
    assert {item for item in ITEMS if colours(seen, item) != {"green"}} == items
    _, last = seen[-1]
    worst: dict[Colour, Light] = {
        light.colour: light for light in last.values() if light.colour != "green"
    }
    assert value in worst[colour].value
    assert all(light.try_this for light in worst.values())


def test_a_tone_is_told_with_its_frequency_when_it_is_left_and_when_it_is_removed() -> None:
    seen = ask("sim:steady-tone?seed=3").lights
    told = [(one.colour, one.value) for _, lights in seen if (one := lights["mains hum"])]
    left, removed = told.index(("red", "tone at 73 Hz")), told.index(("amber", "tone at 73 Hz"))
    assert left < removed
    assert set(told[removed:]) == {told[removed]}


def test_contractions_leave_all_lights_green() -> None:
    seen = ask("sim:clenching?seed=2").lights
    assert {item: colours(seen, item) for item in ITEMS} == {item: {"green"} for item in ITEMS}


def test_instrument_noise_alone_is_not_a_muscle() -> None:
    seen = ask("sim:shorted?seed=2").lights
    assert colours(seen, "contact") == {"amber"}
    assert {colour for item in ITEMS[1:] for colour in colours(seen, item)} == {"green"}


def test_desk_work_shows_movement_and_no_heartbeat() -> None:
    seen = ask("sim:desk-work?seed=1", 90).lights
    assert colours(seen, "heartbeat") == {"green"}
    assert colours(seen, "movement") == {"green", "amber"}  # twice a minute


def test_without_contact_all_other_lights_are_grey() -> None:
    seen = ask("sim:poor-contact").lights
    off = [lights for _, lights in seen if lights["contact"].colour == "red"]
    assert len(off) > 10
    assert all(lights[item].colour == "grey" for lights in off for item in ITEMS[1:])
    assert "Press every electrode on" in off[0]["contact"].try_this
    # 4 mV of hum of the hanging electrode never light a lamp of their own, neither before the
    # loss is noticed nor after contact is back.
    on = [lights for _, lights in seen if lights["contact"].colour == "green"]
    assert {lights["mains hum"].colour for lights in on} == {"grey", "amber"}  # 3 uV on the skin
    assert {lights[item].colour for lights in on for item in ("movement", "clipping")} <= {
        "grey",
        "green",
    }


def test_a_signal_that_is_cut_off_says_so_and_for_ten_seconds_that_it_was() -> None:
    seen = ask("sim:cut-off?seed=1", 60).lights
    assert colours(seen, "clipping") >= {"red", "amber"}
    for _, lights in seen:
        if lights["clipping"].colour in ("red", "amber"):
            assert lights["heartbeat"].colour == lights["movement"].colour == "grey"
            assert lights["clipping"].try_this


@pytest.mark.parametrize("band", [WIDE, NARROW])
def test_a_heart_is_told_and_does_no_harm(band: Band) -> None:
    _, last = ask("sim:heartbeat", band=band).lights[-1]
    assert last["heartbeat"].colour == "green"
    assert "beats a minute" in last["heartbeat"].value
    assert "It is removed from the tension" in last["heartbeat"].sentence


def test_a_real_heart_in_a_real_resting_muscle(tmp_path: Path) -> None:
    """A thumb at rest (seconds without a contraction), a lead II scaled to R peaks of 100 uV."""
    rest_csv = needs.recording("plux_rest_contraction/plux_rest_contraction.csv")
    ecg_h5 = needs.recording("plux_ecg/ecg_20_sec_1000_Hz.h5")
    emg_uv = load_recording(rest_csv).emg_uv[:, 0]
    seconds = emg_uv[: len(emg_uv) // 1000 * 1000].reshape(-1, 1000)
    rest_uv = seconds[seconds.std(axis=1) < 4.0].reshape(-1)[:20_000]
    # The one column "raw/channel_1": 20 chunks of 1024 values, uncompressed and in a row.
    heart = np.fromfile(ecg_h5, "<u2", 20_000, offset=184_744).astype(float)
    heart -= np.median(heart)
    heart_uv = 100.0 * heart / np.abs(heart).max()

    alone = ask(save_csv(tmp_path / "rest.csv", rest_uv), None).lights
    assert colours(alone, "heartbeat") == {"green"}
    both = ask(save_csv(tmp_path / "both.csv", rest_uv + heart_uv), None).lights
    assert colours(both, "heartbeat") == {"green"}
    assert colours(both, "movement") == {"green"}  # its slow waves are no movement
    found = both[-1][1]["heartbeat"].value
    assert 70 < float(found.split(" at ")[1].split()[0]) < 95  # beats a minute


@pytest.mark.parametrize(
    ("noise_uv", "colour"), [(0.3, "green"), (0.7, "amber"), (1.4, "red"), (0.0, "grey")]
)
def test_the_noise_floor_is_told_as_the_board_measured_it(noise_uv: float, colour: str) -> None:
    asking = ask("sim:relaxed", 5)
    asking.info.hello.channels[0].noise_nv = round(noise_uv * 1000)
    check = SensorCheck(asking.info)
    for block in asking.blocks:
        check.block(block)
    light = {light.item: light for light in check.result(0)}["noise floor"]
    assert light.colour == colour
    assert light.value == (f"{noise_uv:.2f} µV of noise" if noise_uv else "")
    assert ("unclench board check" in light.try_this) == (colour != "green")


def test_the_meter_follows_within_half_a_second(tmp_path: Path) -> None:
    """5 s quiet, 5 s of 100 uV of hum, 5 s quiet."""
    t_s = np.arange(15_000) / 1000
    hum_uv = 100.0 * np.sqrt(2) * np.sin(2 * np.pi * 50.0 * t_s) * ((t_s // 5).astype(int) == 1)
    asking = ask(save_csv(tmp_path / "hum.csv", muscle_uv(len(t_s)) + hum_uv), None)
    for at_s, meter in asking.meter:
        if at_s < 0.5:
            continue
        assert meter is not None
        if 5.6 <= at_s <= 10.0:
            assert meter.hum_uv == pytest.approx(100.0, rel=0.05)
            assert meter.level == pytest.approx(np.log(100 / 0.3) / np.log(1000), abs=0.01)
        elif at_s <= 5.0 or at_s >= 10.6:
            assert meter.level < 0.25


def test_a_contraction_is_not_taken_for_hum(tmp_path: Path) -> None:
    asking = ask(save_csv(tmp_path / "tense.csv", 50.0 * muscle_uv(30_000)), None)
    assert colours(asking.lights, "mains hum") == {"green"}
    assert np.median([meter.hum_uv for _, meter in asking.meter if meter]) < 10.0


def test_the_meter_ends_at_its_top() -> None:
    asking = ask("sim:poor-contact", 13)
    assert max(meter.level for _, meter in asking.meter if meter) == 1.0


def test_after_a_gap_lights_are_grey_at_first() -> None:
    asking = ask("sim:mains-hum", 15)
    later = replace(asking.blocks[-1], first=asking.blocks[-1].stop + 500)
    asking.check.block(later)
    after = {light.item: light.colour for light in asking.check.result(0)}
    assert {after[item] for item in ("mains hum", "clipping", "heartbeat", "movement")} == {"grey"}
    assert asking.check.interference(0) is None


@pytest.mark.parametrize("scenario", ["poor-contact", "cut-off"])
def test_the_lights_are_the_same_however_the_blocks_were_cut(scenario: str) -> None:
    asking = ask(f"sim:{scenario}?seed=1", 13.25)
    other = SensorCheck(asking.info)
    for block in asking.blocks:
        for piece in pieces(block, 7):
            other.block(piece)
    assert other.result(0) == asking.check.result(0)
    assert other.interference(0) == asking.check.interference(0)


def test_it_may_be_asked_from_another_thread() -> None:
    asking = ask("sim:mains-hum", 30)
    check, asked, done = SensorCheck(asking.info), threading.Semaphore(0), threading.Event()
    known_n = round(KNOWN_S * asking.info.fs_hz)
    for block in asking.blocks:
        if block.stop <= known_n:
            check.block(block)
    meters: list[Interference | None] = []
    lights: list[Light] = []

    def watch() -> None:
        while not done.is_set():
            meters.append(check.interference(0))
            lights.extend(check.result(0))
            asked.release()

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        later = [block for block in asking.blocks if block.stop > known_n]
        for k, block in enumerate(later):
            check.block(block)
            if k % (len(later) // 15) == 0:  # so that both have their turns
                assert asked.acquire(timeout=HANG_LIMIT_S)
    finally:
        done.set()
        watcher.join()
    assert len(meters) > 10
    assert all(meter is not None and 20.0 < meter.hum_uv < 30.0 for meter in meters)
    assert {light.item for light in lights if light.colour != "green"} == {"mains hum"}


def test_channels_are_judged_each_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    relaxed = SCENARIOS["relaxed"].muscle(0)
    muscles = (relaxed, replace(relaxed, heart_uv=80.0), replace(relaxed, mains_uv=20.0))
    monkeypatch.setitem(SCENARIOS, "three", Scenario("", lambda k: muscles[k]))
    check = ask("sim:three?channels=3", 20).check
    troubles = [
        {light.item for light in check.result(k) if light.colour != "green"} for k in range(3)
    ]
    assert troubles == [set(), set(), {"mains hum"}]
    heartbeats = [{light.item: light for light in check.result(k)}["heartbeat"] for k in range(3)]
    assert ["a minute" in light.value for light in heartbeats] == [False, True, False]
