"""A small JSON file of the person's own: read with care, and never written over when unusable."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import from_json

from unclench.errors import StoreError
from unclench.files import set_aside, write_whole
from unclench.notices import SetAside, Unusable, Why, tell
from unclench.translation import tr

M = TypeVar("M", bound=BaseModel)


@dataclass(frozen=True)
class OwnFile(Generic[M]):
    """What such a file holds, and how sentences speak of it.

    A model may have a `format`, a whole number that a later version of unclench raises when this
    one could not make sense of its file any more.
    """

    model: type[M]
    called: str  # "settings"; sentences take it for a plural
    instead: str  # what holds while the file cannot be used: "the defaults apply"
    unsaved: str  # what it means when it cannot be saved: "they apply until ..."

    def load(self, path: Path) -> M:
        """Read the file; return a new `model` if it is missing.

        A file that cannot be used counts as missing, is not changed, and causes a notice.
        """
        found = self.look(path)
        if isinstance(found, Unusable):
            tell(found)
            return self.model()
        return self.model() if found is None else found

    def save(self, value: M, path: Path) -> None:
        """Write the file, as a whole or not at all.

        A file that cannot be used is kept under another name first, with a notice.

        Raises
        ------
        StoreError
            The disk refuses it, or a newer version of unclench has written the one that is there.
        """
        there = self.look(path)
        if isinstance(there, Unusable) and there.why is Why.NEWER:
            raise StoreError(
                tr(
                    "The {called} cannot be saved to {path}, which a newer version of unclench has "
                    "written ({detail}); {unsaved}; update unclench.",
                    called=self.called,
                    path=path,
                    detail=there.detail,
                    unsaved=self.unsaved,
                )
            )
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            if isinstance(there, Unusable):
                tell(SetAside(path, self.called, set_aside(path)))
            write_whole(path, value.model_dump_json(indent=2) + "\n")
        except OSError as error:
            raise StoreError(
                tr(
                    "The {called} cannot be saved to {path}: {why}; {unsaved}.",
                    called=self.called,
                    path=path,
                    why=error.strerror or error,
                    unsaved=self.unsaved,
                )
            ) from error

    def look(self, path: Path) -> M | Unusable | None:
        """Return what the file holds, or why it cannot be used; None where there is none."""
        try:
            raw = path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            return self._unusable(path, Why.UNREADABLE, error.strerror or str(error))
        try:
            text = raw.decode("utf-8-sig")  # some editors begin a file with a mark
            newer = self._newer(from_json(text))
            if newer:
                return self._unusable(path, Why.NEWER, newer)
            return self.model.model_validate_json(text)
        except UnicodeDecodeError as error:
            line = raw[: error.start].count(b"\n") + 1
            return self._unusable(path, Why.BROKEN, tr("line {line} is not UTF-8 text", line=line))
        except ValidationError as error:
            first = error.errors()[0]
            key = ".".join(str(part) for part in first["loc"])
            detail = f"{key}: {first['msg']}" if key else first["msg"]
            return self._unusable(path, Why.BROKEN, detail)
        except ValueError as error:
            return self._unusable(path, Why.BROKEN, tr("not valid JSON: {error}", error=error))

    def _newer(self, document: Any) -> str:
        """Say which format a file has, if it is a later one than the model's."""
        field = self.model.model_fields.get("format")
        given = document.get("format") if isinstance(document, dict) else None
        if field is None or not isinstance(given, int) or given <= field.default:
            return ""
        return tr("format {given}; this version knows {known}", given=given, known=field.default)

    def _unusable(self, path: Path, why: Why, detail: str) -> Unusable:
        return Unusable(path, self.called, why, detail, self.instead)
