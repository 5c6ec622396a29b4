"""Tables and the example of the bench document, made from the limits and from the virtual board."""

from __future__ import annotations

import io
import math
from datetime import datetime, timezone

from rich.console import Console

from hardware.design import (
    BENCH_HZ,
    BENCH_SOURCE_V,
    BENCH_WEAK_V,
    DIVIDER_BOTTOM_OHM,
    DIVIDER_TOLERANCE,
    DIVIDER_TOP_OHM,
    METER_DIGIT_V,
    METER_DIGITS,
    METER_SHARE,
    SENSOR_CORNER_SHARE,
)
from hardware.frontend.budget import budget
from hardware.frontend.converter import Converter, floor_uv
from hardware.frontend.markdown import wrapped
from hardware.frontend.response import CHANNELS, sampling
from unclench.board import limits
from unclench.board.bench.judge import judged_anew
from unclench.board.bench.measure import KnownSignal, measure_step
from unclench.board.bench.sheet import Sheet
from unclench.board.bench.steps import STEPS, Step
from unclench.board.noise import limits_uv
from unclench.commands.boardbench import show_record, standing
from unclench.link.connection import Connection
from unclench.link.virtual.board import MAX_SPEED, VirtualBoard
from unclench.link.virtual.inputs import SyntheticInput
from unclench.profiles.known import MYOWARE_2
from unclench_dsp import sensor_response
from unclench_dsp.mains import GOOD_HUM_UV, USABLE_HUM_UV

DIVIDER = (DIVIDER_TOP_OHM.value + DIVIDER_BOTTOM_OHM.value) / DIVIDER_BOTTOM_OHM.value
_WHEN = datetime(2026, 1, 1, 12, 0, tzinfo=timezone.utc)
_WIDTH = 80
_EXAMPLE_MV, _EXAMPLE_DIVIDER = 100.0, 1000.0  # what sim:bench-signal plays
SCENARIO_OF = {
    "shorted": "shorted",
    "signal": "bench-signal",
    "hands-off": "shorted",
    "hands-on": "bench-hands-on",
    "battery": "shorted",
    "charger": "bench-charger",
}


def known() -> KnownSignal:
    """The signal that the document recommends."""
    return KnownSignal(BENCH_SOURCE_V.value * 1000, DIVIDER, BENCH_HZ.value, 1)


def expected() -> str:
    """What each step expects, as a table."""
    signal_uv = known().expected_uv(2000.0)
    hum = f"{GOOD_HUM_UV:g} µV RMS", f"{USABLE_HUM_UV:g} µV RMS"
    level_v = limits.GOOD_LEVEL * 3.3, limits.USABLE_LEVEL * 3.3
    rows = [*_noise_rows()]
    rows += [
        ("shorted", "level at the pin", f"1.65 ± {level_v[0]:.2f} V", f"± {level_v[1]:.2f} V"),
        ("shorted, hands-off, battery", "hum, 50 or 60 Hz and multiples", *hum),
        (
            "signal",
            f"{BENCH_SOURCE_V.value * 1000:g} mV RMS, {BENCH_HZ.value:g} Hz, divided by "
            f"{DIVIDER:g}",
            f"{signal_uv:.1f} µV RMS ± {limits.GAIN_ERROR:.0%}".replace("%", " %"),
            "-",
        ),
        ("signal", "harmonics against the tone", f"{limits.DISTORTION * 100:g} %", "above"),
        (
            "hands-on, charger",
            "hum above hands-off, battery",
            f"{GOOD_HUM_UV:g} µV RMS",
            f"{USABLE_HUM_UV:g} µV RMS",
        ),
        (
            "charger",
            "noise against battery, without hum",
            f"{limits.GOOD_NOISE_RISE:g} times",
            "above",
        ),
        ("each", "samples lost", "none", f"{limits.USABLE_LOSS * 100:g} %"),
    ]
    head = "| step | what | good up to | usable up to |\n| --- | --- | --- | --- |\n"
    return head + "\n".join(f"| {' | '.join(row)} |" for row in rows)


def reach() -> str:
    """Whether a sensor can be expected to keep the limits of noise."""
    shorted = [budget("tidy", sampling(2000, n), True).shorted_uv for n in CHANNELS]
    each = ", ".join(f"{uv:.2f}" for uv in shorted)
    return wrapped(f"""
**Whether a MyoWare 2.0 is as quiet as "good" asks is not known.** Expected of converter and sensor
together, inputs shorted, are {each} µV RMS for 1, 2, 3 channels (computed, *unverified*):
this takes the sensor's amplifier to be as quiet as an AD8226. No figure of a 2.0's noise was seen,
and the data sheet of the MyoWare 1.0 (1 pA of bias, 110 Gohm; reported) tells of a CMOS amplifier,
another kind. So a sensor that is only "usable" need not be broken; please tell us what you find.
""")


