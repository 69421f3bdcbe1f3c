"""What the database knows of a flight and its cabins, as far as a price may depend on it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from farewire.domain.demand import DemandInputs, collection_point, next_collection_point
from farewire.domain.distance import great_circle_miles
from farewire.domain.states import CabinCode, CabinStatus, FlightStatus

_DAY = timedelta(days=1)
CABIN_ORDER = {code: position for position, code in enumerate(CabinCode)}

zone_info = lru_cache(maxsize=None)(ZoneInfo)
miles_between = lru_cache(maxsize=16384)(great_circle_miles)


@dataclass(frozen=True, slots=True)
class LegFacts:
    """A dated leg: `weekday` from Monday as 0 and `hour` are local where it departs, `miles` statute."""

    leg_id: int
    flight_id: str
    status: FlightStatus
    departs_at: datetime
    local_date: date
    origin: str
    destination: str
    weekday: int
    hour: int
    miles: int

    @property
    def topic(self) -> str:
        """The feed's topic that tells of this flight."""
        return f"market:{self.origin}-{self.destination}:{self.local_date.isoformat()}"

    def status_at(self, now: datetime, *, sales_close: timedelta) -> FlightStatus:
        """Return the status that is shown at `now`: open sales close `sales_close` before departure."""
        if self.status is FlightStatus.OPEN and now >= self.departs_at - sales_close:
            return FlightStatus.CLOSED
        return self.status

    def next_reprice_at(self, now: datetime, *, sales_close: timedelta) -> datetime | None:
        """Return when time alone asks for a new price: the next data-collection point, or the close of sales."""
        if self.status is not FlightStatus.OPEN:
            return None
        closes_at = self.departs_at - sales_close
        if now >= closes_at:
            return None
        coming = next_collection_point((self.departs_at - now) / _DAY)
        return closes_at if coming is None else min(closes_at, self.departs_at - coming * _DAY)


@dataclass(frozen=True, slots=True)
class CabinFacts:
    """A cabin's counters at inventory change `seq`."""

    cabin_id: int
    code: CabinCode
    status: CabinStatus
    authorized: int
    blocked: int
    sold: int
    held: int
    seq: int

    @property
    def seats_left(self) -> int:
        """Seats that may still be held."""
        return self.authorized - self.blocked - self.sold - self.held

    def demand_inputs(self, leg: LegFacts, now: datetime) -> DemandInputs:
        """Return all that the demand forecast may know at `now`."""
        return DemandInputs(
            cabin=self.code,
            miles=leg.miles,
            weekday=leg.weekday,
            hour=leg.hour,
            capacity=self.authorized - self.blocked,
            collection_days=collection_point((leg.departs_at - now) / _DAY),
            booked=self.sold + self.held,
        )


LEG_COLUMNS = """
    l.id, l.flight_id, l.status, l.departs_at, l.local_date, l.origin_id, l.destination_id,
    o.zone, o.latitude, o.longitude, d.latitude, d.longitude
"""
LEG_JOINS = """
    JOIN catalog_airport o ON o.code = l.origin_id
    JOIN catalog_airport d ON d.code = l.destination_id
"""
LEG_WIDTH = 12
CABIN_COLUMNS = "c.leg_id, c.id, c.code, c.status, c.authorized, c.blocked, c.sold, c.held, c.seq"
CABIN_WIDTH = 9

LegRow = tuple[int, str, str, datetime, date, str, str, str, float, float, float, float]
CabinRow = tuple[int, int, str, str, int, int, int, int, int]


def leg_facts(row: LegRow) -> LegFacts:
    """Read a row of `LEG_COLUMNS`."""
    leg_id, flight_id, status, departs_at, local_date, origin, destination, zone, *coordinates = row
    local = departs_at.astimezone(zone_info(zone))
    return LegFacts(
        leg_id=leg_id,
        flight_id=flight_id,
        status=FlightStatus(status),
        departs_at=departs_at,
        local_date=local_date,
        origin=origin,
        destination=destination,
        weekday=local.weekday(),
        hour=local.hour,
        miles=miles_between(*coordinates),
    )


def cabin_facts(row: CabinRow) -> CabinFacts:
    """Read a row of `CABIN_COLUMNS`."""
    _, cabin_id, code, status, authorized, blocked, sold, held, seq = row
    return CabinFacts(cabin_id, CabinCode(code), CabinStatus(status), authorized, blocked, sold, held, seq)
