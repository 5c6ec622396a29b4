"""What programs are made of: strict models, texts, durations, and conflicts between keys."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic_core import PydanticCustomError

from unclench.translation import tr

Where: TypeAlias = tuple[str | int, ...]
"""A key's place in the file: ("step", 2, "rate_per_min") is in the third step."""


class Part(BaseModel):
    """A table of a program file."""

    # Strict: "6" is not a number, 1 is not text. Lists become tuples, so those are not strict.
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False, strict=True)


def refuse(*mistakes: tuple[Where, str]) -> None:
    """Raise an error for conflicts between keys, if any; places are relative to the model."""
    if mistakes:
        first = mistakes[0][1]
        raise PydanticCustomError("between_keys", "{first}", {"first": first, "all": mistakes})


def _tidy(text: str) -> str:
    """Join a text into one line, however its file breaks it."""
    tidy = " ".join(text.split())
    if text and not tidy:
        raise PydanticCustomError("blank", "blank")
    if not tidy.isprintable():  # terminals get it unchanged
        raise PydanticCustomError("unprintable", "unprintable")
    return tidy


Words: TypeAlias = Annotated[str, AfterValidator(_tidy)]
Seconds: TypeAlias = Annotated[float, Field(ge=1, le=7200, description=tr("seconds"))]
