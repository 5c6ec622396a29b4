"""Events in words: the column `text` of events.csv, as people see it."""

from __future__ import annotations

from unclench.store.events.event import (
    Alerted,
    AlertsPaused,
    Answered,
    BaselineMeasured,
    BoardBack,
    BoardLost,
    Disturbed,
    Event,
    Gap,
    GoalRefused,
    GoalSet,
    HeartFound,
    HoldDone,
    LimitSet,
    LinesRemoved,
    Marked,
    Noted,
    NotMeasured,
    Overflowed,
    PartBegun,
    Payload,
    Recovered,
    ReferenceMeasured,
    RestChosen,
    RestMarked,
    RestMeasured,
    RestNotMeasured,
    SessionChange,
    SessionChanged,
    SignalChanged,
    StepChanged,
    StepScored,
    TagBegun,
    TagEnded,
    Unread,
)
from unclench.translation import in_english, tr, trn
from unclench.wording import roughly

_DISTURBED = {"pop": tr("pop"), "tug": tr("tug"), "flutter": tr("flutter")}


def text_of(event: Event) -> str:
    """Return an event's words: those of its file, or else made from its payload."""
    if event.cells is not None:
        return event.cells.text
    return said(event.payload, event.duration_s, event.lost_samples)


def said(  # noqa: PLR0912 - one branch for each kind, which mypy checks to be all of them
    payload: Payload, duration_s: float | None = None, lost_samples: int | None = None
) -> str:
    """Return a payload in words, with the duration and the lost samples of its event."""
    match payload:
        case SessionChanged("begun", program, title):
            if program:
                return tr("begins: {program} ({title})", program=program, title=title)
            return session_words("begun")
        case SessionChanged(change):
            return session_words(change)
        case StepChanged("skipped", title=title):
            return tr("skipped: {title}", title=title)
        case StepChanged(_, number, step, title):
            return f"{number + 1} {step}: {title}"
        case PartBegun(_, headline):
            return headline
        case GoalSet(channel, uv):
            return f"{channel}: {uv:.2f} µV"
        case GoalRefused(_, sentence) | NotMeasured(sentence):
            return sentence
        case HoldDone(seconds):
            return tr("held for {seconds:g} s", seconds=seconds)
        case Answered(question, answer):
            return f"{question} " + (tr("(not asked: unattended)") if answer is None else answer)
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
        case SignalChanged(channel):
            return f"{channel}: {signal_words(payload.state, payload.hz)}"
        case LinesRemoved(channel, (), ()):
            return tr("{channel}: no line is removed any more", channel=channel)
        case LinesRemoved(channel, lines_hz, tones_hz):
            lines = ", ".join(f"{hz:g} Hz" for hz in (*lines_hz, *tones_hz))
            return tr("{channel}: removing {lines}", channel=channel, lines=lines)
        case HeartFound(channel):
            return tr("{channel}: heartbeat removed", channel=channel)
        case Disturbed(channel, what):
            return f"{channel}: {_DISTURBED[what]}"
        case BoardLost(reason):
            return reason
        case Overflowed(conversions):
            return trn(
                "{n} conversion lost on the board", "{n} conversions lost on the board", conversions
            )
        case LimitSet(channel, uv, reason):
            return f"{channel}: {uv:.2f} µV, {reason}"
        case AlertsPaused(seconds):
            return tr("alerts are silent for {time}", time=roughly(seconds))
        case RestMeasured(channels):
            return ", ".join(_baseline(one) for one in channels)
        case RestNotMeasured(sentences):
            return " ".join(sentences)
        case RestMarked(channel):
            return tr("{channel}: marked as rest", channel=channel)
        case RestChosen(channel, measured):
            return tr("{channel}: rest is the calibration of {day}", channel=channel, day=measured)
        case Noted(text) | Marked(text):
            return text
        case Gap():
            return trn("{n} sample lost", "{n} samples lost", lost_samples or 0)
        case BoardBack():
            return tr("reconnected after {seconds:.1f} s", seconds=duration_s or 0.0)
        case Recovered(channel):
            seconds = duration_s or 0.0
            return tr("{channel}: at rest after {seconds:.1f} s", channel=channel, seconds=seconds)
        case Unread():
            return payload.text


