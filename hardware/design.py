"""Every figure of the sensor unit, once, with its unit and where it comes from.

The drawings, the parts list, the front-end calculation, the safety table and the tests take their
figures from here; those that the program computes with come from its profiles, the pins from the
firmware itself. A figure that nobody of ours has verified says so in its status, and whatever is
made from it says so, too.
"""

from __future__ import annotations

from typing import Literal

from unclench.profiles.kinds import Figure as Figure  # noqa: PLC0414  # all of hardware/ takes it from here
from unclench.profiles.kinds import Status as Status  # noqa: PLC0414
from unclench.profiles.known import MYOWARE_2, RP2040, RP2040_STEP_LSB
from unclench_board.pins import ADC_PINS, PROMPT_PIN
from unclench_wire.ids import MAX_CHANNELS

Build = Literal["no-solder", "tidy"]
BUILDS: tuple[Build, ...] = ("no-solder", "tidy")


# The Pico. Numbers of the header's pins are those of the Pico's datasheet, section 2.1.
HEADER_PIN_OF_GPIO = {22: 29, 26: 31, 27: 32, 28: 34}
PIN_3V3 = 36
PIN_ADC_VREF = 35
PIN_AGND = 33
PIN_PROMPT_GND = 28
PIN_VBUS = 40  # 5 V: nothing of ours is ever connected to it
RAW_PINS = tuple(HEADER_PIN_OF_GPIO[gpio] for gpio in ADC_PINS[:MAX_CHANNELS])
PROMPT_HEADER_PIN = HEADER_PIN_OF_GPIO[PROMPT_PIN]

SUPPLY_V = RP2040.full_scale_v
ADC_CODES = RP2040.codes
ADC_NOISE_LSB = RP2040.noise_lsb
ADC_STEP_LSB = RP2040_STEP_LSB
ADC_CONVERSIONS_HZ = RP2040.conversions_hz
ADC_INPUT_OHM = Figure(
    100e3, "ohm", "RP2040 datasheet, ADC electrical characteristics: input impedance", "unverified"
)
ADC_SAMPLE_F = Figure(1e-12, "F", "sampling capacitor, order of magnitude", "unverified")
VREF_SERIES_OHM = Figure(
    200, "ohm", "Pico datasheet, section 4.3: R7, from 3V3 to the pin ADC_VREF", "reported"
)
VREF_ON_BOARD_F = Figure(
    2.2e-6, "F", "Pico datasheet, section 4.3: behind R9, at the chip's ADC_AVDD", "reported"
)
RIPPLE_3V3_V = Figure(
    11.1e-3, "V RMS", "pico-adc.markomo.me, PSU Noise: 3V3, power save mode, 20 MHz", "reported"
)