def errors() -> str:
    """How well the known signal is known, as a table."""
    r1, r2, share = DIVIDER_TOP_OHM.value, DIVIDER_BOTTOM_OHM.value, DIVIDER_TOLERANCE.value
    worst = (r1 * (1 + share) + r2 * (1 - share)) / (r2 * (1 - share)) / DIVIDER - 1
    hz = BENCH_HZ.value
    middle = float(sensor_response(hz, MYOWARE_2.band_hz))
    low_hz, high_hz = MYOWARE_2.band_hz
    off = SENSOR_CORNER_SHARE.value
    corners = [
        abs(float(sensor_response(hz, (low_hz * (1 + a), high_hz * (1 - a)))) / middle - 1)
        for a in (off, -off)
    ]
    volts = BENCH_SOURCE_V.value
    weak = BENCH_WEAK_V.value
    rows = [
        ("two resistors of 1 %, both off the wrong way", worst),
        (f"multimeter at {volts * 1000:g} mV in its 2 V range (*unverified*)", _meter(volts)),
        (f"the sensor's corners {off * 100:g} % off (*unverified*)", max(corners)),
        (
            "these three together, root of the sum of squares",
            math.hypot(worst, _meter(volts), max(corners)),
        ),
        (
            f"instead, the same multimeter at {weak * 1000:g} mV in that range (*unverified*)",
            _meter(weak),
        ),
        (
            f"all three together at {weak * 1000:g} mV",
            math.hypot(worst, _meter(weak), max(corners)),
        ),
        ("the same multimeter at 100 mV in that range (*unverified*)", _meter(0.1)),
    ]
    head = "| source of error | of the result, computed |\n| --- | --- |\n"
    return head + "\n".join(f"| {what} | {part * 100:.1f} % |" for what, part in rows)


def commands() -> str:
    """All steps as they are typed on the virtual board."""
    lines = []
    for step in STEPS:
        fed = f" --mv 100 --divider 1000 --hz {limits.TONE_BEST_HZ:g}"
        own = fed if step.name == "signal" else ""
        own += "" if step.worn else " --yes"
        port = f"--port sim:{SCENARIO_OF[step.name]}"
        lines.append(f"unclench board check {step.name} {port}{own}")
    return "\n".join(["```text", *lines, "```"])


def example() -> str:
    """A run of all steps on the virtual board, as the terminal shows it."""
    written = io.StringIO()
    console = Console(file=written, width=_WIDTH, color_system=None)
    sheet = Sheet(board_id="7669727475616c01")
    for step in STEPS:
        sheet = _measured(step, sheet)
        record = sheet.of(step.name)
        assert record is not None
        console.print(record.title)
        show_record(console, record)
        console.print(f"This step is {record.verdict}.")
        console.print(f"{step.after}\n".lstrip())
    for line in standing(sheet):
        console.print(line)
    lines = [line.rstrip() for line in written.getvalue().splitlines()]
    return "```text\n" + "\n".join(lines) + "\n```"


def _meter(volts: float) -> float:
    """How far off a multimeter may be at a voltage, as a share of it."""
    return METER_SHARE.value + METER_DIGITS.value * METER_DIGIT_V.value / volts


def _noise_rows() -> list[tuple[str, str, str, str]]:
    rows = []
    for n in CHANNELS:
        how = sampling(2000, n)
        good_uv, usable_uv = limits_uv(how.readings, how.rate_hz)
        own_uv = floor_uv(how, Converter())
        what = f"noise without hum, {n} channel{'s' if n > 1 else ''} at 2000 Hz"
        what += f" (the converter alone: {own_uv:.2f} µV, computed)"
        most = (f"{good_uv:.2f} µV RMS", f"{usable_uv:.2f} µV RMS")
        rows.append(("shorted, hands-off, battery", what, *most))
    return rows


def _measured(step: Step, sheet: Sheet) -> Sheet:
    board = VirtualBoard(SyntheticInput(SCENARIO_OF[step.name]), MAX_SPEED)
    connection = Connection(board.plug_in(), "the virtual board")
    try:
        hello = connection.handshake()
        fed = None
        if step.name == "signal":
            fed = KnownSignal(_EXAMPLE_MV, _EXAMPLE_DIVIDER, limits.TONE_BEST_HZ, 1)
        record = measure_step(connection, hello, step.name, 10.0, fed, when=_WHEN)
    finally:
        connection.close()
        board.close()
    return judged_anew(sheet.with_record(record))
