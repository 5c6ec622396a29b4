"""Text typed by a person, made safe for a spreadsheet and back again.

A spreadsheet runs a cell that begins with one of these characters as a formula, whatever quotes the
file puts around it (OWASP, "CSV Injection"). A leading apostrophe makes it text, in every program.
"""

import unicodedata

ESCAPE = "'"
_FORMULA_STARTS = "=+-@\uff1d\uff0b\uff0d\uff20"  # the full-width forms count in East Asian locales


def safe_cell(text: str) -> str:
    """Return `text` so that no spreadsheet runs it and that it stays on one line.

    Control characters and line ends become spaces; that alone `plain_text` cannot undo.
    """
    line = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else c for c in text)
    # Some programs strip blanks before they look for a formula, and our reader does so, too.
    bare = line.lstrip()
    marked = line != bare or bare.startswith((*_FORMULA_STARTS, ESCAPE))
    return ESCAPE + line if marked else line


def plain_text(cell: str) -> str:
    """Return what the person typed, given what `safe_cell` made of it."""
    return cell[1:] if cell.startswith(ESCAPE) else cell
