"""Safety rules before electrodes touch skin, in short. The full text is safety.md."""

from __future__ import annotations

from unclench.translation import tr

RULES: tuple[tuple[str, str], ...] = (
    (
        tr("Laptop on battery, never charging"),
        tr(
            "Unplug charger, dock and monitor, and everything with its own plug. Take the "
            "electrodes off first, then charge. Or put a medical-grade USB isolator with isolated "
            "power between laptop and board."
        ),
    ),
    (
        tr("Stop if it feels wrong"),
        tr(
            "If anything tingles, hurts or gets warm, pull the USB plug, then take the electrodes "
            "off."
        ),
    ),
    (
        tr("Touch no metal, nothing plugged in"),
        tr(
            "No bare metal of the laptop or of plugs, no lamp, no other device that is plugged in. "
            "Not near water."
        ),
    ),
    (
        tr("Not across the chest"),
        tr(
            "Never place electrodes so that the chest lies between them; one sensor at a time is "
            "best."
        ),
    ),
    (
        tr("Not on broken skin"),
        tr(
            "No wounds, rashes or irritated skin. Fresh electrodes each time; take them off if it "
            "itches or turns red."
        ),
    ),
    (
        tr("Not with implants"),
        tr(
            "No pacemaker, defibrillator, stimulator or other implanted device; no TENS or other "
            "electrical treatment meanwhile."
        ),
    ),
    (
        tr("Children, animals, cables"),
        tr(
            "Children only with an adult beside them; not for animals. No cable round the neck. "
            "Small parts can be swallowed."
        ),
    ),
    (
        tr("Not a medical device"),
        tr("unclench shows muscle tension, for learning. It diagnoses and treats nothing."),
    ),
)