# The sensor
SENSOR_GAIN = MYOWARE_2.gain
SENSOR_LOW_HZ = MYOWARE_2.low_hz
SENSOR_HIGH_HZ = MYOWARE_2.high_hz
SENSOR_SUPPLY_A = Figure(
    9e-3, "A", "datasheet of the MyoWare 1.0 (typical); none was seen for the 2.0", "unverified"
)
SENSOR_SUPPLY_MOST_A = Figure(
    14e-3, "A", "datasheet of the MyoWare 1.0 (at most); none was seen for the 2.0", "unverified"
)
SENSOR_1_LEAST_V = Figure(
    3.1, "V", "datasheet of the MyoWare 1.0; another issue of it says 2.9 V", "reported"
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
SUPPLY_F = Figure(
    220e-6, "F", "with SUPPLY_OHM about as slow as the reference: most ripple cancels", "chosen"
)

MAINS_V = Figure(230, "V RMS", "European mains; 120 V elsewhere", "reported")
MAINS_HZ = Figure(50, "Hz", "European mains; 60 Hz elsewhere", "reported")

# Safety: what the fault table is computed from (hardware/safety).
BODY_OHM = Figure(
    1e3, "ohm", "IEC 60601-1, measuring device: stands for a person, skin neglected", "reported"
)
BODY_AT_MAINS_OHM = Figure(
    1350,
    "ohm",
    "tables after IEC 60479-1, hand to hand at 220 V: half of all people have less; skin gives way "
    "there. One in twenty has less than 1000, as many more than 2125",
    "reported",
)
ELECTRODE_OHM = Figure(
    10e3, "ohm", "one gelled electrode on dry, unprepared skin; from 1 to 100 kohm", "unverified"
)
FINGER_OHM = Figure(
    100e3, "ohm", "a dry finger on metal; a table gives 40 kohm to 1 Mohm, wet from 4", "reported"
)
LEAK_NORMAL_AC_A = Figure(
    100e-6, "A RMS", "IEC 60601-1, type BF, nothing broken: makers' manuals agree", "reported"
)
LEAK_FAULT_AC_A = Figure(500e-6, "A RMS", "as above, one thing broken", "reported")
LEAK_NORMAL_DC_A = Figure(10e-6, "A", "as above, direct current, nothing broken", "reported")
LEAK_FAULT_DC_A = Figure(50e-6, "A", "as above, direct current, one thing broken", "reported")
TOUCH_CLASS_2_A = Figure(
    0.25e-3, "A RMS", "IEC 60950-1, touch current, class II; superseded in 2020", "reported"
)
TOUCH_ES1_A = Figure(
    0.5e-3, "A RMS", "IEC 62368-1, its successor: touch current of class ES1", "unverified"
)
TOUCH_CLASS_1_A = Figure(
    3.5e-3, "A RMS", "IEC 60950-1, earth lead of class I; superseded in 2020", "reported"
)
FELT_A = Figure(
    0.5e-3,
    "A RMS",
    "tables after IEC 60479-1 for 50 and 60 Hz; an anaesthesia textbook says 0.3 mA",
    "reported",
)
LET_GO_A = Figure(
    10e-3,
    "A RMS",
    "muscles cramp, one cannot let go: tables after IEC 60479-1; sources say from 6 to 15 mA",
    "reported",
)
HEART_A = Figure(
    40e-3, "A RMS", "tables after IEC 60479-1: the heart may fibrillate from here on", "reported"
)
BIAS_A = Figure(
    65e-9,
    "A",
    "INA826, data sheet, at most at 25 °C; which amplifier a MyoWare 2.0 has is not known",
    "unverified",
)
REF_SHARE = Figure(
    0.01,
    "",
    "how far the half of the supply at a REF may be off: a divider of 1 % resistors",
    "unverified",
)
VBUS_V = Figure(5.5, "V", "USB-C allows it at most; usually 5.0", "reported")
LAPTOP_BATTERY_V = Figure(20.0, "V", "the highest that common laptops and USB-C hand out", "chosen")
EARTHS_V = Figure(
    1.0, "V RMS", "between two earths of a building; from nearly none to some volts", "unverified"
)
Y_CAPACITORS_F = (
    Figure(1e-9, "F", "Y capacitor of a charger, small", "reported"),
    Figure(2.2e-9, "F", "Y capacitor of a charger, common", "reported"),
    Figure(4.7e-9, "F", "Y capacitor of a charger, large", "unverified"),
)
BARRIER_F = Figure(
    2.2e-12, "F", "chips of the ADuM1400 and ADuM5401 family, data sheets: typical", "reported"
)
SUPPLY_BARRIER_F = Figure(
    50e-12, "F", "the isolated supply beside it, order of magnitude", "unverified"
)
LAPTOP_TO_EARTH_F = Figure(
    200e-12, "F", "a laptop on a table to the room, order of magnitude", "unverified"
)
EARTH_LEAD_OHM = Figure(
    0.2, "ohm", "IEC 60601-1: protective earth of a device with its cord, at most", "reported"
)
LEAD_OHM = Figure(100e3, "ohm", "3.3 V through it and the body drive 33 uA, of 50", "chosen")
LEAD_SHARE = Figure(0.01, "", "how far it may be off: 1 %", "chosen")
BODY_HUM_A = Figure(
    0.5e-6, "A RMS", "what the mains in a room drives through a body to REF", "unverified"
)
COMMON_MODE = Figure(
    1e4, "", "how much weaker an input shows what both electrodes share: 80 dB", "unverified"
)
SKIN_KELVIN = Figure(300.0, "K", "thermal noise is that of a warm room", "chosen")

# Front end: what the noise budget is computed from (hardware/frontend).
VREF_PIN_OHM = Figure(
    1.0, "ohm", "Pico datasheet, section 4.3: R9, from the pin ADC_VREF to ADC_AVDD", "reported"
)
VREF_A = Figure(
    170e-6,
    "A",
    "Pico datasheet, section 4.3: about 150 uA, 20 uA more while it converts; differs by chip",
    "reported",
)
ADC_NOISE_RANGE_LSB = (
    Figure(0.63, "LSB RMS", "the lowest of the published sweeps of RP2040 boards", "reported"),
    Figure(1.36, "LSB RMS", "the highest of them", "reported"),
)
RIPPLE_BAND_HZ = Figure(20e6, "Hz", "bandwidth of RIPPLE_3V3_V and RIPPLE_VREF_V", "reported")
NEIGHBOUR_HZ = Figure(
    1000, "1/s", "readings of the usual sketch: read_u16 once a millisecond", "reported"
)
REST_UV = Figure(2.0, "uV RMS", "a relaxed muscle: 1 to 3 uV, MyoTrac manual", "reported")
CLENCH_UV = Figure(216, "uV RMS", "masseter, full clench: 157 to 216 uV, Ferrario 1993", "reported")
CREST = Figure(4.0, "", "peak over RMS: a Gaussian signal exceeds it once in 16 000", "chosen")
ELECTRODE_OFFSET_V = Figure(
    0.3, "V", "ANSI/AAMI EC11: a cardiograph bears +-300 mV between electrodes", "reported"
)

SUPPLY_RAMP_S = Figure(
    1e-3, "s", "in which 3V3 comes up: the regulator's soft start, order of magnitude", "unverified"
)

# Wiring: the two builds (hardware/wiring, build-*.md)
PIN_VSYS = 39  # about 5 V, too: nothing of ours is ever connected to it
VREF_BULK_F = Figure(10e-6, "F", "the larger part of VREF_EXTRA_F", "chosen")
VREF_CERAMIC_F = Figure(100e-9, "F", "the smaller part of VREF_EXTRA_F, for fast ripple", "chosen")
SUPPLY_OHM_W = Figure(
    2.0,
    "W",
    "rating of SUPPLY_OHM: behind it a short drives 0.33 A, 1.1 W, for as long as it lasts",
    "chosen",
)
SUPPLY_LIMIT_A = Figure(
    0.3, "A", "Pico datasheet, 3V3(OUT): the load outside the board, at most", "reported"
)
SENSOR_SUPPLY_LIMIT_A = Figure(
    30e-3,
    "A",
    "more than three times SENSOR_SUPPLY_A is a fault; three such stay below SUPPLY_LIMIT_A",
    "chosen",
)
LEAD_M = Figure(
    1.0, "m", "from sensor to Pico; the signal is amplified by then, and a body moves", "chosen"
)
ELECTRODE_LEAD_M = Figure(
    0.3, "m", "from electrode to sensor at most: not amplified yet, it picks up mains", "chosen"
)
REF_LEAD_M = Figure(
    1.0, "m", "REF's lead at most: no signal in it, both inputs share what it picks up", "chosen"
)

# Bench: the known signal (acceptance.md)
DIVIDER_TOP_OHM = Figure(100e3, "ohm", "loads no source, and with DIVIDER_BOTTOM 1001:1", "chosen")
DIVIDER_BOTTOM_OHM = Figure(
    100, "ohm", "far below any input; its own noise in the band is 0.03 uV (computed)", "chosen"
)
BENCH_SOURCE_V = Figure(
    0.5, "V RMS", "many phones' headphone outputs give it, or less; 500 uV", "chosen"
)
BENCH_HZ = Figure(
    110, "Hz", "far from the sensor's corners and from all multiples of the mains", "chosen"
)
