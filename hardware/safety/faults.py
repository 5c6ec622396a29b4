"""What flows through a person in each fault: arithmetic against IEC 60601-1, and no test of it.

Two figures for each fault. *Worst*: the body is the 1 kohm of the standard's measuring device, and
every unknown is taken at its worst. *Typical*: gelled electrodes on dry skin and dry fingers stand
in the way, too; against the mains they do not, as skin breaks down. The schematic of the MyoWare
2.0 was not seen: nothing in its inputs is assumed to limit a current.
"""

from __future__ import annotations

from hardware.safety.currents import Fault
from hardware.safety.mains import another, charger, isolated
from hardware.safety.onbattery import on_battery


def groups() -> tuple[tuple[str, tuple[Fault, ...]], ...]:
    """All that was thought of, from the daily case to the worst, under headings."""
    return (
        ("On battery: what the sensor unit itself can do", on_battery()),
        ("With a medical-grade isolator and isolated power", isolated()),
        ("With a charger plugged in and no isolator: never do this", charger()),
        ("Something else is faulty, and you touch it", another()),
    )


def faults() -> tuple[Fault, ...]:
    """The same in one row."""
    return tuple(fault for _, group in groups() for fault in group)
