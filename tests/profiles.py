"""How many examples Hypothesis tries: the same few every day, many random ones in exhaustive runs.

A busy machine must fail no test, so there is no deadline, and slow drawing is no failure.
"""

from __future__ import annotations

from hypothesis import HealthCheck, settings

_EVERYDAY = 50
_PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("everyday", _PATIENT, derandomize=True, max_examples=_EVERYDAY)
settings.register_profile("exhaustive", _PATIENT, max_examples=20 * _EVERYDAY)


def choose(*, exhaustive: bool) -> None:
    """Choose the profile; before tests are imported, whose @settings take the rest from it."""
    settings.load_profile("exhaustive" if exhaustive else "everyday")


def scaled(examples: int) -> int:
    """Return how many examples a costly property tries: these every day, 20 times as many else."""
    return examples * settings().max_examples // _EVERYDAY
