"""What a board and its sensors may do on the bench, each limit once and with its reason.

Hum's limits are those of the signal check on the skin (`unclench_dsp.mains`), and it may rise by as
much with a hand on the cable or with the charger; noise has its own (`unclench.board.noise`).
"""

from __future__ import annotations

GOOD_NOISE_RISE = 1.25
"""How many times its noise, hum left out, a sensor may have with the charger plugged in. Chosen:
less cannot be told from chance in a few seconds."""

GOOD_LEVEL, USABLE_LEVEL = 0.15, 0.35
"""How far a sensor may rest from half the supply, as a share of the supply. Chosen: what is left on
the nearer side is 70 and 30 % of the room, beyond every muscle at rest."""

CLIPPED = 0.002
"""Share of samples at the end of what can be read. Chosen: a moment, not a state."""

USABLE_LOSS = 0.001
"""Share of samples that may be lost. Chosen."""

GAIN_ERROR = 0.05
"""How far a sensor's gain may be from what the board believes. Chosen: the aim of the project."""

GAIN_SETTABLE = 0.25
"""Up to here an error is taken for the gain's. Chosen: resistors and amplifiers are a few percent
off; more is a wrong figure or a wrong wire (a peak given for an RMS makes -29 %)."""

DISTORTION = 0.03
"""Harmonics against the tone. Chosen: such a share changes the RMS by less than 0.1 %, more tells
that something is driven too hard."""

TONE_HZ = (25.0, 400.0)
"""Frequencies for the known signal. Chosen: within the sensor's band, where its corners (20.8 and
498.4 Hz) and their tolerance weigh little."""

TONE_BEST_HZ = 110.0
"""The one to take. Chosen: far from the sensor's corners, and no multiple of the mains is near it
or its own multiples."""

TONE_LEAST_UV = 20.0
"""Least known signal at the electrodes, RMS. Chosen: a hundred times a board's noise."""

TONE_OVER_REST = 20.0
"""How many times the rest of the band the tone must be: what else is there is then below 5 % of it,
the error that is looked for."""

TONE_ROOM = 0.8
"""How much of the range the tone's peak may take. Chosen: a sensor rests up to 15 % off the middle,
and its amplifier ends a little before the supply does."""

MIN_SECONDS = 3.0
"""Shortest measurement: less tells no rate."""
