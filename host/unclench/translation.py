"""Marks the sentences that people read, so that they can be translated.

`tr` and `trn` look a sentence up in the catalogue of the person's language. English is in the
source itself and needs no catalogue. The language comes from `UNCLENCH_LANGUAGE` (a language code
such as `de`), or else from the variables that gettext reads (`LANGUAGE`, `LC_ALL`, `LC_MESSAGES`,
`LANG`).

`UNCLENCH_LANGUAGE=pseudo` shows marked sentences in brackets and with accents: what stays plain was
not marked. `tests/test_translation.py` looks for it.
"""

from __future__ import annotations

import gettext
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

DOMAIN = "unclench"
LANGUAGE_VARIABLE = "UNCLENCH_LANGUAGE"
PSEUDO = "pseudo"
LOCALE = Path(__file__).parent / "locale"

_PLAIN = "ABCDEGHIKLNOPRSTUWYZabcdeghiklnoprstuwyz"
_ACCENTED = "ÀƁĆĎĒĜĤĪĶĹŃŌƤŔŚŢŨŴŶŹàƀćďēĝĥīķĺńōƥŕśţũŵŷź"
_ACCENTS = str.maketrans(_PLAIN, _ACCENTED)
# Placeholders, commands, HTML, entities and options: a translator leaves them as they are.
_KEPT = re.compile(r"(\{(?:[^{}]|\{[^{}]*\})*\}|`[^`]*`|<[^<>]*>|&\w+;|(?<!\w)--?[a-z][\w-]*)")


class PseudoTranslations(gettext.NullTranslations):
    """English with accents, in brackets."""

    def gettext(self, message: str) -> str:
        """Return the message, marked."""
        pieces = _KEPT.split(message)
        pieces[::2] = [piece.translate(_ACCENTS) for piece in pieces[::2]]
        return f"⟦{''.join(pieces)}⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the singular or the plural, marked."""
        return self.gettext(msgid1 if n == 1 else msgid2)


def _catalogue(language: str | None) -> gettext.NullTranslations:
    if language == PSEUDO:
        return PseudoTranslations()
    return gettext.translation(DOMAIN, LOCALE, [language] if language else None, fallback=True)


_in_english: ContextVar[bool] = ContextVar("in_english", default=False)
_english = gettext.NullTranslations()
_current = _catalogue(os.environ.get(LANGUAGE_VARIABLE))


@contextmanager
def in_english() -> Iterator[None]:
    """Leave sentences in English: for files whose words the program reads again."""
    token = _in_english.set(True)
    try:
        yield
    finally:
        _in_english.reset(token)


def _translations() -> gettext.NullTranslations:
    return _english if _in_english.get() else _current


def tr(message: str, /, **values: object) -> str:
    """Return a sentence in the person's language, with values filled in.

    Parameters
    ----------
    message : str
        A literal. Values stand in it as in `str.format`: `"{path} is not a session"`. It is
        formatted only where there are values.
    **values
        What the braces are replaced by.
    """
    found = _translations().gettext(message)
    return found.format(**values) if values else found


def trn(one: str, many: str, n: int, /, **values: object) -> str:
    """Return the singular or plural of a sentence; `{n}` stands for the number.

    Parameters
    ----------
    one, many : str
        Literals, both with the same braces; `one` may leave `{n}` out.
    n : int
        Decides which one.
    **values
        What the other braces are replaced by.
    """
    return _translations().ngettext(one, many, n).format(n=n, **values)
