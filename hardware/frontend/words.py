"""The sentences of frontend.md that hold computed figures."""

from __future__ import annotations

from hardware import design
from hardware.design import BUILDS
from hardware.frontend.budget import budget, neighbour
from hardware.frontend.converter import Converter, inflation
from hardware.frontend.headroom import full_scale_mv, largest_signal_mv, offset_mv
from hardware.frontend.markdown import wrapped
from hardware.frontend.response import (
    CHANNELS,
    UV_PER_CODE,
    crosstalk,
    filter_corner_hz,
    filter_gain_dc,
    sampling,
)
from hardware.frontend.supply import (
    band_ripple_uv_per_mv,
    even_ripple_mv,
    inrush_a,
    matching_supply_f,
    real_ripple_uv_per_mv,
    worst_ripple_uv_per_mv,
)

_SMALLER_F = 100e-6  # what is usual


def meaning() -> str:
    """What a builder has of it."""
    one, two, three = (budget("tidy", sampling(2000, n), True) for n in CHANNELS)
    off = budget("tidy", sampling(2000, 1), False)
    shorted_uv = one.shorted_uv
    rest = design.REST_UV.value
    worst = inflation(rest, off.how, Converter().uncorrected(), Converter().worst_rest_codes)

    def reads(noise_uv: float) -> str:
        return f"{(rest**2 + noise_uv**2) ** 0.5:.2f} µV"

    return wrapped(f"""
- **One channel at 2000 Hz** adds {one.known_uv:.2f} µV RMS itself: a true {rest:g} µV reads
  {reads(one.known_uv)}. With what is assumed of sensor and skin it is {one.all_uv:.2f} µV, and
  reads {reads(one.all_uv)} (*unverified*).
- **Two channels** add {two.known_uv:.2f} µV, **three** {three.known_uv:.2f} µV: they share the
  converter. A true {rest:g} µV reads {reads(three.known_uv)} with three.
- **The rate** changes nothing of the converter's noise: fewer readings to a sample, but a smaller
  share of their noise in the band. Higher rates lose less of the signal at 450 Hz and fold less
  in; 2000 Hz is enough for both.
- **Without the step's correction**, resting on it, one channel adds {off.known_uv:.2f} µV, and a
  true {rest:g} µV reads {worst:.2f} times as large with typical noise and step.
- **The tidy build** is no quieter in what is known. Its filters work against ripple
  ({worst_ripple_uv_per_mv("tidy"):.1f} instead of {worst_ripple_uv_per_mv("no-solder"):.1f} µV for
  each mV in the band, at worst) and against what is faster than the converter.
- **The usual sketch**, one `read_u16` a millisecond, adds {neighbour().known_uv:.1f} µV: a true
  {rest:g} µV cannot be seen.
- **Your own board** says what it adds: `unclench board check`, its electrodes connected to each
  other. That is converter and sensor together: {shorted_uv:.2f} µV for one channel, if the sensor
  is as quiet as is assumed here (*unverified*). Most of it is the sensor's: a noise usual of such
  amplifiers, while a MyoWare 2.0's was never seen, and the data sheet of the 1.0 (1 pA of bias,
  110 Gohm; reported) tells of a CMOS amplifier, another kind. Yours may be noisier.
""")


def code_words() -> str:
    """What a code is worth."""
    volt = design.SUPPLY_V.value / design.ADC_CODES.value
    return (
        f"One code is {design.SUPPLY_V.value:g} V / {design.ADC_CODES.value:.0f} = "
        f"{volt * 1e3:.3f} mV at the pin, {UV_PER_CODE:.2f} µV at the electrode (computed)."
    )


def filter_words() -> str:
    """The tidy build's filter and the converter's input."""
    how = sampling(2000, 3)
    passed = crosstalk(how.rate_hz * how.readings)
    return wrapped(f"""
The filter of the tidy build has its corner at {filter_corner_hz() / 1e3:.1f} kHz and divides, with
the converter's input impedance (*unverified*), by {1 / filter_gain_dc():.2f}: it hardly matters
here, but see [ripple](#ripple-on-the-supply). With three channels the converter's sampling
capacitor (*unverified*) carries charge from one to the next: resistance times capacitor times
{how.rate_hz * how.readings:.0f} readings a second are {passed:.2%} of their difference.
""")


