"""What the mains can do: behind an isolator, through a charger, through somebody else's device."""

from __future__ import annotations

from hardware import design
from hardware.safety.currents import Fault, all_of_the_mains, between_electrodes, bias, to_earth


def isolated() -> tuple[Fault, ...]:
    """Behind a medical-grade isolator with isolated power."""
    barrier = design.BARRIER_F.value + design.SUPPLY_BARRIER_F.value
    return (
        Fault(
            "Isolator whole, charger plugged in",
            "the other way that this guide allows",
            "mains, charger, laptop, capacitance of the barrier, sensor, body, earth",
            *(0, "a.c.", *to_earth(barrier)),
            "the isolator",
        ),
        Fault(
            "Isolator whole, charger's insulation failed",
            "a poor or damaged charger",
            "as before: the barrier carries all of the mains voltage",
            *(1, "a.c.", *to_earth(barrier)),
            "the isolator: rated for 250 V RMS, reinforced (ADuM4160)",
        ),
        Fault(
            "Isolator whole, input shorted to 3V3 or GND inside the sensor",
            "static discharge, moisture or sweat, a defect",
            "as without an isolator: the sensor's supply is on your side of the barrier",
            *(1, "d.c.", *between_electrodes(design.SUPPLY_V.value)),
            "only the resistance of electrodes and skin; 100 kohm in REF (below)",
        ),
        Fault(
            "Isolator's barrier broken, laptop on battery",
            "a surge, age, a poor isolator",
            "none but the bias current: there is no mains to come through",
            *(1, "d.c.", *bias()),
            "the battery",
        ),
        Fault(
            "Isolator's barrier broken, charger at its touch current limit",
            "as before; class II, nothing left to spare",
            "mains, Y capacitor, laptop, sensor, body, earth",
            *(1, "a.c.", design.TOUCH_ES1_A.value, design.TOUCH_CLASS_2_A.value),
            "battery besides the isolator",
        ),
    )


def charger() -> tuple[Fault, ...]:
    """A charger is plugged in, no isolator: against the first rule."""
    path = "mains, Y capacitor of the charger, laptop, USB, Pico, sensor, body, earth"
    guard = "unplug the charger"
    touch_1 = design.TOUCH_CLASS_1_A.value
    return (
        *(
            Fault(
                f"Charger without earth pin (class II), Y capacitor of {farad.value * 1e9:g} nF",
                "forgotten to unplug; nothing is broken",
                path,
                *(0, "a.c.", *to_earth(farad.value)),
                guard,
            )
            for farad in design.Y_CAPACITORS_F
        ),
        Fault(
            "Class II charger at the limit of its standard",
            "such a charger is sold legally. Worst: today's standard; typical: the one before",
            path,
            *(0, "a.c.", design.TOUCH_ES1_A.value, design.TOUCH_CLASS_2_A.value),
            guard,
        ),
        Fault(
            "Charger with earth pin (class I), earth whole",
            "as before; also dock, monitor (its USB-C cable brings charger and earth in one), "
            "shielded network cable",
            "its earth lead carries the current; the body, the little that drops across that lead",
            *(0, "a.c.", *to_earth(None, touch_1 * design.EARTH_LEAD_OHM.value)),
            "unplug it: the laptop is now tied to earth, see the next row and the faulty lamp",
        ),
        Fault(
            "Laptop tied to earth, you touch another earth",
            "as before; a radiator and a socket may differ by a volt (*unverified*) or more",
            "one earth, laptop, sensor, body, the other earth",
            *(0, "a.c.", *to_earth(None, design.EARTHS_V.value)),
            "unplug all that ties the laptop to earth",
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
            *(1, "a.c.", *all_of_the_mains()),
            guard,
        ),
    )


def another() -> tuple[Fault, ...]:
    """Another device, faulty and live, is touched at the same time."""
    return (
        Fault(
            "Faulty lamp touched, laptop on battery",
            "somebody else's broken device",
            "lamp, hand, body, sensor, laptop, its capacitance to the room",
            *(1, "a.c.", *to_earth(design.LAPTOP_TO_EARTH_F.value)),
            "the battery; touch nothing that is plugged in while you wear electrodes",
        ),
        Fault(
            "Faulty lamp touched, laptop on battery against earthed metal",
            "as before; the laptop or the unit lies on a metal desk or touches a radiator",
            "lamp, hand, body, sensor, laptop, earthed metal",
            *(1, "a.c.", *all_of_the_mains()),
            "keep laptop and unit off earthed metal; touch nothing that is plugged in",
        ),
        Fault(
            "Faulty lamp touched, laptop tied to earth",
            "as before, with class I charger, dock, monitor or network cable",
            "lamp, hand, body, sensor, laptop, earth",
            *(1, "a.c.", *all_of_the_mains()),
            "unplug all that ties the laptop to earth",
        ),
    )
