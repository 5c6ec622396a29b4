"""The light: who has it, and for how long."""

from __future__ import annotations

from itertools import pairwise

import pytest

from unclench_board.light import Light


class Clock:
    """Milliseconds that only pass when told, and wrap as MicroPython's do."""

    def __init__(self, ms: int = 0) -> None:
        self.ms = ms

    def ticks_ms(self) -> int:
        return self.ms & 0x3FFFFFFF

    def ticks_add(self, ticks: int, delta: int) -> int:
        return (ticks + delta) & 0x3FFFFFFF

    def ticks_diff(self, a: int, b: int) -> int:
        return ((a - b + 0x20000000) & 0x3FFFFFFF) - 0x20000000


@pytest.fixture(params=[0, 0x3FFFFFFF - 500], ids=["from 0", "over the wrap"])
def watch(request):
    """Run the light for a while; returns what was shown at every 8 ms."""
    clock = Clock(request.param)
    shown: list[int] = []
    light = Light(shown.append, clock)

    def run(ms: int, streaming: bool = False) -> list[int]:
        seen = []
        for _ in range(ms // 8):
            light.update(streaming)
            seen.append(shown[-1])
            clock.ms += 8
        return seen

    return light, run, shown


def changes(seen: list[int]) -> int:
    return sum(a != b for a, b in pairwise(seen))


def test_waiting_streaming_and_trouble_look_different(watch):
    light, run, _ = watch
    waiting = run(8192)
    assert 0 < waiting.count(255) <= 40  # a short flash every two seconds
    assert changes(waiting) in (7, 8, 9)
    assert set(run(4096, streaming=True)) == {40}  # steady, dim
    light.trouble()
    troubled = run(2992, streaming=True)
    assert set(troubled) == {0, 255}
    assert 40 < changes(troubled) < 55
    run(16, streaming=True)
    assert set(run(1000, streaming=True)) == {40}


def test_the_host_controls_the_light_until_it_stops_asking(watch):
    light, run, _ = watch
    light.by_host(True, 77)
    assert set(run(6000, streaming=True)) == {77}
    light.by_host(True, 0)  # dark is a brightness, too
    assert set(run(9992, streaming=True)) == {0}
    run(16, streaming=True)
    assert set(run(100, streaming=True)) == {40}


def test_the_host_returns_the_light_to_the_board(watch):
    light, run, _ = watch
    light.by_host(True, 77)
    light.by_host(False, 33)
    assert set(run(100, streaming=True)) == {40}


def test_blinking_has_priority_over_the_host_and_the_host_over_losses(watch):
    light, run, _ = watch
    light.trouble()
    light.by_host(True, 77)
    light.blink(2)
    blinking = run(1992)
    assert set(blinking) == {0, 255}
    assert changes(blinking) in (14, 15, 16)
    run(16)
    assert set(run(500)) == {77}


def test_the_light_is_only_written_when_it_changes(watch):
    _, run, shown = watch
    run(4000, streaming=True)
    assert shown == [40]
