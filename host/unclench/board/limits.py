"""Limits for a board and its sensors on the bench, each with its reason.

The limits of hum are those of the signal check on the skin (`unclench_dsp.mains`). A hand on the
cable or the charger may raise the hum by as much. The limits of noise are in
`unclench.board.noise`.
"""

from __future__ import annotations

GOOD_NOISE_RISE = 1.25
"""By what factor the charger may raise a sensor's noise, without hum. Chosen: in a few seconds, a
smaller rise cannot be distinguished from chance."""

MOST_STEADINESS, STEADY_S = 1.5, 9.9
"""By what factor an instrument's own noise may differ between two half seconds of a check (see
`Spectrum.steadiness`), and how long a check must last to tell a large noise from a muscle. Chosen:
chance alone makes 1.35 in a minute, and bursts make more than 2. So a muscle is not stored as
noise, and noise is stored whatever its size."""

GOOD_LEVEL, USABLE_LEVEL = 0.15, 0.35
"""How far from half the supply a sensor may rest, as a share of the supply. Chosen: 70 and 30 % of
the range remain on the nearer side, more than any muscle at rest needs."""

CLIPPED = 0.002
"""Share of samples that may be at the end of the range. Chosen: a short moment, not a state."""

USABLE_LOSS = 0.001
"""Share of samples that may be lost. Chosen."""

GAIN_ERROR = 0.05
"""How far a sensor's gain may be from the one set on the board. Chosen: the project's goal."""

GAIN_SETTABLE = 0.25
"""Largest error that is put down to the gain. Chosen: resistors and amplifiers are a few percent
off; more means a wrong figure or a wrong wire (a peak instead of an RMS gives -29 %)."""

DISTORTION = 0.03
"""Harmonics relative to the tone. Chosen: this share changes the RMS by less than 0.1 %; a larger
one shows that something is overdriven."""

TONE_HZ = (25.0, 400.0)
"""Frequency range of the known signal. Chosen: within the sensor's band, where its corner
frequencies (20.8 and 498.4 Hz) and their tolerance matter little."""

TONE_BEST_HZ = 110.0
"""Recommended frequency. Chosen: far from the sensor's corners, and no multiple of the mains
frequency is near it or its multiples."""

TONE_LEAST_UV = 20.0
"""Smallest known signal at the electrodes, RMS. Chosen: a hundred times a board's noise."""

TONE_OVER_REST = 20.0
"""How many times stronger than the rest of the band the tone must be: the rest is then below 5 % of
the tone, which is the error to detect."""

TONE_ROOM = 0.8
"""Share of the range that the tone's peak may use. Chosen: a sensor rests up to 15 % off the
middle, and its amplifier does not quite reach the supply."""

MIN_SECONDS = 3.0
"""Shortest measurement that determines a rate."""
