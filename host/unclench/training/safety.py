"""What has to be so before electrodes touch skin: the short form. The long one is safety.md."""

from __future__ import annotations

RULES: tuple[tuple[str, str], ...] = (
    (
        "Run on battery",
        "Use a laptop on its battery. Unplug charger, dock and monitor, and anything else that is "
        "itself plugged in. Or put a medical-grade USB isolator between laptop and board.",
    ),
    (
        "Never charge while you wear it",
        "Mains without isolation is a possible path for current through your body. Take the "
        "electrodes off first, then plug the charger in.",
    ),
    ("Not across the chest", "Never place electrodes so that the chest lies between them."),
    (
        "Not on broken skin",
        "No wounds, rashes or irritated skin. Fresh electrodes each time; take them off if it "
        "itches or turns red. If anything tingles, hurts or gets warm, pull the USB plug.",
    ),
    (
        "Not with implants",
        "No pacemaker, defibrillator, stimulator or other implanted device; no TENS or other "
        "electrical treatment meanwhile.",
    ),
    (
        "Children and animals",
        "Children only with an adult beside them. Keep cables and small parts from children and "
        "animals; it is not made for animals.",
    ),
    (
        "Not a medical device",
        "unclench shows muscle tension, for learning. It diagnoses and treats nothing.",
    ),
)
