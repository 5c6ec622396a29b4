"""Whose signal a session holds: a board's, nobody's, a replayed recording's or a file's."""

from __future__ import annotations

from enum import Enum

RECORDING = "recording: "
"""How the name of a source that is a recording begins."""


class Provenance(str, Enum):
    """Where the samples of a session come from; the value is what session.json keeps."""

    BOARD = "board"
    VIRTUAL = "virtual"
    REPLAY = "replay"
    IMPORTED = "imported"

    @property
    def words(self) -> str:
        """What a person is told; nothing of a board, which is the usual."""
        return _WORDS[self]


_WORDS = {
    Provenance.BOARD: "",
    Provenance.VIRTUAL: "virtual board: nobody's muscle",
    Provenance.REPLAY: "replayed recording",
    Provenance.IMPORTED: "imported",
}


def replayed(of: Provenance) -> Provenance:
    """Return the provenance of a replay: what was nobody's muscle stays nobody's."""
    return of if of is Provenance.VIRTUAL else Provenance.REPLAY


def told_by(virtual: bool, source: str, imported: bool) -> Provenance:
    """Return the provenance of a session that does not state it, as those of before 0.2.

    Parameters
    ----------
    virtual : bool
        The board said that it is a virtual one, which replays of files said as well.
    source : str
        The name of the source.
    imported : bool
        Whether it was imported.
    """
    if imported:
        return Provenance.IMPORTED
    if source.startswith(RECORDING):
        return Provenance.REPLAY
    return Provenance.VIRTUAL if virtual else Provenance.BOARD
