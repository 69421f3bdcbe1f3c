"""A small schedule for tests: legs with their seats, their ledger and, where asked for, offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import connection

from farewire.catalog.models import Airport, Carrier, DatedLeg, Equipment
from farewire.contracts.feed import Cabin as CabinContract
from farewire.contracts.feed import Flight, Offer
from farewire.domain.identifiers import OfferId, flight_id_format
from farewire.domain.states import BrandCode, CabinCode, FlightStatus, LedgerKind
from farewire.inventory.models import Cabin, LedgerEntry
from farewire.pricing.models import FlightState, OfferVersion

AIRPORTS = {
    "JFK": ("John F Kennedy International", "New York", "US", 40.64, -73.78, "America/New_York"),
    "LAX": ("Los Angeles International", "Los Angeles", "US", 33.94, -118.41, "America/Los_Angeles"),
    "ORD": ("O'Hare International", "Chicago", "US", 41.98, -87.90, "America/Chicago"),
    "BOS": ("Logan International", "Boston", "US", 42.36, -71.01, "America/New_York"),
    "HNL": ("Daniel K Inouye International", "Honolulu", "US", 21.32, -157.92, "Pacific/Honolulu"),
    "GRU": ("Guarulhos", "São Paulo", "BR", -23.43, -46.47, "America/Sao_Paulo"),
}
DEPARTURE_DATE = date(2026, 12, 1)


def airport_make(code: str) -> Airport:
    """One of `AIRPORTS`, made once."""
    name, city, country, latitude, longitude, zone = AIRPORTS[code]
    plain = f"{code} {city} {name}".casefold().replace("ã", "a")
    return Airport.objects.get_or_create(
        code=code,
        defaults={
            "name": name,
            "city": city,
            "country": country,
            "latitude": latitude,
            "longitude": longitude,
            "zone": zone,
            "search_text": plain,
        },
    )[0]


def leg_make(
    *,
    number: int = 100,
    origin: str = "JFK",
    destination: str = "LAX",
    local_date: date = DEPARTURE_DATE,
    local_time: str = "09:00",
    minutes: int = 375,
    seats: Mapping[CabinCode, int] | None = None,
    carrier: str = "FW",
) -> DatedLeg:
    """A dated leg with cabins and their opening ledger entries; `minutes` is its block time."""
    seats = {CabinCode.ECONOMY: 100} if seats is None else seats
    origin_airport, destination_airport = airport_make(origin), airport_make(destination)
    hour, minute = (int(part) for part in local_time.split(":"))
    departs_at = datetime(local_date.year, local_date.month, local_date.day, hour, minute, tzinfo=ZoneInfo(origin_airport.zone)).astimezone(
        UTC
    )
    leg = DatedLeg.objects.create(
        flight_id=flight_id_format(carrier=carrier, number=number, local_date=local_date, origin=origin),
        carrier=Carrier.objects.get_or_create(code=carrier, defaults={"name": "Farewire Air"})[0],
        number=number,
        origin=origin_airport,
        destination=destination_airport,
        local_date=local_date,
        departs_at=departs_at,
        arrives_at=departs_at + timedelta(minutes=minutes),
        equipment=Equipment.objects.get_or_create(code="738", defaults={"name": "Boeing 737-800", "cabins": {}})[0],
    )
    for code, count in seats.items():
        cabin = Cabin.objects.create(leg=leg, code=code, authorized=count)
        LedgerEntry.objects.create(cabin=cabin, seq=1, kind=LedgerKind.OPENED, authorized_delta=count, reference="test")
    return leg


def offers_make(*, leg: DatedLeg, version: int = 1, amount: int = 12900, protect: int = 0, at: datetime | None = None) -> Flight:
    """Offer every cabin of `leg` at `version`, basic for `amount`, each better brand for 3000 more; answers what is shown.

    What the version before offered is superseded at `at` (now where it is not given).
    """
    at = at or datetime.now(UTC)
    shown: list[CabinContract] = []
    seqs: dict[str, int] = {}
    for cabin in leg.cabins.order_by("id"):
        OfferVersion.objects.filter(cabin=cabin, superseded_at=None).update(superseded_at=at)
        amounts = {brand.value: amount + 3000 * step for step, brand in enumerate(BrandCode)}
        OfferVersion.objects.create(
            cabin=cabin,
            version=version,
            fare_class="Q",
            protect=protect,
            currency="USD",
            amounts=amounts,
            seats_left=cabin.seats_left,
            priced_seq=cabin.seq,
            created_at=at,
        )
        seqs[str(cabin.id)] = cabin.seq
        offers = [
            Offer(
                offer_id=str(OfferId(leg.flight_id, CabinCode(cabin.code), version, brand)),
                brand=brand.value,
                fare_class="Q",
                amount=amounts[brand],
                currency="USD",
            )
            for brand in BrandCode
        ]
        shown.append(
            CabinContract(cabin=CabinCode(cabin.code).value, seats_left=min(9, cabin.seats_left), offers=offers if cabin.seats_left else [])
        )
    flight = Flight(id=leg.flight_id, version=version, status="open", cabins=shown)
    FlightState.objects.update_or_create(
        leg=leg,
        defaults={
            "version": version,
            "published_version": version,
            "document": flight.model_dump(mode="json"),
            "priced_seqs": seqs,
            "priced_at": at,
            "next_reprice_at": leg.departs_at,
        },
    )
    return flight


NOW = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)
"""The moment at which these tests' clocks stand."""

