"""What has to be so before electrodes touch skin: the short form. The long one is safety.md."""

from __future__ import annotations

RULES: tuple[tuple[str, str], ...] = (
    (
        "Laptop on battery, never charging",
        "Unplug charger, dock and monitor, and all that has a plug of its own. Take the "
        "electrodes off first, then charge. Or put a medical-grade USB isolator with isolated "
        "power between laptop and board.",
    ),
    (
        "Stop if it feels wrong",
        "If anything tingles, hurts or gets warm, pull the USB plug, then take the electrodes off.",
    ),
    (
        "Touch no metal, nothing plugged in",
        "No bare metal of the laptop or of plugs, no lamp, no other device that is plugged in. "
        "Not near water.",
    ),
    (
        "Not across the chest",
        "Never place electrodes so that the chest lies between them; one sensor at a time is best.",
    ),
    (
        "Not on broken skin",
        "No wounds, rashes or irritated skin. Fresh electrodes each time; take them off if it "
        "itches or turns red.",
    ),
    (
        "Not with implants",
        "No pacemaker, defibrillator, stimulator or other implanted device; no TENS or other "
        "electrical treatment meanwhile.",
    ),
    (
        "Children, animals, cables",
        "Children only with an adult beside them; not for animals. No cable round the neck. Small "
        "parts can be swallowed.",
    ),
    (
        "Not a medical device",
        "unclench shows muscle tension, for learning. It diagnoses and treats nothing.",
    ),
)
