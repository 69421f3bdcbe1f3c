"""Facts about airports from the airportsdata library, and the text by which people find them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import airportsdata


@dataclass(frozen=True, slots=True)
class AirportFacts:
    """An airport as the library knows it; degrees north and east, `zone` an IANA name."""

    code: str
    name: str
    city: str
    country: str
    latitude: float
    longitude: float
    zone: str

    @property
    def search_text(self) -> str:
        """Code, city and name as `search_fold` folds them."""
        return search_fold(f"{self.code} {self.city} {self.name}")


def search_fold(text: str) -> str:
    """`text` as it is compared in searches: case folded, accents stripped, single spaces."""
    plain = "".join(mark for mark in unicodedata.normalize("NFKD", text) if not unicodedata.combining(mark))
    return " ".join(plain.casefold().split())


def airport_facts(code: str) -> AirportFacts | None:
    """The airport with this IATA code, or None where the library has none or gives no zone that exists."""
    row = _library().get(code)
    if row is None or _zone(str(row["tz"])) is None:
        return None
    return AirportFacts(
        code=code,
        name=str(row["name"]),
        city=str(row["city"]),
        country=str(row["country"]),
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
        zone=str(row["tz"]),
    )


class AirportZones(Mapping[str, ZoneInfo | None]):
    """The zone of each airport, None for one that is not known; remembers who was asked for."""

    def __init__(self) -> None:
        self._asked: dict[str, ZoneInfo | None] = {}

    def __getitem__(self, code: str) -> ZoneInfo | None:
        if code not in self._asked:
            facts = airport_facts(code)
            self._asked[code] = None if facts is None else _zone(facts.zone)
        return self._asked[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._asked)

    def __len__(self) -> int:
        return len(self._asked)


@cache
def _library() -> Mapping[str, airportsdata.Airport]:
    return airportsdata.load("IATA")


@cache
def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
