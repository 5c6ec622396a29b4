"""How lengths, times of day and names are written for people, the same in every room."""

from __future__ import annotations

from datetime import date

from unclench.translation import tr


def length(seconds: float) -> str:
    """Return a length that was measured: 9.5 s, 45 s, 4 min 10 s, 1 h 2 min."""
    if seconds < 9.95:
        return f"{seconds:.1f} s".replace(".0 s", " s")
    whole = round(seconds)
    return _in_units(whole if whole < 3600 else whole // 60 * 60)


def exactly(seconds: float) -> str:
    """Return a length that was set: 12.5 s, 2 min, 1 h 1 min 30 s."""
    return f"{round(seconds, 1):g} s" if seconds < 60 else _in_units(round(seconds))


def roughly(seconds: float) -> str:
    """Return a length as a person says it: 40 s, 4 min, 2 h 5 min."""
    return f"{seconds:.0f} s" if seconds < 59.5 else _in_units(round(seconds / 60) * 60)


def clock(seconds: float, decimals: int = 0) -> str:
    """Return a time since the beginning: 0:30, 12:05, 1:02:03, 0:30.25."""
    whole, part = divmod(round(seconds * 10**decimals), 10**decimals)
    hours, minutes = divmod(whole // 60, 60)
    start = f"{hours}:{minutes:02}" if hours else f"{minutes}"
    return f"{start}:{whole % 60:02}" + (f".{part:0{decimals}}" if decimals else "")


def day(at: date) -> str:
    """Return a day, with its month in full: 3 December 2026."""
    return tr("{day} {month} {year}", day=at.day, month=month(at), year=at.year)


def short_day(at: date) -> str:
    """Return a day as it stands on an axis: 3 Dec."""
    return tr("{day} {month}", day=at.day, month=_short_months()[at.month - 1])


def short_day_of_year(at: date) -> str:
    """Return a day as it stands in a table: 3 Dec 2026."""
    return tr("{day} {month} {year}", day=at.day, month=_short_months()[at.month - 1], year=at.year)


def month(at: date) -> str:
    """Return the name of a month: not `%B`, which follows whatever set the process's locale."""
    return (
        *(tr("January"), tr("February"), tr("March"), tr("April"), tr("May"), tr("June")),
        *(tr("July"), tr("August"), tr("September"), tr("October"), tr("November")),
        tr("December"),
    )[at.month - 1]


def weekday(at: date) -> str:
    """Return the name of a day of the week."""
    return (
        *(tr("Monday"), tr("Tuesday"), tr("Wednesday"), tr("Thursday"), tr("Friday")),
        *(tr("Saturday"), tr("Sunday")),
    )[at.weekday()]


def capital(text: str) -> str:
    """Return words with a capital first, the others as they are."""
    return text[:1].upper() + text[1:]


def printable(text: str, instead: str = "?") -> str:
    """Return somebody else's text without what steers a terminal or breaks a line."""
    return "".join(c if c.isprintable() else instead for c in text)


def _short_months() -> tuple[str, ...]:
    return (
        *(tr("Jan"), tr("Feb"), tr("Mar"), tr("Apr"), tr("May"), tr("Jun"), tr("Jul"), tr("Aug")),
        *(tr("Sep"), tr("Oct"), tr("Nov"), tr("Dec")),
    )


def _in_units(seconds: int) -> str:
    """Return whole seconds in hours, minutes and seconds, those that are 0 left out."""
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{n} {unit}" for n, unit in parts if n) or "0 s"
