"""A reader that gathers hands on the same frames in fewer parcels."""

from __future__ import annotations

import numpy as np
import pytest
from tests.limits import HANG_LIMIT_S

from unclench.link.messages import Arrived, Disconnected, LinkEvent
from unclench.link.virtual.inputs import SyntheticInput, Units
from unclench.sources import open_source


def parcels_of(
    source: str, gather_s: float, samples: int, speed: float = 1.0
) -> tuple[list[Arrived], list[LinkEvent]]:
    """Parcels until so many samples have come, and what comes after a stop."""
    opened = open_source(source, speed=speed)
    reader = opened.reader()
    reader.gather_s = gather_s
    reader.start()
    parcels: list[Arrived] = []
    n = 0
    try:
        while n < samples:
            event = reader.events.get(timeout=HANG_LIMIT_S)
            if isinstance(event, Arrived):
                parcels.append(event)
                n += sum(len(frame.units) for frame in event.frames)
        reader.stop()
        rest: list[LinkEvent] = []
        while not reader.events.empty():
            rest.append(reader.events.get())
    finally:
        reader.stop()
        opened.close()
    return parcels, rest


def units(parcels: list[Arrived]) -> Units:
    return np.concatenate([frame.units for parcel in parcels for frame in parcel.frames])


@pytest.mark.parametrize("channels", [1, 3])
def test_gathering_loses_nothing_and_makes_few_parcels(channels):
    source = f"sim:desk-work?channels={channels}"
    parcels, rest = parcels_of(source, 0.25, 3000)
    assert len(parcels) < 150 / 5  # frames
    came = units([*parcels, *(event for event in rest if isinstance(event, Arrived))])
    expected = SyntheticInput("desk-work", channels).read(len(came))[1]
    np.testing.assert_array_equal(came, expected)


def test_gathered_samples_arrive_before_the_end():
    parcels, rest = parcels_of("sim:relaxed?unplug_every_s=0.7&unplug_s=100", 0.5, 1000)
    more = [event for event in rest if isinstance(event, Arrived)]
    kinds = [type(event) for event in rest]
    assert Disconnected in kinds
    assert kinds.index(Disconnected) == len(more)
    n = len(units([*parcels, *more]))
    expected = SyntheticInput("relaxed").read(n)[1]
    np.testing.assert_array_equal(units([*parcels, *more]), expected)


def test_without_gathering_frames_arrive_at_once():
    parcels, _ = parcels_of("sim:relaxed", 0.0, 400, speed=0.2)  # 50 ms apart
    assert np.median([len(parcel.frames) for parcel in parcels]) == 1
