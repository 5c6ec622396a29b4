"""The emulator itself: what the other tests rest on."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest
from tests.pico.emulated import EmulatedPico, Images, PtyBridge, prepare
from tests.pico.host import Host

from unclench.board.files import firmware_files, firmware_version
from unclench.link.connection import Connection
from unclench.link.messages import SampleFrame
from unclench.link.transport import open_transport


def test_our_core_is_rp2040js_core(images: Images) -> None:
    """Every register after every one of the first million instructions, and of some arithmetic."""
    folder = prepare()
    done = subprocess.run(
        ["node", str(folder / "core_check.mjs"), images.uf2, images.bootrom, "3000000"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_same_again_gives_the_same(power_on: Callable[..., EmulatedPico]) -> None:
    runs = []
    for _ in range(2):
        pico = power_on()
        pico.analog(noise_lsb=1)
        pico.run_ms(4200)
        runs.append((pico.take_timed(), pico.state()["cycles"]))
    assert runs[0] == runs[1]


def test_time_is_the_chips(power_on: Callable[..., EmulatedPico]) -> None:
    """Half a million conversions a second, by the timer's microseconds and a bare program."""
    program = b"""
import time, machine
machine.ADC(26)
machine.mem32[0x4004c000] = 9  # EN, START_MANY
a = time.ticks_us()
time.sleep_ms(500)
machine.mem32[0x4004c000] = 1
print("took", time.ticks_diff(time.ticks_us(), a))
"""
    pico = power_on({"/main.py": program})
    pico.run_ms(2000)
    took = int(pico.take().split(b"took ")[1].split()[0])
    assert took == pytest.approx(500_000, abs=2000)
    assert pico.state()["conversions"]["done"][0] == pytest.approx(took / 2, abs=100)


def test_install_copies_the_firmware_to_an_empty_board(images: Images) -> None:
    """`unclench board install` as a person runs it, mpremote and all."""
    with EmulatedPico(images) as pico:
        pico.run_ms(500)
        with PtyBridge(pico) as bridge:
            done = subprocess.run(
                [sys.executable, "-m", "unclench", "board", "install", "--port", bridge.path],
                capture_output=True,
                text=True,
                check=False,
            )
        assert done.returncode == 0, done.stdout + done.stderr
        host = Host(pico)
        assert host.wait_for_hello(5000).firmware == firmware_version(firmware_files())


def test_programs_that_open_a_port_find_the_board(power_on: Callable[..., EmulatedPico]) -> None:
    """A pseudo-terminal runs by the wall's clock; only what is waited for is measured in ours."""
    pico = power_on()
    pico.run_ms(3000)
    with PtyBridge(pico) as bridge:
        transport = open_transport(bridge.path)
        connection = Connection(transport, bridge.path, clock=pico)
        assert connection.handshake(5).fs_hz() == 2000
        connection.start()
        frames = 0
        while frames < 20:
            frames += sum(isinstance(m, SampleFrame) for m in connection.read(0.5))
        connection.close()
