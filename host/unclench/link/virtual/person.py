"""A virtual person: a muscle whose tension answers to what a session asks.

How they answer is made up, so that sessions can be tried out and tested end to end; it says nothing
of how a person answers.
"""

from __future__ import annotations

import math

import numpy as np

from unclench.link.virtual.muscle import Array, Muscle, MuscleSignal
from unclench.link.virtual.situation import Moment, Situation
from unclench.profiles.kinds import SensorProfile
from unclench.profiles.known import SENSOR

_WORKING_UV = 9.0  # tension of an untrained shoulder at the desk
_AIMS_UV = {"nothing": _WORKING_UV, "stress": 16.0, "tense": 60.0}
_LEARNT = 0.7  # share of the working tension that training takes away in the end
_HARDER = 0.75  # of the resting level: how far a goal can pull
_EXHALE = 0.2  # share by which the exhale lets go
_LETTING_GO_S = (6.0, 2.5)  # time constant at first, and after long training
_LEARNING_S = 300.0
_GETTING_TENSE_S = 0.25


class PersonSignal(MuscleSignal):
    """One muscle of a person who follows a session."""

    def __init__(
        self,
        muscle: Muscle,
        rng: np.random.Generator,
        situation: Situation,
        sensor: SensorProfile = SENSOR,
    ) -> None:
        super().__init__(muscle, rng, sensor)
        self._situation = situation
        self._level_uv = _WORKING_UV

    def _tension_uv(self, t: Array) -> Array:
        self._situation.wait_for(float(t[-1]))
        moments = self._situation.during(float(t[0]), float(t[-1]))
        step_s = float(t[1] - t[0])
        levels_uv = np.empty(len(t))
        for i, t_s in enumerate(t.tolist()):
            while len(moments) > 1 and moments[1][0] <= t_s:
                del moments[0]
            levels_uv[i] = self._follow(moments[0][1], t_s, step_s)
        drift = super()._tension_uv(t) / self._m.rest_uv
        return np.asarray(levels_uv * drift)

    def _follow(self, moment: Moment, t_s: float, step_s: float) -> float:
        """Tension one step later, before drift."""
        rest_uv = self._m.rest_uv
        learnt = 1 - math.exp(-moment.session_s / _LEARNING_S)
        aim_uv = _AIMS_UV.get(moment.asked, rest_uv)
        if moment.asked == "free":
            aim_uv = rest_uv + (_WORKING_UV - rest_uv) * (1 - _LEARNT * learnt)
        elif moment.goal_uv is not None and aim_uv == rest_uv:
            aim_uv = min(rest_uv, max(0.9 * moment.goal_uv, _HARDER * rest_uv))
        slow, quick = _LETTING_GO_S
        letting_go_s = slow + (quick - slow) * learnt
        slow_s = letting_go_s if aim_uv < self._level_uv else _GETTING_TENSE_S
        self._level_uv += (aim_uv - self._level_uv) * step_s / slow_s
        if moment.exhaling is not None and moment.exhaling(t_s - moment.since_s):
            return self._level_uv * (1 - _EXHALE)
        return self._level_uv
