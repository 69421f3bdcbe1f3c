from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from farewire.catalog.models import Airport, Carrier, DatedLeg, Equipment
from farewire.domain.clock import FixedClock
from farewire.domain.identifiers import flight_id_format
from farewire.inventory.models import Cabin, LedgerEntry

NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
SALES_CLOSE = timedelta(minutes=45)
AIRPORTS = {
    "JFK": ("New York", 40.6398, -73.7789, "America/New_York"),
    "LAX": ("Los Angeles", 33.9425, -118.4081, "America/Los_Angeles"),
    "BOS": ("Boston", 42.3643, -71.0052, "America/New_York"),
}


@dataclass
class Schedule:
    """Puts dated legs and their cabins into the database, as loading a schedule would."""

    numbers: int = field(default=100)

    def add(
        self,
        *,
        origin: str = "JFK",
        destination: str = "LAX",
        departs_at: datetime = NOW + timedelta(days=30),
        cabins: Mapping[str, int] | None = None,
        status: str = "open",
    ) -> DatedLeg:
        self.numbers += 1
        local_date = departs_at.astimezone(ZoneInfo(AIRPORTS[origin][3])).date()
        leg = DatedLeg.objects.create(
            flight_id=flight_id_format(carrier="FW", number=self.numbers, local_date=local_date, origin=origin),
            carrier_id="FW",
            number=self.numbers,
            origin_id=origin,
            destination_id=destination,
            local_date=local_date,
            departs_at=departs_at,
            arrives_at=departs_at + timedelta(hours=6),
            equipment_id="738",
            status=status,
        )
        for code, seats in (cabins or {"economy": 150, "business": 16}).items():
            cabin = Cabin.objects.create(leg=leg, code=code, authorized=seats)
            LedgerEntry.objects.create(cabin=cabin, seq=1, kind="opened", authorized_delta=seats, reference="test")
        return leg


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def schedule(db: None) -> Schedule:
    for code, (city, latitude, longitude, zone) in AIRPORTS.items():
        Airport.objects.create(
            code=code, name=city, city=city, country="US", latitude=latitude, longitude=longitude, zone=zone, search_text=city.casefold()
        )
    Carrier.objects.create(code="FW", name="Farewire Air")
    Equipment.objects.create(code="738", name="Boeing 737-800", cabins={"economy": 150, "business": 16})
    return Schedule()


def seats_hold(leg: DatedLeg, seats: int, *, cabin: str = "economy") -> None:
    """Move seats as a hold does: counters, ledger and outbox in one statement."""
    cabin_id = Cabin.objects.get(leg=leg, code=cabin).pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT done FROM inventory_change(%s, %s, 'held', 0, 0, 0, %s, true, 'test')", [[cabin_id], [0], seats])
        assert cursor.fetchone() == (True,)
