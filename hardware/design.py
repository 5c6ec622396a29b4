"""Every figure of the sensor unit, once, with its unit and where it comes from.

The drawings, the parts list, the front-end calculation, the safety table and the tests take their
figures from here; the pins come from the firmware itself. A figure that nobody of ours has verified
says so in its status, and whatever is made from it says so, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from unclench_board.pins import ADC_PINS, LIGHT_PIN, PROMPT_PIN
from unclench_dsp import MYOWARE2_BAND_HZ
from unclench_wire.ids import MAX_CHANNELS

Status = Literal["measured", "reported", "computed", "chosen", "unverified"]
Build = Literal["no-solder", "tidy"]
BUILDS: tuple[Build, ...] = ("no-solder", "tidy")


@dataclass(frozen=True)
class Figure:
    """A number with its unit and its source.

    Attributes
    ----------
    value : float
        In `unit`.
    unit : str
        "V", "ohm", "F", "Hz", "LSB RMS", ...
    source : str
        Who says so, or how it was computed; for `chosen`, why.
    status : Status
        `measured` on published data or in emulation for this project, `reported` by somebody
        else, `computed` from others here, `chosen` by us, `unverified`: not seen proven by us.
    """

    value: float
    unit: str
    source: str
    status: Status


# The Pico. Numbers of the header's pins are those of the Pico's datasheet, section 2.1.
HEADER_PIN_OF_GPIO = {22: 29, 26: 31, 27: 32, 28: 34}
PIN_3V3 = 36
PIN_ADC_VREF = 35
PIN_AGND = 33
PIN_GND = 38
PIN_PROMPT_GND = 28
PIN_VBUS = 40  # 5 V: nothing of ours is ever connected to it
RAW_PINS = tuple(HEADER_PIN_OF_GPIO[gpio] for gpio in ADC_PINS[:MAX_CHANNELS])
PROMPT_HEADER_PIN = HEADER_PIN_OF_GPIO[PROMPT_PIN]
LIGHT_GPIO = LIGHT_PIN

SUPPLY_V = Figure(3.3, "V", "Pico datasheet, 3V3(OUT)", "reported")
ADC_CODES = Figure(4096, "codes", "RP2040 datasheet, section 4.9: 12 bit", "reported")
ADC_NOISE_LSB = Figure(
    0.97, "LSB RMS", "published sweeps of RP2040 boards; 0.63 to 1.36 among them", "reported"
)
ADC_STEP_LSB = Figure(
    1.0, "LSB", "code 2047 is missing; 0.6 to 1.4 on the five boards looked at", "measured"
)
ADC_CONVERSIONS_HZ = Figure(
    500_000, "1/s", "RP2040 datasheet, section 4.9.2: 96 cycles of 48 MHz", "reported"
)
ADC_INPUT_OHM = Figure(
    100e3, "ohm", "RP2040 datasheet, ADC electrical characteristics: input impedance", "unverified"
)
ADC_SAMPLE_F = Figure(1e-12, "F", "sampling capacitor, order of magnitude", "unverified")
VREF_SERIES_OHM = Figure(200, "ohm", "Pico's schematic: from 3V3 to ADC_VREF", "unverified")
VREF_ON_BOARD_F = Figure(2.2e-6, "F", "Pico's schematic: at ADC_VREF", "unverified")
RIPPLE_3V3_V = Figure(
    11.1e-3, "V RMS", "pico-adc.markomo.me, PSU Noise: 3V3, power save mode, 20 MHz", "reported"
)
RIPPLE_VREF_V = Figure(
    1.0e-3, "V RMS", "pico-adc.markomo.me, PSU Noise: ADC_VREF, power save mode, 20 MHz", "reported"
)

# The sensor
SENSOR_GAIN = Figure(200, "V/V", "MyoWare 2.0, RAW output", "reported")
SENSOR_LOW_HZ = Figure(MYOWARE2_BAND_HZ[0], "Hz", "MyoWare 2.0, first order", "reported")
SENSOR_HIGH_HZ = Figure(MYOWARE2_BAND_HZ[1], "Hz", "MyoWare 2.0, first order", "reported")
SENSOR_SUPPLY_A = Figure(
    9e-3, "A", "datasheet of the MyoWare 1.0 (typical); none was seen for the 2.0", "unverified"
)
SENSOR_NOISE_V_RTHZ = Figure(
    22e-9,
    "V/sqrt(Hz)",
    "an instrumentation amplifier such as the AD8226; what is on a MyoWare 2.0 is not known",
    "unverified",
)

# Our parts of the tidy build
FILTER_OHM = Figure(
    1e3,
    "ohm",
    "1 % of the converter's input impedance, and limits what a fault drives into the pin",
    "chosen",
)
FILTER_F = Figure(
    22e-9, "F", "with FILTER_OHM a corner of 7.2 kHz: nothing is lost below 450 Hz", "chosen"
)
VREF_EXTRA_F = Figure(10.1e-6, "F", "10 uF and 100 nF in parallel, ADC_VREF to AGND", "chosen")
SUPPLY_OHM = Figure(
    10, "ohm", "with SUPPLY_F a filter for each sensor; also moves its rest off code 2047", "chosen"
)
SUPPLY_F = Figure(100e-6, "F", "with SUPPLY_OHM a corner of 159 Hz", "chosen")

MAINS_V = Figure(230, "V RMS", "European mains; 120 V elsewhere", "reported")
MAINS_HZ = Figure(50, "Hz", "European mains; 60 Hz elsewhere", "reported")
