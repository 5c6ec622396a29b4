"""The netlist of filter, reference and supply says what the formulae say."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import numpy as np
import pytest
from hardware import design
from hardware.frontend.response import crosstalk, filter_gain_dc, filter_response
from hardware.frontend.supply import reference_response, supply_response
from tests import needs

NETLIST = Path(design.__file__).parent / "frontend" / "frontend.cir"
WITHIN = 0.01
CONVERSIONS_HZ = design.ADC_CONVERSIONS_HZ.value


def test_spice_values_are_those_of_the_design() -> None:
    lines = "\n".join(re.findall(r"^\.param.*$", text(), re.MULTILINE))
    given = re.findall(r"(\w+)=(\S+)", lines)
    assert len(given) == 10
    for name, value in given:
        assert float(value) == getattr(design, name).value, name
    parts = re.findall(r"^[RC]\w+ \w+ \w+ (\S+)$", text(), re.MULTILINE)
    assert len(parts) == 17
    assert set(parts) == {f"{{{name}}}" for name, _ in given}, "a part has a value of its own"


def test_the_converter_samples_at_its_full_rate() -> None:
    every = [float(us) for us in re.findall(r"pulse\(.* (\S+)u\)", text())]
    assert every == [1e6 / CONVERSIONS_HZ] * 2


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder into which ngspice has written."""
    ngspice = needs.ngspice()
    folder = tmp_path_factory.mktemp("ngspice")
    done = subprocess.run(
        [ngspice, "-b", str(NETLIST)],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def test_spice_responses_agree_with_the_formulas(results: Path) -> None:
    table = np.loadtxt(results / "frontend-ac.txt")
    hz = table[:, 0]
    assert hz[0] == pytest.approx(1)
    assert hz[-1] == pytest.approx(100e3)
    calculated = {
        "pin": filter_response(hz, "tidy"),
        "reference": reference_response(hz, "tidy"),
        "reference, no-solder": reference_response(hz, "no-solder"),
        "sensor's supply": supply_response(hz, "tidy"),
    }
    for k, (name, formula) in enumerate(calculated.items()):
        simulated = table[:, 1 + 2 * k] + 1j * table[:, 2 + 2 * k]
        off = np.abs(simulated - formula) / np.abs(formula)  # phase, too
        assert off.max() < WITHIN, f"{name} at {hz[off.argmax()]:.0f} Hz"


def test_charge_of_the_sampling_capacitor_agrees_with_spice(results: Path) -> None:
    time_s, pin_v = np.loadtxt(results / "frontend-sampling.txt").T
    even_s = np.linspace(time_s[0], time_s[0] + 100 / CONVERSIONS_HZ, 200_001)
    pin_v = np.interp(even_s, time_s, pin_v)
    # Empty each time it comes: as if the channel before lay 1 V below this one.
    taken = filter_gain_dc() / np.mean(pin_v) - 1
    assert taken == pytest.approx(filter_gain_dc() * crosstalk(CONVERSIONS_HZ), rel=WITHIN)
    assert np.ptp(pin_v) < 2 * design.ADC_SAMPLE_F.value / design.FILTER_F.value


def text() -> str:
    return NETLIST.read_text(encoding="utf-8")