def ripple_words() -> str:
    """How much ripple there may be, and what would help."""
    reported_mv = design.RIPPLE_3V3_V.value * 1e3
    bare, tidy = (reported_mv * worst_ripple_uv_per_mv(build) for build in BUILDS)
    ours_f = design.SUPPLY_F.value
    left = band_ripple_uv_per_mv("tidy", True) / band_ripple_uv_per_mv("tidy", True, _SMALLER_F)
    least, most = real_ripple_uv_per_mv()
    nominal = band_ripple_uv_per_mv("tidy", True)
    lost, off = design.VREF_BULK_LOST.value, design.SUPPLY_F_TOLERANCE.value
    return wrapped(f"""
- Reported are {reported_mv:g} mV RMS on 3V3, over a bandwidth of 20 MHz. **How much of it lies in
  20-450 Hz is not known** (*unverified*). Spread evenly it would be {even_ripple_mv():.2f} mV, less
  than what costs as much as the converter; all of it in the band would read {bare:.0f} µV without
  the filters and {tidy:.0f} µV with them. The noise test of your own board tells.
- A tone near a multiple of 500 kHz, such as of a switching regulator near 1 MHz (whether
  the Pico's is there is *unverified*), meets the
  converter in step and is not averaged away. In the no-solder build it passes in full if it
  reaches the sensor's output (*unverified*); the tidy build's filters stop it.
- If the mid supply follows, the supply's filter is best when it is as slow as the reference's:
  {matching_supply_f() * 1e6:.0f} µF. {ours_f * 1e6:.0f} µF is the next that is sold, and leaves
  {left:.0%} of the ripple that {_SMALLER_F * 1e6:.0f} µF would: {nominal:.2f} µV for each mV, if
  the parts are what is printed on them. Real ones leave {least:.2f} to {most:.2f} µV:
  {ours_f * 1e6:.0f} µF is ±{off:.0%}, and a small ceramic of 10 µF loses up to {lost:.0%} at 3.3 V
  (*unverified*). So choose 10 µF of 16 V or more, or an electrolytic.
""")


def inrush_words() -> str:
    """What charging the supplies' filters takes."""
    ramp_ms = design.SUPPLY_RAMP_S.value * 1e3
    return wrapped(f"""
**When USB is plugged in**, the tidy build's filters are empty. With three sensors they take
{inrush_a(3):.1f} A for about 2 ms, with one {inrush_a(1):.1f} A (computed; 3V3 is taken to rise in
{ramp_ms:g} ms, *unverified*): more than the {design.SUPPLY_LIMIT_A.value * 1e3:g} mA that 3V3 gives
for long. If the Pico does not start, try it with fewer sensors (*unverified*).
""")


def headroom_words() -> str:
    """What the table of headroom means."""
    share = largest_signal_mv() / full_scale_mv("tidy")
    whole = offset_mv("tidy", design.SENSOR_GAIN.value)
    return wrapped(f"""
A full clench of the masseter ({design.CLENCH_UV.value:g} µV RMS, crest factor
{design.CREST.value:g}) fills {share:.0%}, so a gain of {design.SENSOR_GAIN.value:g} never clips a
muscle. What can fill the rest is hum, and the electrodes' own steady voltage. A cardiograph must
bear ±{design.ELECTRODE_OFFSET_V.value * 1e3:g} mV of that (ANSI/AAMI EC11). Here it depends on what
the sensor amplifies by before its high-pass, which is not known of a MyoWare 2.0 (*unverified*): if
by all {design.SENSOR_GAIN.value:g}, the sensor clips from ±{whole:.0f} mV on. The program says when
a signal clips at the converter's ends; clipping inside the sensor, before its high-pass, looks like
a muscle gone silent.
""")
