"""The parts list, hardware/parts.csv, counted for a build and a number of sensors."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Literal, get_args

from hardware.design import Build
from hardware.making import ROOT

PATH = "hardware/parts.csv"
Need = Literal["build", "bench", "optional"]
NEEDS: tuple[Need, ...] = get_args(Need)


@dataclass(frozen=True)
class Part:
    """A line of the list.

    Attributes
    ----------
    name, maker, makers_number, purpose, may_be_replaced_by : str
        As in the file.
    needed : Need
        To `build` and wear it; on the `bench` once, before it is worn; or `optional`.
    per_unit, per_sensor : dict of str to int
        Pieces by build.
    price_usd : float or None
        US dollars for one piece; None where no price was read.
    price_source : str
        Who reports the price, and for when.
    """

    name: str
    maker: str
    makers_number: str
    needed: Need
    per_unit: dict[str, int]
    per_sensor: dict[str, int]
    purpose: str
    may_be_replaced_by: str
    price_usd: float | None
    price_source: str

    def pieces(self, build: Build, sensors: int) -> int:
        """How many pieces a build of so many sensors takes."""
        return self.per_unit[build] + self.per_sensor[build] * sensors


def read() -> tuple[Part, ...]:
    """All parts, in the file's order."""
    with (ROOT / PATH).open(encoding="utf-8", newline="") as file:
        return tuple(_part(row) for row in csv.DictReader(file, strict=True))


def _part(row: dict[str, str]) -> Part:
    columns: tuple[tuple[Build, str], ...] = (("no-solder", "no_solder"), ("tidy", "tidy"))
    return Part(
        name=row["part"],
        maker=row["maker"],
        makers_number=row["makers_number"],
        needed=next(need for need in NEEDS if need == row["needed"]),
        per_unit={build: int(row[f"{column}_per_unit"]) for build, column in columns},
        per_sensor={build: int(row[f"{column}_per_sensor"]) for build, column in columns},
        purpose=row["purpose"],
        may_be_replaced_by=row["may_be_replaced_by"],
        price_usd=float(row["price_usd"]) if row["price_usd"] else None,
        price_source=row["price_source"],
    )


def of(build: Build, needed: Need) -> tuple[Part, ...]:
    """What a build takes to be built, on the bench, or may have besides."""
    return tuple(part for part in read() if part.needed == needed and part.pieces(build, 1))
