"""Currents through a person (each function: worst, typical), and the limits of IEC 60601-1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hardware import design

Kind = Literal["d.c.", "a.c."]
Verdict = Literal["within", "ABOVE"]
_BODY = design.BODY_OHM.value
_ELECTRODE = design.ELECTRODE_OHM.value
_MAINS = design.MAINS_V.value


@dataclass(frozen=True)
class Fault:
    """A situation or a fault while electrodes are on skin.

    Attributes
    ----------
    name, how, path, guard : str
        Its name, its cause, where the current goes, and what protects against it.
    broken : int
        How many things are broken or left out; the limit for none is stricter.
    kind : str
        Direct current, or alternating current of the mains.
    worst_a, typical_a : float
        Amperes (RMS for a.c.) through the body.
    """

    name: str
    how: str
    path: str
    broken: int
    kind: Kind
    worst_a: float
    typical_a: float
    guard: str

    @property
    def limit_a(self) -> float:
        """Of IEC 60601-1, type BF, in amperes.

        It is the same for what flows to earth (patient leakage current) and from electrode to
        electrode (patient auxiliary current).
        """
        return {
            ("d.c.", False): design.LEAK_NORMAL_DC_A,
            ("d.c.", True): design.LEAK_FAULT_DC_A,
            ("a.c.", False): design.LEAK_NORMAL_AC_A,
            ("a.c.", True): design.LEAK_FAULT_AC_A,
        }[self.kind, self.broken > 0].value

    @property
    def verdict(self) -> Verdict:
        """By its worst figure."""
        return "ABOVE" if self.worst_a > self.limit_a else "within"


def through_a(volts: float, ohm: float, farad: float | None = None) -> float:
    """Current through a resistance, and a capacitor in series at the mains' frequency."""
    reactance = 0.0 if farad is None else 1 / (2 * math.pi * design.MAINS_HZ.value * farad)
    return volts / math.hypot(ohm, reactance)


def between_electrodes(volts: float) -> tuple[float, float]:
    """Worst: all of it across the body. Typical: half of it, through two electrodes as well."""
    return through_a(volts, _BODY), through_a(volts / 2, _BODY + 2 * _ELECTRODE)


def to_laptop(volts: float) -> tuple[float, float]:
    """From an electrode through the body to bare metal; typically a dry finger touches it."""
    finger = design.FINGER_OHM.value
    return through_a(volts, _BODY), through_a(volts, _BODY + _ELECTRODE + finger)


def to_earth(farad: float | None, volts: float = _MAINS) -> tuple[float, float]:
    """Through the body to earthed metal; typically one electrode is in the way."""
    return through_a(volts, _BODY, farad), through_a(volts, _BODY + _ELECTRODE, farad)


def all_of_the_mains() -> tuple[float, float]:
    """Nothing in the way but a body whose skin has given way."""
    return through_a(_MAINS, _BODY), through_a(_MAINS, design.BODY_AT_MAINS_OHM.value)


def bias() -> tuple[float, float]:
    """Of both inputs of a sensor; it returns through REF."""
    return 2 * design.BIAS_A.value, 2 * design.BIAS_A.value
