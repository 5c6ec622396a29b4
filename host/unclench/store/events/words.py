"""Events in words: the column `text` of events.csv, and what a person is shown of it."""

from __future__ import annotations

from unclench.store.events.event import (
    Alerted,
    AlertsPaused,
    Answered,
    BaselineMeasured,
    BoardBack,
    BoardLost,
    Event,
    Gap,
    GoalRefused,
    GoalSet,
    HoldDone,
    HumRemoved,
    LimitSet,
    Marked,
    Noted,
    NotMeasured,
    Overflowed,
    PartBegun,
    Payload,
    Recovered,
    ReferenceMeasured,
    RestMeasured,
    RestNotMeasured,
    SessionChanged,
    SignalChanged,
    StepChanged,
    StepScored,
    TagBegun,
    TagEnded,
    Unread,
)
from unclench.wording import roughly

_SESSION = {
    "paused": "paused",
    "resumed": "goes on",
    "board lost": "waits for the sensor",
    "board back": "goes on: the sensor is back",
    "done": "done",
    "ended": "ended early",
}


def text_of(event: Event) -> str:
    """Put an event into words: as its file has them, or made of its payload."""
    if event.cells is not None:
        return event.cells.text
    return said(event.payload, event.duration_s, event.lost_samples)


def said(  # noqa: PLR0912 - one branch for each kind, which mypy checks to be all of them
    payload: Payload, duration_s: float | None = None, lost_samples: int | None = None
) -> str:
    """Put a payload into words, beside what its event has of a duration and of lost samples."""
    match payload:
        case SessionChanged("begun", program, title):
            return f"begins: {program} ({title})" if program else "begins"
        case SessionChanged(change):
            return _SESSION[change]
        case StepChanged("skipped", title=title):
            return f"skipped: {title}"
        case StepChanged(_, number, step, title):
            return f"{number + 1} {step}: {title}"
        case PartBegun(_, headline):
            return headline
        case GoalSet(channel, uv):
            return f"{channel}: {uv:.2f} µV"
        case GoalRefused(_, sentence) | NotMeasured(sentence):
            return sentence
        case HoldDone(seconds):
            return f"held for {seconds:g} s"
        case Answered(question, answer):
            return f"{question} {'(nobody was there to be asked)' if answer is None else answer}"
        case BaselineMeasured():
            return _baseline(payload)
        case ReferenceMeasured(channel, uv, strength):
            return f"{channel}: {uv:.1f} µV ({strength})"
        case StepScored():
            return _score(payload)
        case Alerted():
            return _alert(payload)
        case TagBegun(group, text) | TagEnded(group, text):
            return tag_words(group, text)
        case SignalChanged(channel, state):
            return f"{channel}: {state}"
        case HumRemoved(channel, lines_hz):
            return f"{channel}: removing {', '.join(f'{hz:g} Hz' for hz in lines_hz)}"
        case BoardLost(reason):
            return reason
        case Overflowed(conversions):
            return f"{conversions} conversions lost on the board"
        case LimitSet(channel, uv, reason):
            return f"{channel}: {uv:.2f} µV, {reason}"
        case AlertsPaused(seconds):
            return f"alerts are silent for {roughly(seconds)}"
        case RestMeasured(channels):
            return ", ".join(_baseline(one) for one in channels)
        case RestNotMeasured(sentences):
            return " ".join(sentences)
        case Noted(text) | Marked(text):
            return text
        case Gap():
            return f"{lost_samples or 0} samples lost"
        case BoardBack():
            return f"back after {duration_s or 0.0:.1f} s"
        case Recovered(channel):
            return f"{channel}: {duration_s or 0.0:.1f} s to let go"
        case Unread():
            return payload.text


def tag_words(group: str, text: str) -> str:
    """Name a tag: "posture: slouching"."""
    return f"{group}: {text}" if group else text


def _baseline(measured: BaselineMeasured) -> str:
    text = f"{measured.channel}: {measured.mean_uv:.2f} ± {measured.sd_uv:.2f} µV at rest"
    if measured.kept_uv is not None:
        text += f"; {measured.kept_uv:.2f} µV stays the baseline"
    return text


def _score(score: StepScored) -> str:
    words = [f"mean {score.mean_uv:.2f} µV"]
    if score.with_goal_s:
        words.append(f"below goal {score.below_goal_s:.1f} of {score.with_goal_s:.1f} s")
    if score.with_rest_s:
        words.append(f"at rest {score.rest_s:.1f} of {score.with_rest_s:.1f} s")
        words.append(f"longest rest {score.longest_rest_s:.1f} s")
    if score.credits:
        words.append(f"{score.credits} credits")
    return f"{score.number + 1} {score.channel}: {', '.join(words)}"


def _alert(alert: Alerted) -> str:
    long = roughly(alert.seconds)
    if alert.reason == "sustained":
        return (
            f"{alert.channel} has been above {alert.limit_uv or 0.0:.1f} µV for {long} without a "
            "pause. Let it sink as you breathe out."
        )
    n = alert.rests or 0
    counted = f"{n or 'no'} {'moment' if n == 1 else 'moments'} of rest"
    return f"{alert.channel} had {counted} in the last {long}. Let it go for a breath or two."
