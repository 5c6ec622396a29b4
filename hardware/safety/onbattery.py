"""On battery: what the sensor unit itself can do to whom it is worn by."""

from __future__ import annotations

from hardware import design
from hardware.safety.currents import Fault, between_electrodes, bias, through_a, to_laptop

_SUPPLY = design.SUPPLY_V.value
_BIAS_ONLY = "amplifier inputs only: their bias current"


def on_battery() -> tuple[Fault, ...]:
    """Nothing broken; what is harmless; what is not."""
    return (*_whole(), *_harmless(), *_inside())


def _whole() -> tuple[Fault, ...]:
    """On battery, nothing broken: a current goes between electrodes, or to the laptop's metal."""
    body, electrode = design.BODY_OHM.value, design.ELECTRODE_OHM.value
    apart_v = 2 * design.REF_SHARE.value * _SUPPLY / 2
    return (
        Fault(
            "Nothing is wrong: laptop on its battery",
            "daily use; also while you touch a radiator, as the laptop is not tied to earth",
            _BIAS_ONLY,
            *(0, "d.c.", *bias()),
            "the rule itself: run on battery, touch no bare metal of the laptop",
        ),
        Fault(
            "Hand on bare metal of the laptop",
            "a screw, a bare palm rest, a USB plug; nothing is broken. Also if you and the laptop "
            "touch the same metal desk",
            "REF (half the supply, *unverified*), body, hand, the laptop's ground; with the sensor "
            "on one side and the hand of the other, across the chest",
            *(0, "d.c.", *to_laptop(_SUPPLY / 2)),
            "keep off bare metal; a wireless keyboard or mouse; an isolator cuts this way, too",
        ),
        Fault(
            "Two sensors worn at once",
            "nothing is broken; the REFs of two sensors are never quite alike",
            f"from REF to REF: {apart_v * 1e3:.0f} mV between them",
            *(0, "d.c.", through_a(apart_v, body), through_a(apart_v, body + 2 * electrode)),
            "one sensor at a time; 100 kohm in each REF (below)",
        ),
    )


def _harmless() -> tuple[Fault, ...]:
    """On battery: one thing is broken that drives no current through a person."""
    short_a = _SUPPLY / design.SUPPLY_OHM.value
    heat = f"{short_a:.2f} A and {short_a * _SUPPLY:.1f} W"
    return (
        Fault(
            "RAW shorted to GND or to 3V3",
            "a loose jumper, a drop of solder",
            f"{_BIAS_ONLY}. The short is behind the amplifier, and the signal is stuck",
            *(1, "d.c.", *bias()),
            "`unclench board check` says that an input is stuck",
        ),
        Fault(
            "REF of one sensor shorted to its supply",
            "a damaged sensor, moisture or sweat under it",
            f"{_BIAS_ONLY}, while you touch no bare metal. The signal is cut off",
            *(1, "d.c.", *bias()),
            "the program shows clipping",
        ),
        Fault(
            "Sensor supplied from VBUS (5 V)",
            "the wrong pin",
            f"{_BIAS_ONLY}; the Pico's input gets up to 5 V and is damaged",
            *(1, "d.c.", *bias()),
            "a multimeter before first use (build guides); no wire near VBUS",
        ),
        Fault(
            "The Pico's regulator fails: 5 V on 3V3",
            "a defect of the Pico",
            f"{_BIAS_ONLY}; the Pico is damaged",
            *(1, "d.c.", *bias()),
            "none but the sensor's own inputs",
        ),
        Fault(
            "Tidy build: a short behind the 10 ohm",
            "a crushed lead, a failed or reversed electrolytic capacitor",
            f"{_BIAS_ONLY}. **Heat**: {heat} in the 10 ohm, lasting; it can burn",
            *(1, "d.c.", *bias()),
            f"a 10 ohm of {design.SUPPLY_OHM_W.value:g} W; the capacitor's + looked at twice; hot: "
            "pull the USB plug",
        ),
    )


def _inside() -> tuple[Fault, ...]:
    """On battery: the supply finds a way to an electrode."""
    body, electrode = design.BODY_OHM.value, design.ELECTRODE_OHM.value
    shorted = between_electrodes(_SUPPLY)
    as_shorted = "as for a shorted input"
    return (
        Fault(
            "Electrode input shorted to 3V3 inside the sensor",
            "static discharge, moisture or sweat, a defect",
            "3V3, electrode, body up to REF, sensor",
            *(1, "d.c.", *shorted),
            "only the resistance of electrodes and skin; 100 kohm in REF (below)",
        ),
        Fault(
            "Electrode input shorted to GND inside the sensor",
            "as before",
            "REF electrode (at half the supply, *unverified*; worst: all of it), body, input, GND",
            *(1, "d.c.", *shorted),
            "as before",
        ),
        Fault(
            "Input or REF at 3V3, and a hand on bare metal of the laptop",
            "as before",
            "3V3, electrode, body, hand, the laptop's ground",
            *(1, "d.c.", *to_laptop(_SUPPLY)),
            "keep off bare metal; a resistor in REF alone does not help if it is an input",
        ),
        Fault(
            "REF of one of several sensors shorted to 3V3 or GND",
            "as before; each sensor has a REF of its own",
            "from one sensor's REF to another's, through all that lies between them",
            *(1, "d.c.", *shorted),
            "one sensor at a time; 100 kohm in each REF (below)",
        ),
        Fault(
            "No-solder build: plug half out of its jack",
            "a pull at the cable: contacts meet that must not, RAW and 3V3 among them",
            f"it may destroy the worn sensor; then {as_shorted}",
            *(1, "d.c.", *shorted),
            "plug and jack fixed so that a pull unplugs USB first; electrodes off before you "
            "touch a plug",
        ),
        Fault(
            "A 3.5 mm plug in the wrong jack",
            "it fits: an electrode lead of a Cable Shield in the Link Shield or the Pico's jack; "
            "or the cable to the Pico in a Cable Shield",
            "3V3, electrode, body, another electrode, GND: no sensor is between; or the supply at "
            "the sensor's inputs, as for a shorted input",
            *(1, "d.c.", through_a(_SUPPLY, body), through_a(_SUPPLY, body + 2 * electrode)),
            "plugs and jacks labelled; electrodes off before you touch a plug",
        ),
        Fault(
            "Sensor supplied from VBUS, and an input shorted",
            "two faults at once",
            f"{as_shorted}, from up to {design.VBUS_V.value:g} V",
            *(2, "d.c.", *between_electrodes(design.VBUS_V.value)),
            "a multimeter before first use (build guides); no wire near VBUS",
        ),
        Fault(
            "The laptop's battery voltage reaches USB, and the sensor gives way",
            "two faults at once: the laptop's USB supply, then the sensor",
            f"{as_shorted}, from the battery; it is apart from the mains",
            *(2, "d.c.", *between_electrodes(design.LAPTOP_BATTERY_V.value)),
            "the laptop's own protection, which we do not know",
        ),
    )
