"""How many seats a leg has: from its aircraft configuration, else from our table of aircraft types."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources

from farewire.domain.states import CabinCode

_PART = re.compile(r"([A-Z])(\d{1,3})")
# The cabin that each code of a configuration sells as: first sells as business, for we have three cabins.
_CABINS = {
    **dict.fromkeys("FPAJCDIZ", CabinCode.BUSINESS),
    **dict.fromkeys("WE", CabinCode.PREMIUM),
    **dict.fromkeys("YMS", CabinCode.ECONOMY),
}


@dataclass(frozen=True, slots=True)
class AircraftType:
    """An aircraft type by its IATA code, with its usual seats per cabin."""

    code: str
    name: str
    seats: Mapping[CabinCode, int]


@cache
def aircraft_types() -> Mapping[str, AircraftType]:
    """The seat table that ships with the package (`equipment.csv`), by IATA code."""
    with resources.files("farewire.catalog").joinpath("equipment.csv").open(encoding="utf-8") as file:
        return {
            row["code"]: AircraftType(row["code"], row["name"], {cabin: int(row[cabin]) for cabin in CabinCode if int(row[cabin] or 0) > 0})
            for row in csv.DictReader(file)
        }


def configuration_seats(configuration: str) -> Mapping[CabinCode, int] | None:
    """Seats per cabin from a configuration such as `J16Y144`; None for one that names no cabins, as free text may."""
    parts = _PART.findall(configuration)
    if not parts or "".join(code + count for code, count in parts) != configuration or any(code not in _CABINS for code, _ in parts):
        return None
    seats: dict[CabinCode, int] = {}
    for code, count in parts:
        seats[_CABINS[code]] = seats.get(_CABINS[code], 0) + int(count)
    return {cabin: seats[cabin] for cabin in CabinCode if seats.get(cabin)} or None


def configuration_write(seats: Mapping[CabinCode, int]) -> str:
    """The configuration field for these seats: `J16W21Y144`."""
    marks = ((CabinCode.BUSINESS, "J"), (CabinCode.PREMIUM, "W"), (CabinCode.ECONOMY, "Y"))
    return "".join(f"{mark}{seats[cabin]}" for cabin, mark in marks if seats.get(cabin))


@lru_cache(maxsize=4096)  # asked for every dated leg; a schedule has a few dozen answers
def leg_seats(*, equipment: str, configuration: str) -> Mapping[CabinCode, int] | None:
    """The seats of a leg; None where neither its configuration nor the table tells."""
    seats = configuration_seats(configuration)
    if seats is None and equipment in aircraft_types():
        return aircraft_types()[equipment].seats
    return seats
