"""Topics: the names under which the feed tells what changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from farewire.domain.errors import InvalidInput

_MARKET = re.compile(r"market:(?P<origin>[A-Z]{3})-(?P<destination>[A-Z]{3}):(?P<date>\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True, slots=True, order=True)
class MarketTopic:
    """All dated legs from one airport to another on one local date of departure.

    Written `market:JFK-LAX:2026-12-01`.
    """

    origin: str
    destination: str
    local_date: date

    def __str__(self) -> str:
        return f"market:{self.origin}-{self.destination}:{self.local_date.isoformat()}"

    @property
    def group(self) -> str:
        """The channel-layer group of this topic; group names allow no colon."""
        return str(self).replace(":", ".")

    @classmethod
    def parse(cls, text: str) -> MarketTopic:
        """Read a topic; `InvalidInput` with code `unknown_topic` says what one looks like."""
        match = _MARKET.fullmatch(text)
        if match is not None and match["origin"] != match["destination"]:
            try:
                return cls(match["origin"], match["destination"], date.fromisoformat(match["date"]))
            except ValueError:
                pass
        raise InvalidInput(
            "A topic looks like market:JFK-LAX:2026-12-01, with the local date of departure.",
            code="unknown_topic",
            data={"topic": text[:100]},
        )
