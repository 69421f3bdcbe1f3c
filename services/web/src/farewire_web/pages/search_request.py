"""A search as a traveller asks for it: airports by code or by name, read from an address."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import MAXYEAR, MINYEAR, date, timedelta
from urllib.parse import urlencode

from farewire_web.search.airports import airports_find
from farewire_web.search.flights import MOST_PASSENGERS, MOST_STOPS

_CODE = re.compile(r"[A-Z]{3}")
_LONGEST_TEXT = 60


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """Where from, where to, when, how many, with how many stops at most."""

    origin: str
    destination: str
    local_date: date
    passengers: int = 1
    max_stops: int = MOST_STOPS

    def items(self) -> list[tuple[str, str]]:
        """The request as a query string's pairs."""
        return [
            ("origin", self.origin),
            ("destination", self.destination),
            ("date", self.local_date.isoformat()),
            ("passengers", str(self.passengers)),
            ("max_stops", str(self.max_stops)),
        ]

    def query(self) -> str:
        """The request as a query string."""
        return urlencode(self.items())

    def on(self, days: int) -> SearchRequest:
        """The same so many days later."""
        return SearchRequest(self.origin, self.destination, self.local_date + timedelta(days=days), self.passengers, self.max_stops)


@dataclass(frozen=True, slots=True)
class SearchReading:
    """What was read: a request, or a sentence for each field at fault."""

    request: SearchRequest | None
    errors: dict[str, str] = field(default_factory=dict)


def search_request_read(query: Mapping[str, str]) -> SearchReading:
    """Read a query string. An airport may be a code or any part of a city's or airport's name; one query for each that is a name."""
    errors: dict[str, str] = {}
    origin = _airport(query.get("origin", ""), "origin", errors)
    destination = _airport(query.get("destination", ""), "destination", errors)
    local_date = _date(query.get("date", ""), errors)
    passengers = _number(query.get("passengers", "1"), 1, MOST_PASSENGERS)
    if passengers is None:
        errors["passengers"] = f"Choose 1 to {MOST_PASSENGERS} passengers."
    max_stops = _number(query.get("max_stops", str(MOST_STOPS)), 0, MOST_STOPS)
    if errors or local_date is None or passengers is None:
        return SearchReading(None, errors)
    return SearchReading(SearchRequest(origin, destination, local_date, passengers, MOST_STOPS if max_stops is None else max_stops))


def _airport(text: str, name: str, errors: dict[str, str]) -> str:
    text = text.strip()[:_LONGEST_TEXT]
    if not text:
        errors[name] = "Name a city, an airport or its code."
        return ""
    if _CODE.fullmatch(text):
        return text
    found = airports_find(text=text, limit=1)
    if not found:
        errors[name] = f"We fly to no airport called “{text}”. Try a city or a three-letter code."
        return ""
    return found[0].code


def _date(text: str, errors: dict[str, str]) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        errors["date"] = "Choose a day." if not text else "Write the day as YYYY-MM-DD, such as 2026-12-01."
        return None
    if not MINYEAR < day.year < MAXYEAR:
        # The days beside it are linked too, and a calendar's first and last day has none.
        errors["date"] = "No schedule reaches that day; choose another one."
        return None
    return day


def _number(text: str, least: int, most: int) -> int | None:
    return next((number for number in range(least, most + 1) if text == str(number)), None)
