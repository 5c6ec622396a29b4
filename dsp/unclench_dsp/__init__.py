"""Pure mathematics of muscle tension: arrays in, arrays out.

From microvolts at the electrode to tension: lines removed, band-pass, moving RMS of what is muscle
(`TensionChain`).
Beside it: what a signal is worth (`QualityMeter`), and fewer values for screen and disk
(`MinMaxBuckets`, `PickEvery`).

Arrays are float64 of shape (n_samples, n_channels) unless said otherwise. Nothing here reads files
or clocks. Every streaming block gives the same bits however its input was split.

SciPy takes most of a second to load, so each function imports the part of it that it calls.
"""

from unclench_dsp.bands import BANDS, NARROW, WIDE, Band, RateError, design_bandpass
from unclench_dsp.baseline import Baseline, StableSecond, best_stable_second, resting_baseline
from unclench_dsp.breath import BreathAverage, BreathProfile, Effect
from unclench_dsp.chain import CHAIN_DELAY_S, ChainBlock, ChainSettings, TensionChain
from unclench_dsp.convert import units_to_uv, uv_to_units
from unclench_dsp.decimate import MinMaxBuckets, PickEvery
from unclench_dsp.envelope import RmsEnvelope, rectify
from unclench_dsp.filters import SosFilter, settle_s
from unclench_dsp.gate.kinds import Disturbance, Heart
from unclench_dsp.gate.mask import MuscleMask
from unclench_dsp.heart import Heartbeat, find_heartbeat
from unclench_dsp.lines.remover import Line, LineChange, LineRemover
from unclench_dsp.mains import MainsMode, harmonics_hz
from unclench_dsp.metrics import noise_in_band
from unclench_dsp.movement import SlowSwings, slow_swings, swings_by_second
from unclench_dsp.power import HopMeanSquare, RollingRms
from unclench_dsp.quality import (
    Assessment,
    QualityMeter,
    QualitySettings,
    SignalState,
    clipped_fraction,
    seen_rails_uv,
)
from unclench_dsp.sensor import sensor_response

__all__ = [
    "BANDS",
    "CHAIN_DELAY_S",
    "NARROW",
    "WIDE",
    "Assessment",
    "Band",
    "Baseline",
    "BreathAverage",
    "BreathProfile",
    "ChainBlock",
    "ChainSettings",
    "Disturbance",
    "Effect",
    "Heart",
    "Heartbeat",
    "HopMeanSquare",
    "Line",
    "LineChange",
    "LineRemover",
    "MainsMode",
    "MinMaxBuckets",
    "MuscleMask",
    "PickEvery",
    "QualityMeter",
    "QualitySettings",
    "RateError",
    "RmsEnvelope",
    "RollingRms",
    "SignalState",
    "SlowSwings",
    "SosFilter",
    "StableSecond",
    "TensionChain",
    "best_stable_second",
    "clipped_fraction",
    "design_bandpass",
    "find_heartbeat",
    "harmonics_hz",
    "noise_in_band",
    "rectify",
    "resting_baseline",
    "seen_rails_uv",
    "sensor_response",
    "settle_s",
    "slow_swings",
    "swings_by_second",
    "units_to_uv",
    "uv_to_units",
]