def signal_words(state: str, hz: float | None) -> str:
    """Return a state of the signal: "no contact", "tone at 73 Hz"."""
    return tr("tone at {hz:.0f} Hz", hz=hz) if state == "tone" and hz else state


def trouble_words(state: str, hz: float | None) -> str:
    """Return why a signal cannot be used, by its state; "" where the state does not tell."""
    return "" if state in ("settling", "good") else signal_words(state, hz)


def session_words(change: SessionChange) -> str:
    """Return a change of a session in words, other than its beginning."""
    return {
        "begun": tr("begins"),
        "paused": tr("paused"),
        "resumed": tr("continues"),
        "board lost": tr("waits for the sensor"),
        "board back": tr("continues: the sensor is reconnected"),
        "done": tr("done"),
        "ended": tr("ended early"),
    }[change]


def in_plain_english(event: Event) -> str:
    """Return an event's words as `legacy.payload_of` reads them, whatever the language."""
    if isinstance(event.payload, Unread):
        return event.payload.text
    with in_english():
        return said(event.payload, event.duration_s, event.lost_samples)


def tag_words(group: str, text: str) -> str:
    """Name a tag: "posture: slouching"."""
    return f"{group}: {text}" if group else text


def _baseline(measured: BaselineMeasured) -> str:
    text = tr(
        "{channel}: {mean:.2f} ± {sd:.2f} µV at rest",
        channel=measured.channel,
        mean=measured.mean_uv,
        sd=measured.sd_uv,
    )
    if measured.before_uv is not None and measured.kept_uv is None:
        return text + "; " + tr("the calibration says {uv:.2f} µV", uv=measured.before_uv)
    if measured.kept_uv is None:
        return text
    return text + "; " + tr("{uv:.2f} µV stays the baseline", uv=measured.kept_uv)


def _score(score: StepScored) -> str:
    words = [tr("mean {uv:.2f} µV", uv=score.mean_uv)]
    if score.with_goal_s:
        below, whole = score.below_goal_s, score.with_goal_s
        words.append(tr("below goal {below:.1f} of {whole:.1f} s", below=below, whole=whole))
    if score.with_rest_s:
        rest, whole = score.rest_s, score.with_rest_s
        words.append(tr("at rest {rest:.1f} of {whole:.1f} s", rest=rest, whole=whole))
        words.append(tr("longest rest {seconds:.1f} s", seconds=score.longest_rest_s))
    if score.credits:
        words.append(trn("{n} credit", "{n} credits", score.credits))
    return f"{score.number + 1} {score.channel}: {', '.join(words)}"


def _alert(alert: Alerted) -> str:
    name, time = alert.channel, roughly(alert.seconds)
    if alert.reason == "sustained" and alert.within_s is not None:
        return tr(
            "{name} has been above {uv:.1f} µV for {time} of the last {within}: the pauses are "
            "too short. Let it sink as you breathe out, and rest for a while.",
            name=name,
            uv=alert.limit_uv or 0.0,
            time=time,
            within=roughly(alert.within_s),
        )
    if alert.reason == "sustained":
        return tr(
            "{name} has been above {uv:.1f} µV for {time} without a pause. Let it sink as you "
            "breathe out.",
            name=name,
            uv=alert.limit_uv or 0.0,
            time=time,
        )
    advice = tr("Let it go for a breath or two.")
    if not alert.rests:
        text = tr("{name} had no moments of rest in the last {time}.", name=name, time=time)
    else:
        text = trn(
            "{name} had {n} moment of rest in the last {time}.",
            "{name} had {n} moments of rest in the last {time}.",
            alert.rests,
            name=name,
            time=time,
        )
    return f"{text} {advice}"
