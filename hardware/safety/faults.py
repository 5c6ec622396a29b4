"""What flows through a person in each fault: arithmetic against IEC 60601-1, and no test of it.

Two figures for each fault. *Worst*: the body is the 1 kohm of the standard's measuring device, and
every unknown is taken at its worst. *Typical*: gelled electrodes on dry skin stand in the way, too.
The schematic of the MyoWare 2.0 was not seen: nothing in its inputs is assumed to limit a current.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

from hardware import design
from unclench_dsp import WIDE

Kind = Literal["d.c.", "a.c."]
Verdict = Literal["below", "ABOVE"]
BOLTZMANN_J_K = 1.380649e-23
_BODY = design.BODY_OHM.value
_ELECTRODE = design.ELECTRODE_OHM.value
_SUPPLY = design.SUPPLY_V.value
_MAINS = design.MAINS_V.value


@dataclass(frozen=True)
class Fault:
    """Something that is so, or goes wrong, while electrodes are on skin.

    Attributes
    ----------
    name, how, path, guard : str
        What it is, how it can come about, where the current goes, what guards against it.
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
        """Of IEC 60601-1, patient leakage current, type BF, in amperes."""
        return {
            ("d.c.", False): design.LEAK_NORMAL_DC_A,
            ("d.c.", True): design.LEAK_FAULT_DC_A,
            ("a.c.", False): design.LEAK_NORMAL_AC_A,
            ("a.c.", True): design.LEAK_FAULT_AC_A,
        }[self.kind, self.broken > 0].value

    @property
    def verdict(self) -> Verdict:
        """By its worst figure."""
        return "ABOVE" if self.worst_a > self.limit_a else "below"


def through_a(volts: float, ohm: float, farad: float | None = None) -> float:
    """Current through a resistance, and a capacitor in series at the mains' frequency."""
    reactance = 0.0 if farad is None else 1 / (2 * math.pi * design.MAINS_HZ.value * farad)
    return volts / math.hypot(ohm, reactance)


def thermal_noise_v(ohm: float) -> float:
    """RMS noise of a resistance in the wide band (Johnson and Nyquist): sqrt(4 k T R B)."""
    band_hz = WIDE.high_hz - WIDE.low_hz
    return math.sqrt(4 * BOLTZMANN_J_K * design.SKIN_KELVIN.value * ohm * band_hz)


def faults() -> tuple[Fault, ...]:
    """All that was thought of, from the daily case to the worst."""
    return (*_inside(), *_isolated(), *_charger(), *_another())


def _between_electrodes(volts: float) -> tuple[float, float]:
    """Worst: all of it across the body. Typical: half of it, through two electrodes as well."""
    return through_a(volts, _BODY), through_a(volts / 2, _BODY + 2 * _ELECTRODE)


def _to_earth(farad: float | None, volts: float = _MAINS) -> tuple[float, float]:
    """Through the body to earthed metal; typically one electrode is in the way."""
    return through_a(volts, _BODY, farad), through_a(volts, _BODY + _ELECTRODE, farad)


def _inside() -> tuple[Fault, ...]:
    """On battery: a current can only go from one electrode to another."""
    bias = (design.BIAS_A.value, design.BIAS_A.value)
    none = "amplifier inputs only: their bias current"
    between = "3V3, electrode, skin and muscle, REF electrode, sensor"
    wiring = "a multimeter before first use (build guides); no wire near VBUS"
    return (
        Fault(
            "Nothing is wrong: laptop on its battery",
            "daily use; also while you touch a radiator: no circuit is closed",
            none,
            *(0, "d.c.", *bias),
            "the rule itself: run on battery",
        ),
        Fault(
            "RAW shorted to GND or to 3V3",
            "a loose jumper, a drop of solder",
            f"{none}. The short is behind the amplifier, and the signal is stuck",
            *(1, "d.c.", *bias),
            "`unclench board check` says that an input is stuck",
        ),
        Fault(
            "REF of one sensor shorted to its supply",
            "a damaged sensor, moisture under it",
            f"{none}. The signal is cut off",
            *(1, "d.c.", *bias),
            "the program shows clipping",
        ),
        Fault(
            "Sensor supplied from VBUS (5 V)",
            "the wrong pin",
            f"{none}; the Pico's input gets up to 5 V and is damaged",
            *(1, "d.c.", *bias),
            wiring,
        ),
        Fault(
            "The Pico's regulator fails: 5 V on 3V3",
            "a defect of the Pico",
            f"{none}; the Pico is damaged",
            *(1, "d.c.", *bias),
            "none but the sensor's own inputs",
        ),
        Fault(
            "Electrode input shorted to 3V3 inside the sensor",
            "static discharge, moisture, a defect",
            between,
            *(1, "d.c.", *_between_electrodes(_SUPPLY)),
            "only the resistance of electrodes and skin; 68 kohm in the leads (below)",
        ),
        Fault(
            "Electrode input shorted to GND inside the sensor",
            "as before",
            "REF electrode (at half the supply, *unverified*; worst: all of it), body, input, GND",
            *(1, "d.c.", *_between_electrodes(_SUPPLY)),
            "as before",
        ),
        Fault(
            "REF of one of several sensors shorted to 3V3 or GND",
            "as before; each sensor has a REF of its own",
            "from one sensor's REF to the other's: from shoulder to shoulder, if worn so",
            *(1, "d.c.", *_between_electrodes(_SUPPLY)),
            "as before; and all sensors on one side of the body",
        ),
        Fault(
            "Sensor supplied from VBUS, and an input shorted",
            "two faults at once",
            "as for a shorted input, from 5 V",
            *(2, "d.c.", *_between_electrodes(design.VBUS_V.value)),
            wiring,
        ),
        Fault(
            "The laptop's battery voltage reaches USB, and the sensor gives way",
            "two faults at once: the laptop's USB supply, then the sensor",
            "as for a shorted input, from the battery; it is apart from the mains",
            *(2, "d.c.", *_between_electrodes(design.LAPTOP_BATTERY_V.value)),
            "the laptop's own protection, which we do not know",
        ),
    )


