"""Words for the keys and numbers of checks and bench sheets."""

from __future__ import annotations

from unclench.translation import tr

_VERDICTS = {"good": tr("good"), "usable": tr("usable"), "not usable": tr("not usable")}
_TOPICS = {
    "rate": tr("rate"),
    "losses": tr("losses"),
    "counters": tr("counters"),
    "answers": tr("answers"),
    "step": tr("step"),
    "noise": tr("noise"),
    "level": tr("level"),
    "hum": tr("hum"),
    "tone": tr("tone"),
    "gain": tr("gain"),
    "distortion": tr("distortion"),
    "compared with": tr("compared with"),
}


def verdict_words(verdict: str) -> str:
    """Return a verdict for people."""
    return _VERDICTS[verdict]


def topic_words(name: str) -> str:
    """Return the name of an item or finding, such as "noise 1", for people."""
    topic, _, rest = name.rpartition(" ")
    return f"{_TOPICS.get(topic, topic)} {rest}" if topic else _TOPICS.get(rest, rest)


def correction(step_lsb: float) -> str:
    """Return how a board corrects its readings."""
    if step_lsb == 0:
        return tr("not corrected")
    return tr("corrected by {codes} above code 2047", codes=codes(step_lsb))


def codes(n: float) -> str:
    """Return "1 code" or "0.7 codes"."""
    return tr("1 code") if n == 1 else tr("{n:g} codes", n=n)