_AIRPORTS = {
    "JFK": ("New York", 40.6398, -73.7789, "America/New_York"),
    "LAX": ("Los Angeles", 33.9425, -118.4081, "America/Los_Angeles"),
    "BOS": ("Boston", 42.3643, -71.0052, "America/New_York"),
}
_CABINS = {"economy": 150, "business": 16}


@dataclass
class Schedule:
    """Adds dated legs with their cabins, as loading a schedule does, between three airports and numbered from 101."""

    number: int = field(default=100)

    def __post_init__(self) -> None:
        for code, (city, latitude, longitude, zone) in _AIRPORTS.items():
            Airport.objects.create(
                code=code,
                name=city,
                city=city,
                country="US",
                latitude=latitude,
                longitude=longitude,
                zone=zone,
                search_text=city.casefold(),
            )
        Carrier.objects.create(code="FW", name="Farewire Air")
        Equipment.objects.create(code="738", name="Boeing 737-800", cabins=_CABINS)

    def add(
        self,
        *,
        origin: str = "JFK",
        destination: str = "LAX",
        departs_at: datetime = NOW + timedelta(days=30),
        cabins: Mapping[str, int] = _CABINS,
        status: str = FlightStatus.OPEN,
    ) -> DatedLeg:
        """Add a leg whose cabins have so many seats, none of them sold."""
        self.number += 1
        local_date = departs_at.astimezone(ZoneInfo(_AIRPORTS[origin][3])).date()
        leg = DatedLeg.objects.create(
            flight_id=flight_id_format(carrier="FW", number=self.number, local_date=local_date, origin=origin),
            carrier_id="FW",
            number=self.number,
            origin_id=origin,
            destination_id=destination,
            local_date=local_date,
            departs_at=departs_at,
            arrives_at=departs_at + timedelta(hours=6),
            equipment_id="738",
            status=status,
        )
        for code, seats in cabins.items():
            cabin = Cabin.objects.create(leg=leg, code=code, authorized=seats)
            LedgerEntry.objects.create(cabin=cabin, seq=1, kind="opened", authorized_delta=seats, reference="test")
        return leg


def seats_hold(leg: DatedLeg, seats: int, *, cabin: str = "economy") -> None:
    """Move seats as a hold does (as a release does, where negative): counters, ledger and outbox in one statement."""
    cabin_id = Cabin.objects.get(leg=leg, code=cabin).pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT done FROM inventory_change(%s, %s, 'held', 0, 0, 0, %s, true, 'test')", [[cabin_id], [0], seats])
        if cursor.fetchone() != (True,):
            raise AssertionError(f"{leg} has no {seats} seats to hold in {cabin}")
