"""Step "task", and the alerts in it."""

from __future__ import annotations

from typing import Literal

from unclench.training.limit import limit_of
from unclench.training.placement.values import TrainedChannel, rest_level
from unclench.training.rows import Row
from unclench.training.steps.step import TimedStep, step_kind
from unclench.training.steps.underway import Counts, News, Setting
from unclench.training.steps.values import Seconds
from unclench.training.sustained import SustainedAlert, TooFewRests
from unclench.translation import tr


@step_kind
class Task(TimedStep):
    """Do something and stay low meanwhile."""

    kind: Literal["task"]
    seconds: Seconds = 300.0

    listed = 6
    in_short = tr("Do something and stay low")
    usual_title = tr("Go on with what you do")
    usual_say = tr("Keep the line low while you do it.")
    unseen_say = tr("Stay as calm as you can while you do it.")
    action = "free"
    takes_goal = True
    role = "activity"

    def counts(self, setting: Setting) -> Alerts:
        return Alerts(setting)


class Alerts(Counts):
    """Alerts to lasting tension and too little rest, on channels with a known rest level."""

    def __init__(self, setting: Setting) -> None:
        self._channels = setting.channels
        self._alerts = [_alerts_of(channel, setting) for channel in setting.channels]

    def channel(self, k: int, row: Row) -> list[News]:
        index = self._channels[k].index
        if (alerts := self._alerts[k]) is None:
            return []
        sustained, rests = alerts
        found = (
            sustained.row(row.sample, row.slow_uv[index], True),
            rests.row(row.sample, row.quick_uv[index], True),
        )
        return [News(alert) for alert in found if alert is not None]


def _alerts_of(
    channel: TrainedChannel, setting: Setting
) -> tuple[SustainedAlert, TooFewRests] | None:
    limits, stream = setting.limits, setting.stream
    rest_uv, _ = rest_level(channel)
    if rest_uv is None:
        return None
    limit = limit_of(channel, limits.percent)
    rate = (stream.row_n, stream.fs_hz)
    return (
        SustainedAlert(channel.label, limit, limits.minutes, *rate),
        TooFewRests(channel.label, rest_uv, limits.rests, limits.rests_minutes, *rate),
    )
