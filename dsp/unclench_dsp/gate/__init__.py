"""The gate: what in the signal is no muscle, found sample by sample."""

from unclench_dsp.gate.mask import MuscleMask
from unclench_dsp.gate.types import Disturbance, DisturbanceKind, Heart, MaskBlock

__all__ = ["Disturbance", "DisturbanceKind", "Heart", "MaskBlock", "MuscleMask"]
