"""The gate: what in the signal is no muscle, found sample by sample."""

from unclench_dsp.gate.kinds import Disturbance, DisturbanceKind, Heart, MaskBlock
from unclench_dsp.gate.mask import MuscleMask

__all__ = ["Disturbance", "DisturbanceKind", "Heart", "MaskBlock", "MuscleMask"]
