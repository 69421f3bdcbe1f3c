"""A journey: one leg or two, with what it costs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farewire_web.search.leg import Leg
from farewire_web.search.offers import JourneyOffer, JourneyStatus


@dataclass(frozen=True, slots=True)
class Journey:
    """What a traveller chooses: legs in order, their state together, and the offers open to the party."""

    legs: tuple[Leg, ...]
    status: JourneyStatus
    offers: tuple[JourneyOffer, ...]

    @property
    def journey_id(self) -> str:
        """The flight ids joined by `~`, which stands in an address as it is."""
        return "~".join(self.flight_ids)

    @property
    def flight_ids(self) -> list[str]:
        """The flights in the order flown."""
        return [leg.flight_id for leg in self.legs]

    @property
    def stops(self) -> int:
        """How often the traveller lands on the way."""
        return len(self.legs) - 1

    @property
    def departs_local(self) -> datetime:
        """Departure by the clock of where the journey begins."""
        return self.legs[0].departs_local

    @property
    def arrives_local(self) -> datetime:
        """Arrival by the clock of where the journey ends."""
        return self.legs[-1].arrives_local

    @property
    def duration_minutes(self) -> int:
        """Whole minutes from the first departure to the last arrival."""
        return int((self.legs[-1].arrives_at - self.legs[0].departs_at).total_seconds() // 60)

    @property
    def arrival_day_offset(self) -> int:
        """How many calendar days later it is on arrival, local date against local date; -1 over the date line."""
        return (self.arrives_local.date() - self.departs_local.date()).days