def _isolated() -> tuple[Fault, ...]:
    """Behind a medical-grade isolator with isolated power."""
    barrier = design.BARRIER_F.value + design.SUPPLY_BARRIER_F.value
    bias = design.BIAS_A.value
    return (
        Fault(
            "Isolator whole, charger plugged in",
            "the other way that this guide allows",
            "mains, charger, laptop, capacitance of the barrier, sensor, body, earth",
            *(0, "a.c.", *_to_earth(barrier)),
            "the isolator",
        ),
        Fault(
            "Isolator whole, charger's insulation failed",
            "a poor or damaged charger",
            "as before: the barrier carries all of the mains voltage",
            *(1, "a.c.", *_to_earth(barrier)),
            "the isolator: rated for 250 V RMS, reinforced (ADuM4160)",
        ),
        Fault(
            "Isolator's barrier broken, laptop on battery",
            "a surge, age, a poor isolator",
            "none but the bias current: there is no mains to come through",
            *(1, "d.c.", bias, bias),
            "the battery",
        ),
        Fault(
            "Isolator's barrier broken, charger at its touch current limit",
            "as before; class II, up to 0.25 mA allowed",
            "mains, Y capacitor, laptop, sensor, body, earth",
            *(1, "a.c.", design.TOUCH_CLASS_2_A.value, design.TOUCH_CLASS_2_A.value),
            "battery besides the isolator",
        ),
    )


def _charger() -> tuple[Fault, ...]:
    """A charger is plugged in, no isolator: against the first rule."""
    path = "mains, Y capacitor of the charger, laptop, USB, Pico, sensor, body, earth"
    guard = "unplug the charger"
    touch_2, touch_1 = design.TOUCH_CLASS_2_A.value, design.TOUCH_CLASS_1_A.value
    return (
        *(
            Fault(
                f"Charger without earth pin (class II), Y capacitor of {farad.value * 1e9:g} nF",
                "forgotten to unplug; nothing is broken",
                path,
                *(0, "a.c.", *_to_earth(farad.value)),
                guard,
            )
            for farad in design.Y_CAPACITORS_F
        ),
        Fault(
            "Class II charger at the limit of its standard",
            "as before: such a charger is sold legally",
            path,
            *(0, "a.c.", touch_2, touch_2),
            guard,
        ),
        Fault(
            "Charger with earth pin (class I), earth whole",
            "as before; also dock, monitor, shielded network cable",
            "its earth lead carries the current; the body, the little that drops across that lead",
            *(0, "a.c.", *_to_earth(None, touch_1 * design.EARTH_LEAD_OHM.value)),
            "unplug it: the body is now tied to earth, see the faulty lamp below",
        ),
        Fault(
            "Class I charger, earth broken",
            "an old socket, an adapter, a broken cord",
            "what the earth lead should carry, up to 3.5 mA, goes through the body",
            *(1, "a.c.", touch_1, touch_1),
            guard,
        ),
        Fault(
            "Charger's insulation failed",
            "a counterfeit, a fall, moisture",
            "mains, laptop, USB, Pico, sensor, body, earth: nothing limits it but the body",
            *(1, "a.c.", *_to_earth(None)),
            guard,
        ),
    )


def _another() -> tuple[Fault, ...]:
    """Another device, faulty and live, is touched at the same time."""
    return (
        Fault(
            "Faulty lamp touched, laptop on battery",
            "somebody else's broken device",
            "lamp, hand, body, sensor, laptop, its capacitance to the room",
            *(1, "a.c.", *_to_earth(design.LAPTOP_TO_EARTH_F.value)),
            "the battery; touch nothing that is plugged in while you wear electrodes",
        ),
        Fault(
            "Faulty lamp touched, laptop tied to earth",
            "as before, with class I charger, dock, monitor or network cable",
            "lamp, hand, body, sensor, laptop, earth",
            *(1, "a.c.", *_to_earth(None)),
            "unplug all that ties the laptop to earth",
        ),
    )


@dataclass(frozen=True)
class Option:
    """A resistor in the electrode leads: what a shorted input still drives, and what it costs."""

    name: str
    in_path_ohm: float  # between an input and REF
    in_signal_ohm: float  # between the two inputs: its noise is seen

    @property
    def fault_a(self) -> float:
        """Worst figure of a shorted input, in amperes."""
        return through_a(_SUPPLY, _BODY + self.in_path_ohm)

    @property
    def noise_v(self) -> float:
        """RMS at the electrode, added by the resistors alone."""
        return thermal_noise_v(self.in_signal_ohm)


def options() -> tuple[Option, ...]:
    """None, one in each lead, and one in the lead of REF alone."""
    ohm = design.LEAD_OHM.value
    return (
        Option("none (both builds)", 0.0, 0.0),
        Option("33 kohm in each of the three leads", 2 * 33e3, 2 * 33e3),
        Option("68 kohm in each of the three leads", 2 * ohm, 2 * ohm),
        Option("68 kohm in the lead of REF alone", ohm, 0.0),
    )
