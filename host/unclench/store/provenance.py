"""Where a signal comes from: a board, the virtual board, a replayed recording or a file."""

from __future__ import annotations

from enum import Enum

from unclench.translation import tr

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
        """What a person reads; empty for a board, the usual case."""
        return _WORDS[self]


_WORDS = {
    Provenance.BOARD: "",
    Provenance.VIRTUAL: tr("virtual board: nobody's muscle"),
    Provenance.REPLAY: tr("replayed recording"),
    Provenance.IMPORTED: tr("imported"),
}


def replayed(of: Provenance) -> Provenance:
    """Return the provenance of a replay: the virtual board's stays virtual."""
    return of if of is Provenance.VIRTUAL else Provenance.REPLAY


def told_by(virtual: bool, source: str, imported: bool) -> Provenance:
    """Return the provenance of a session from before 0.2, which does not state it.

    Parameters
    ----------
    virtual : bool
        The board said that it is virtual; replays of files said so as well.
    source : str
        The name of the source.
    imported : bool
        The session was imported.
    """
    if imported:
        return Provenance.IMPORTED
    if source.startswith(RECORDING):
        return Provenance.REPLAY
    return Provenance.VIRTUAL if virtual else Provenance.BOARD
