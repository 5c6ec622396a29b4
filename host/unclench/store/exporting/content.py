"""What is exported: the samples of a session or a stranger's file, and what is known of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unclench.profiles.known import profile_of
from unclench.store.events.event import Event
from unclench.store.recording import Recording, load_recording
from unclench.store.session.reader import open_session
from unclench.store.session.schema import SessionMeta
from unclench_wire.ids import FLAG_VIRTUAL

_UNKNOWN_FILTER = "No software filter; filters of the sensor are not known"


@dataclass(frozen=True)
class Content:
    """A recording with its names and events.

    Attributes
    ----------
    recording : Recording
    meta : SessionMeta or None
        None for a file that is no session.
    labels : tuple of str
        One for each channel, all different: "EMG" and where it was, or the channel's name.
    sites : tuple of str or None
        Where each channel was, None where nobody has said.
    filters : tuple of str
        What is known of the filters before each channel's samples.
    events : tuple of Event
    """

    recording: Recording
    meta: SessionMeta | None
    labels: tuple[str, ...]
    sites: tuple[str | None, ...]
    filters: tuple[str, ...]
    events: tuple[Event, ...]

    @property
    def places(self) -> NDArray[np.int64]:
        """Place of each row on the time axis that the events refer to: 0 is time 0."""
        sample = self.recording.sample
        return sample if self.meta is not None or not len(sample) else sample - sample[0]


def load_content(
    path: Path, *, fs_hz: float | None, columns: Sequence[str], unit: str | None
) -> Content:
    """Read what is at `path`. Raises InputError or StoreError."""
    recording = load_recording(path, fs_hz=fs_hz, columns=columns, unit=unit)
    unknown = (_UNKNOWN_FILTER,) * len(recording.channels)
    if recording.band is None:  # only a session has one
        nowhere = (None,) * len(unknown)
        return Content(recording, None, _labels(recording.channels), nowhere, unknown, ())
    session = open_session(path)
    meta = session.meta
    picked = [meta.channels.index(name) for name in recording.channels]
    sites = tuple(meta.sites[i] for i in picked)
    labels = _labels([meta.sites[i] or meta.channels[i] for i in picked])
    filters = tuple(_filter(meta, i) for i in picked)
    return Content(recording, meta, labels, sites, filters, tuple(session.events()))


def _labels(names: Sequence[str]) -> tuple[str, ...]:
    """EDF+ has labels begin with the kind of signal, and a reader of CSV knows it by that too."""
    labels: list[str] = []
    for name in names:
        label = name if name.lower().startswith("emg") else f"EMG {name}"
        twin = 2
        while label in labels:
            label = f"EMG {name} {twin}"
            twin += 1
        labels.append(label)
    return tuple(labels)


def _filter(meta: SessionMeta, channel: int) -> str:
    constants = meta.constants
    own = meta.imported is None and not constants.flags & FLAG_VIRTUAL
    profile = meta.profile or profile_of(constants.to_hello())
    sensor = profile.sensors[channel] if own and profile is not None else None
    if sensor is None or not sensor.band_known:
        return _UNKNOWN_FILTER
    low_hz, high_hz = sensor.band_hz
    maker = sensor.label.partition(",")[0]
    return (
        f"HP:{low_hz:g}Hz LP:{high_hz:g}Hz by the sensor ({maker}, gain {sensor.gain.value:g}); "
        "not filtered since"
    )
