"""The sensors and boards that are known, and which of them a board's announcement is of.

A new sensor is an entry in `SENSORS` and a line in docs/sensors.md; `tests/profiles` tries each.
"""

from __future__ import annotations

from unclench.profiles.kinds import (
    BoardProfile,
    ConverterProfile,
    Figure,
    Profile,
    SensorProfile,
)
from unclench_wire.messages import Hello

MYOWARE_2 = SensorProfile(
    name="myoware-2",
    label="MyoWare 2.0, RAW output",
    gain=Figure(200, "V/V", "MyoWare 2.0, RAW output", "reported"),
    low_hz=Figure(20.8, "Hz", "MyoWare 2.0, first order", "reported"),
    high_hz=Figure(498.4, "Hz", "MyoWare 2.0, first order", "reported"),
    order=1,
    rest=Figure(0.5, "of the supply", "MyoWare 2.0: centred on half the supply", "reported"),
)

MYOWARE_1 = SensorProfile(
    name="myoware-1",
    label="MyoWare 1.0, RAW output",
    gain=Figure(201, "V/V", "MyoWare 1.0, RAW output", "reported"),
    low_hz=Figure(
        MYOWARE_2.low_hz.value, "Hz", "taken to be as the MyoWare 2.0's; not seen", "unverified"
    ),
    high_hz=Figure(
        MYOWARE_2.high_hz.value, "Hz", "taken to be as the MyoWare 2.0's; not seen", "unverified"
    ),
    order=1,
    rest=Figure(0.5, "of the supply", "taken to be as the MyoWare 2.0's; not seen", "unverified"),
)

RP2040_MISSING = 2047  # the code that never comes
RP2040_STEP_LSB = Figure(
    1.0, "LSB", "code 2047 is missing; 0.6 to 1.4 on the five boards looked at", "measured"
)
RP2040 = ConverterProfile(
    name="rp2040",
    label="RP2040's converter on 3V3",
    codes=Figure(4096, "codes", "RP2040 datasheet, section 4.9: 12 bit", "reported"),
    full_scale_v=Figure(3.3, "V", "Pico datasheet, 3V3(OUT)", "reported"),
    conversions_hz=Figure(
        500_000, "1/s", "RP2040 datasheet, section 4.9.2: 96 cycles of 48 MHz", "reported"
    ),
    noise_lsb=Figure(
        0.97, "LSB RMS", "published sweeps of RP2040 boards; 0.63 to 1.36 among them", "reported"
    ),
    missing_code=RP2040_MISSING,
    step_lsb=RP2040_STEP_LSB,
)

PICO = BoardProfile(
    name="pico",
    label="Raspberry Pi Pico",
    converter=RP2040,
    inputs=("GP26", "GP27", "GP28"),
    rates_hz=(1000, 2000, 4000),
)

# The wire tells a sensor by its gain alone, so no two may share one.
SENSORS = {sensor.name: sensor for sensor in (MYOWARE_2, MYOWARE_1)}
BOARDS = {board.name: board for board in (PICO,)}

# What is taken where nothing has announced itself yet.
SENSOR = MYOWARE_2
BOARD = PICO


def sensor_of(gain_milli: int) -> SensorProfile | None:
    """Return the known sensor with this gain, in thousandths, or None."""
    return next((known for known in SENSORS.values() if known.gain_milli == gain_milli), None)


def profile_of(hello: Hello) -> Profile | None:
    """Return what is known of the instrument that announced itself; None for an unknown board.

    A sensor whose gain no known one has is None in it.
    """
    for board in BOARDS.values():
        converter = board.converter
        if (hello.codes, hello.full_scale_uv) == (converter.n_codes, converter.full_scale_uv):
            sensors = tuple(sensor_of(channel.gain_milli) for channel in hello.channels)
            return Profile(board=board, sensors=sensors)
    return None
