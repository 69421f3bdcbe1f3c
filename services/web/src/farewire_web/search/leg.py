"""A leg and the airports at its ends, as search knows them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from farewire.domain.distance import great_circle_miles


@dataclass(frozen=True, slots=True)
class Place:
    """An airport: what it is called, where it is and which clock hangs there."""

    code: str
    name: str
    city: str
    country: str
    zone: str
    latitude: float
    longitude: float

    def miles_to(self, other: Place) -> int:
        """Statute miles along the great circle."""
        return great_circle_miles(self.latitude, self.longitude, other.latitude, other.longitude)

    def local(self, moment: datetime) -> datetime:
        """Show `moment` by this airport's clock."""
        return moment.astimezone(ZoneInfo(self.zone))


@dataclass(frozen=True, slots=True)
class Leg:
    """One dated leg of the schedule; times are UTC, `local_date` is the day of departure where it departs."""

    id: int
    flight_id: str
    carrier: str
    carrier_name: str
    number: int
    suffix: str
    leg_sequence: int
    origin: Place
    destination: Place
    local_date: date
    departs_at: datetime
    arrives_at: datetime
    equipment: str

    @property
    def departs_local(self) -> datetime:
        """Departure by the origin's clock."""
        return self.origin.local(self.departs_at)

    @property
    def arrives_local(self) -> datetime:
        """Arrival by the destination's clock."""
        return self.destination.local(self.arrives_at)

    @property
    def is_domestic(self) -> bool:
        """Whether no border is crossed."""
        return self.origin.country == self.destination.country

    def continues_as(self, onward: Leg) -> bool:
        """Whether `onward` is this flight's own next leg, for which nobody changes planes."""
        return (self.carrier, self.number, self.suffix, self.leg_sequence + 1) == (
            onward.carrier,
            onward.number,
            onward.suffix,
            onward.leg_sequence,
        )
