"""Recordings on disk: session folders written crash-safe, and any CSV read back."""

from unclench.store.constants import BoardConstants, ChannelConstants, decimals_for
from unclench.store.events.event import Event
from unclench.store.model import BandMeta
from unclench.store.recording import Recording, load_recording
from unclench.store.session.folder import is_session, new_session_folder
from unclench.store.session.reader import Session, Tension, open_session
from unclench.store.session.schema import SCHEMA_VERSION, SessionMeta
from unclench.store.session.writer import SessionWriter

__all__ = [
    "SCHEMA_VERSION",
    "BandMeta",
    "BoardConstants",
    "ChannelConstants",
    "Event",
    "Recording",
    "Session",
    "SessionMeta",
    "SessionWriter",
    "Tension",
    "decimals_for",
    "is_session",
    "load_recording",
    "new_session_folder",
    "open_session",
]
