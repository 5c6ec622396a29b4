"""Takes steady lines out of a stream: mains hum and its multiples, tones of chargers and motors."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from itertools import chain
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from unclench_dsp.arrays import BoolArray, FloatArray
from unclench_dsp.bands import WIDE, Band
from unclench_dsp.filters import SosFilter, response_at
from unclench_dsp.lines import finder
from unclench_dsp.lines.finder import HOP_S, WINDOW_S, LineFinder
from unclench_dsp.lines.recent import Recent
from unclench_dsp.lines.spectrum import searched_hz
from unclench_dsp.lines.tracker import Family, Tracker, waves
from unclench_dsp.mains import MainsMode

_CHUNK_S = 0.05
_AHEAD = 2  # chunks that have to follow before one is final
_AGAIN_S = 0.5  # of signal in which known lines are looked for, behind a start or a gap
_MOST_TONES = 6
_WORTH_FIRST, _WORTH, _NEEDED = 0.02, 0.0075, 0.003
"""Power of a line against that of the rest from which on it is removed: as measured in two seconds,
as followed for longer, and once it is being removed."""

_DROPPED_AFTER = 6  # decisions in a row that find a family needless
_PULL_IN_HZ = 0.3  # how far off its nominal frequency a mains is looked for
_SAME_HZ = 1.0  # a line so close to one that is followed is the same one
_SAME_RESPONSE_HZ = 0.001  # the band-pass turns a multiple 0.001 Hz away by 0.0005 rad at most
_SAME_TONE_HZ = 4.0  # a tone may have got away


@dataclass(frozen=True)
class Line:
    """A line that is removed.

    Attributes
    ----------
    hz : float
    rms_uv : float
        At the electrode.
    kind : {"hum", "tone"}
    mains_hz : int or None
        50 or 60 for hum.
    """

    hz: float
    rms_uv: float
    kind: Literal["hum", "tone"]
    mains_hz: int | None


@dataclass(frozen=True)
class LineChange:
    """From here on, other lines are removed.

    Attributes
    ----------
    index : int
        Sample, counted from the first one ever given.
    channel : int
    lines : tuple of Line
        All that are removed from this channel now; empty if none is.
    """

    index: int
    channel: int
    lines: tuple[Line, ...]


@dataclass
class _Edge:
    """A family as it is believed to have been at the beginning of the next chunk to come out."""

    family: Family
    number: int  # of a tone: tells it from others
    phase: float
    amplitude_uv: NDArray[np.complex128]  # of the unfiltered signal, 0 where it is not removed
    removed: BoolArray  # (n_lines, n_channels)
    passed: NDArray[np.complex128] | None = None  # what the band-pass makes of them
    passed_at_hz: float = 0.0


class LineRemover:
    """Finds, follows and subtracts lines.

    ``auto`` removes the mains with its multiples and other steady tones, each found in some seconds
    of signal. ``50`` and ``60`` remove that mains and its multiples from the start on. ``off``
    removes nothing. Lines are subtracted at their own frequency, which is followed; a line that is
    no longer there is no longer subtracted. Where no line is found, the signal passes unchanged.

    Samples come out at most `delay_n` late. Any split of a signal gives the same bits.

    Parameters
    ----------
    mode : {"auto", "50", "60", "off"}
    fs_hz : float
    n_channels : int
    band : Band
        The band in use; lines are removed up to its upper end, or that of the wide band.
    """

    def __init__(self, mode: MainsMode, fs_hz: float, n_channels: int, band: Band) -> None:
        from scipy import signal

        self._mode = mode
        self._fs_hz = fs_hz
        self._n_channels = n_channels
        self._chunk_n = max(1, round(_CHUNK_S * fs_hz))
        self.delay_n = (_AHEAD + 1) * self._chunk_n
        self._low_hz, self._high_hz = searched_hz(WIDE, fs_hz)
        edges_hz = (WIDE.low_hz, min(WIDE.high_hz, 0.45 * fs_hz))
        self._sos = signal.butter(4, edges_hz, "bandpass", fs=fs_hz, output="sos")
        self._filter = SosFilter(self._sos, n_channels)
        per_hop = round(HOP_S * fs_hz / self._chunk_n)
        self._hop_chunks = per_hop
        self._window_chunks = round(WINDOW_S / HOP_S) * per_hop
        window_n = self._window_chunks * self._chunk_n
        self._finder = LineFinder(fs_hz, window_n, self._low_hz, self._high_hz)
        self._again_chunks = max(1, round(_AGAIN_S * fs_hz / self._chunk_n))
        self.changes: list[LineChange] = []
        """Every change of what is removed."""
        self.removed: tuple[tuple[Line, ...], ...] = ((),) * n_channels
        """For each channel, the lines that are removed now."""
        self._out_index = 0
        self._jumps: list[tuple[int, int, BoolArray]] = []  # first, stop, channels
        self._n_edges = 0
        self._told: list[dict[int, tuple[Line, ...]]] = [{} for _ in range(n_channels)]
        self._known = self._asked_for()
        self._given: FloatArray
        self._start()

    @property
    def settling_n(self) -> int:
        """Samples after a start until known lines are removed again; 0 where none is known."""
        return self._again_chunks * self._chunk_n if self._known else 0

    def process(self, emg_uv: FloatArray) -> FloatArray:
        """Take the next samples; return those that are final now.

        Parameters
        ----------
        emg_uv : ndarray, shape (n_samples, n_channels)
            Unfiltered.

        Returns
        -------
        ndarray, shape (k, n_channels)
            Unfiltered, lines removed.
        """
        self._given = np.concatenate([self._given, emg_uv]) if len(self._given) else emg_uv
        out = []
        n_chunks = len(self._given) // self._chunk_n
        band_uv = self._filter.process(self._given[: n_chunks * self._chunk_n])
        done = 0
        while done < n_chunks:
            n = 1 if self._tracker.families else min(n_chunks - done, self._until_next())
            here = slice(done * self._chunk_n, (done + n) * self._chunk_n)
            out += self._take(self._given[here], band_uv[here], n)
            done += n
        self._given = self._given[done * self._chunk_n :].copy()
        return np.concatenate([np.empty((0, self._n_channels)), *out])

    def jumped(self, first_index: int, n: int) -> BoolArray:
        """Return where a line began or stopped at once in `n` samples, (n, n_channels).

        Call it with samples in order: earlier ones are forgotten.
        """
        marked = np.zeros((n, self._n_channels), np.bool_)
        self._jumps = [jump for jump in self._jumps if jump[1] > first_index]
        for first, stop, channels in self._jumps:
            marked[max(0, first - first_index) : max(0, stop - first_index)] |= channels
        return marked

    def finish(self) -> FloatArray:
        """Return the samples that are held; the next one comes behind a gap."""
        out = [self._without(chunk, ahead) for chunk, ahead in self._pending()]
        if len(self._given):
            out.append(self._without(self._given, 0))
        rest_uv = np.concatenate([np.empty((0, self._n_channels)), *out])
        self._remember()
        self._start()
        return rest_uv

    def _start(self) -> None:
        self._filter.reset()
        self._finder.reset()
        self._began_at = self._out_index
        self._tracker = Tracker(self._fs_hz, self._chunk_n, self._n_channels)
        self._given = np.empty((0, self._n_channels))
        self._held: deque[FloatArray] = deque()  # chunks that wait for those behind them
        window_n = self._window_chunks * self._chunk_n
        self._band = Recent(window_n, self._n_channels)  # the last window
        self._left = Recent(window_n, self._n_channels)  # and what is left of it
        self._chunks = 0
        self._edges: list[_Edge] = []

    def _asked_for(self) -> list[tuple[float | None, float, NDArray[np.int64]]]:
        """The mains that is removed in any case: its frequency twice, and its multiples."""
        if self._mode not in ("50", "60"):
            return []
        mains_hz = float(self._mode)
        return [(mains_hz, mains_hz, self._orders(mains_hz))]

    def _orders(self, hz: float) -> NDArray[np.int64]:
        return np.arange(1, int(self._high_hz // hz) + 1)

    def _until_next(self) -> int:
        """Chunks until something is to be decided."""
        until = self._hop_chunks - self._chunks % self._hop_chunks
        if self._known and self._chunks < self._again_chunks:
            until = min(until, self._again_chunks - self._chunks)
        return until

    def _take(self, piece: FloatArray, band_uv: FloatArray, n_chunks: int) -> list[FloatArray]:
        left_uv = self._tracker.follow(band_uv) if self._tracker.families else band_uv
        if self._tracker.families and self._tracker.jumped.any():
            here = self._began_at + self._chunks * self._chunk_n
            around = here - (_AHEAD + 1) * self._chunk_n, here + 3 * self._chunk_n
            self._jumps.append((*around, self._tracker.jumped.copy()))
        self._let_go([family for family in self._tracker.families if family.lost])
        self._band.add(band_uv)
        self._left.add(left_uv)
        self._held.extend(np.split(piece, n_chunks))
        self._chunks += n_chunks
        out = self._let_out(_AHEAD + 1)  # what was final before there was anything to decide
        if self._known and self._chunks == self._again_chunks:
            self._find_known()
        if self._mode != "off" and self._chunks % self._hop_chunks == 0:
            self._decide()
        return out + self._let_out(_AHEAD)

    def _let_out(self, ahead: int) -> list[FloatArray]:
        """Return the chunks that so many others follow."""
        n = max(0, len(self._held) - ahead)
        return [self._without(self._held.popleft(), ahead) for _ in range(n)]

    def _pending(self) -> list[tuple[FloatArray, int]]:
        """Chunks that are held, each with the number of those that followed it."""
        held = list(self._held)
        return [(chunk, len(held) - 1 - k) for k, chunk in enumerate(held)]

    # what to follow

    def _find_known(self) -> None:
        """Look for the lines that were known before the gap, or were asked for."""
        x_uv = finder.turned_down(self._band.samples(), self._chunk_n)
        known, self._known = self._known, []
        for mains_hz, hz, orders in known:
            reach_hz = _PULL_IN_HZ if mains_hz else 0.5
            best_hz = finder.best_fundamental(x_uv, self._fs_hz, hz, orders, reach_hz)
            self._add(mains_hz, best_hz, orders, x_uv)
        if not self._tracker.families:
            self._known = self._asked_for()
        self._tell()

    def _decide(self) -> None:
        self._drop_needless()
        if len(self._left) < self._window_chunks * self._chunk_n:
            self._tell()
            return
        left_uv = finder.turned_down(self._left.samples(), self._chunk_n)
        lines = self._finder.find(left_uv)
        if self._mode == "auto" and lines:
            self._take_up(lines)
        self._tell()

    def _take_up(self, lines: list[tuple[float, int]]) -> None:
        """Begin to follow lines that were found."""
        x_uv = finder.turned_down(self._band.samples(), self._chunk_n)
        drifting = [finder.fine_hz(x_uv[:, k], self._fs_hz, hz) for hz, k in lines]
        fine = [hz for hz, _ in drifting]
        followed = {family.mains_hz for family in self._tracker.families if family.mains_hz}
        mains_hz = float(followed.pop()) if followed else finder.mains_among(fine)
        if mains_hz is not None and any(finder.mains_order(hz, mains_hz) for hz in fine):
            self._take_up_mains(mains_hz, fine, x_uv)
            drifting = [line for line in drifting if not finder.mains_order(line[0], mains_hz)]
        for hz, drift_hz in drifting:
            self._take_up_tone(hz + drift_hz * WINDOW_S / 2, drift_hz, x_uv)

    def _take_up_mains(self, mains_hz: float, fine: list[float], x_uv: FloatArray) -> None:
        orders = self._orders(mains_hz)
        first = min(
            (hz / order, order) for hz in fine if (order := finder.mains_order(hz, mains_hz))
        )
        reach_hz = 0.1 / first[1]
        hz = finder.best_fundamental(x_uv, self._fs_hz, first[0], orders, reach_hz)
        self._let_go([f for f in self._tracker.families if f.mains_hz == round(mains_hz)])
        tones = [f for f in self._tracker.families if finder.mains_order(f.hz, mains_hz)]
        self._let_go(tones)  # they are multiples of the mains, as is known now
        self._add(mains_hz, hz, orders, x_uv)

    def _take_up_tone(self, hz: float, drift_hz: float, x_uv: FloatArray) -> None:
        same = [
            f
            for f in self._tracker.families
            if f.mains_hz is None and abs(f.hz - hz) <= _SAME_TONE_HZ
        ]
        self._let_go(same)
        n_tones = sum(f.mains_hz is None for f in self._tracker.families)
        near_mains = any(
            f.mains_hz and abs(hz - round(hz / f.hz) * f.hz) <= _SAME_HZ
            for f in self._tracker.families
        )
        if n_tones < _MOST_TONES and not near_mains:
            self._add(None, hz, np.array([1]), x_uv, drift_hz)

    def _add(
        self,
        mains_hz: float | None,
        hz: float,
        orders: NDArray[np.int64],
        x_uv: FloatArray,
        drift_hz: float = 0.0,
    ) -> None:
        others = x_uv - self._followed(len(x_uv))
        amplitude_uv, rest_uv2 = finder.measured(others, self._fs_hz, hz, orders, drift_hz)
        family = finder.family(mains_hz, hz, orders, amplitude_uv, drift_hz)
        removed = 0.5 * np.square(np.abs(amplitude_uv)) >= _WORTH_FIRST * rest_uv2
        if not removed.any():
            return
        self._tracker.add(family, rest_uv2)
        behind_s = (len(self._held)) * self._chunk_n / self._fs_hz
        self._n_edges -= 1
        edge = _Edge(family, self._n_edges, 0.0, np.zeros_like(amplitude_uv), removed)
        edge.phase, edge.amplitude_uv = self._believed(edge, behind_s)
        self._edges.append(edge)
        self._finder.reset()  # what is left of the signal so far holds these lines
        self._left.clear()

    def _followed(self, n: int) -> FloatArray:
        """The lines that are followed already, in the last `n` band-passed samples."""
        if not self._tracker.families or n > len(self._left):
            return np.zeros((n, self._n_channels))
        followed: FloatArray = self._band.samples()[-n:] - self._left.samples()[-n:]
        return followed

    def _let_go(self, families: list[Family]) -> None:
        gone = {id(family) for family in families}
        self._tracker.families = [f for f in self._tracker.families if id(f) not in gone]
        self._edges = [edge for edge in self._edges if id(edge.family) not in gone]

    def _drop_needless(self) -> None:
        """Stop following what nothing needs any more."""
        usual_uv2 = self._tracker.usual_uv2
        for edge in list(self._edges):
            power = 0.5 * np.square(np.abs(edge.family.amplitude_uv))
            least = np.where(edge.removed, _NEEDED, _WORTH)
            sure = np.where(edge.removed, 2.0, 7.0) * edge.family.doubt_uv2
            edge.removed = power >= np.maximum(least * usual_uv2, sure)
            needed = bool(edge.removed.any())
            edge.family.quiet_chunks = 0 if needed else edge.family.quiet_chunks + 1
            quiet = edge.family.quiet_chunks >= _DROPPED_AFTER and self._mode == "auto"
            if quiet or not self._low_hz <= edge.family.hz <= self._high_hz:
                self._let_go([edge.family])

    def _remember(self) -> None:
        families = self._tracker.families
        if families or self._chunks > self._again_chunks:
            self._known = [
                (None if f.mains_hz is None else float(f.mains_hz), f.hz, f.orders)
                for f in families
            ]
            if not self._known:
                self._known = self._asked_for()

    # taking them out

    def _believed(self, edge: _Edge, ago_s: float) -> tuple[float, NDArray[np.complex128]]:
        """Phase and amplitude of the unfiltered lines, so long before the newest chunk's end."""
        f = edge.family
        phase = f.phase - 2 * np.pi * ago_s * (f.hz - 0.5 * f.drift_hz * ago_s)
        if edge.passed is None or abs(f.hz - edge.passed_at_hz) > _SAME_RESPONSE_HZ:
            line_hz = np.clip(f.orders * f.hz, self._low_hz, self._high_hz)
            edge.passed = response_at(self._sos, line_hz, self._fs_hz)[:, np.newaxis]
            edge.passed_at_hz = f.hz
        return phase, np.where(edge.removed, f.amplitude_uv / edge.passed, 0.0)

    def _without(self, chunk: FloatArray, ahead: int) -> FloatArray:
        """Return a chunk without the lines; `ahead` chunks behind it are known."""
        self._out_index += len(chunk)
        if not self._edges:
            return chunk
        n = len(chunk)
        ago_s = ahead * self._chunk_n / self._fs_hz
        if ahead == 0 and n < self._chunk_n:  # what is left over at the end was never followed
            ago_s = -n / self._fs_hz
        clean_uv: FloatArray = chunk.copy()
        share = (np.arange(n) + 1) / n
        for edge in self._edges:
            phase, amplitude_uv = self._believed(edge, ago_s)
            expected = edge.phase + 2 * np.pi * edge.family.hz * n / self._fs_hz
            end = expected + np.angle(np.exp(1j * (phase - expected)))
            wave = waves(edge.family.orders, edge.phase + (end - edge.phase) * share)
            clean_uv -= (wave.T @ edge.amplitude_uv).real
            change_uv = (wave.T @ (amplitude_uv - edge.amplitude_uv)).real
            clean_uv -= share[:, np.newaxis] * change_uv
            edge.phase, edge.amplitude_uv = end, amplitude_uv
        return clean_uv

    def _tell(self) -> None:
        """Note what is removed now, where it is other than before.

        A family that pauses for a moment, as a weak one does in a contraction, is told as it was
        until it is dropped: words and events must not flicker.
        """
        told: list[dict[int, tuple[Line, ...]]] = [{} for _ in range(self._n_channels)]
        for edge in self._edges:
            name = edge.family.mains_hz or edge.number
            lines = self._lines_of(edge)
            for now, before, some in zip(told, self._told, lines, strict=True):
                if some or name in before:
                    now[name] = some or before[name]
        for k, (now, before) in enumerate(zip(told, self._told, strict=True)):
            if now.keys() != before.keys():
                self.changes.append(LineChange(self._out_index, k, _ascending(now)))
        self._told = told
        self.removed = tuple(_ascending(now) for now in told)

    def _lines_of(self, edge: _Edge) -> list[tuple[Line, ...]]:
        """Return what of a family is removed from each channel."""
        f = edge.family
        kind: Literal["hum", "tone"] = "hum" if f.mains_hz else "tone"
        rms_uv = np.abs(self._believed(edge, 0.0)[1]) / np.sqrt(2.0)
        return [
            tuple(
                Line(float(f.orders[k] * f.hz), float(rms_uv[k, channel]), kind, f.mains_hz)
                for k in np.flatnonzero(edge.removed[:, channel])
            )
            for channel in range(self._n_channels)
        ]


def _ascending(lines: dict[int, tuple[Line, ...]]) -> tuple[Line, ...]:
    """Return the lines of all families by their frequency."""
    return tuple(sorted(chain.from_iterable(lines.values()), key=lambda line: line.hz))
