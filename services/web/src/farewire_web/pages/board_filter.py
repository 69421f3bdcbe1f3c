"""Which rows of a board are wanted and in what order; `static/farewire/js/board/filter.js` decides the same in place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

CABINS = {"economy": "Economy", "premium": "Premium", "business": "Business"}
STOPS = {"any": "Any", "direct": "Direct"}
PARTS = {"any": "Any time", "morning": "Morning", "afternoon": "Afternoon", "evening": "Evening"}
NOON = 12
SIX = 18
SORTS = {"departs": "Departure", "price": "Price", "duration": "Duration"}


def part_of_day(moment: datetime) -> str:
    """The part of the local day: morning until noon, evening from six."""
    if moment.hour < NOON:
        return "morning"
    return "afternoon" if moment.hour < SIX else "evening"


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What a traveller chose on the board; whatever is unknown counts as not chosen."""

    cabin: str = "economy"
    stops: str = "any"
    depart: str = "any"
    carrier: str = ""
    sort: str = "departs"

    @classmethod
    def parse(cls, query: Mapping[str, str]) -> BoardFilter:
        """Read a query string's values."""

        def known(name: str, choices: Mapping[str, str], default: str) -> str:
            value = query.get(name, default)
            return value if value in choices else default

        return cls(
            cabin=known("cabin", CABINS, "economy"),
            stops=known("stops", STOPS, "any"),
            depart=known("depart", PARTS, "any"),
            carrier=query.get("carrier", "")[:3],
            sort=known("sort", SORTS, "departs"),
        )

    def wants(self, *, stops: int, part: str, carriers: frozenset[str]) -> bool:
        """Whether a journey with so many stops, leaving in that part of the day with those carriers, is shown."""
        return (self.stops == "any" or stops == 0) and self.depart in ("any", part) and (not self.carrier or self.carrier in carriers)

    def items(self) -> list[tuple[str, str]]:
        """What was chosen, as a query string's pairs; what was not is left out."""
        defaults = BoardFilter()
        pairs = [(name, getattr(self, name)) for name in ("cabin", "stops", "depart", "carrier", "sort")]
        return [(name, value) for name, value in pairs if value != getattr(defaults, name)]
