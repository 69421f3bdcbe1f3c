"""Legs in memory for the tests of pure search code."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from farewire_web.search.leg import Leg, Place

PLACES = {
    "BOS": Place("BOS", "Logan", "Boston", "US", "America/New_York", 42.36, -71.01),
    "JFK": Place("JFK", "John F Kennedy", "New York", "US", "America/New_York", 40.64, -73.78),
    "ORD": Place("ORD", "O'Hare", "Chicago", "US", "America/Chicago", 41.98, -87.90),
    "LAX": Place("LAX", "Los Angeles", "Los Angeles", "US", "America/Los_Angeles", 33.94, -118.41),
    "SYD": Place("SYD", "Kingsford Smith", "Sydney", "AU", "Australia/Sydney", -33.95, 151.18),
    "GRU": Place("GRU", "Guarulhos", "São Paulo", "BR", "America/Sao_Paulo", -23.43, -46.47),
}
MIDNIGHT = datetime(2026, 12, 1, tzinfo=UTC)


def leg(
    number: int,
    route: str,
    *,
    at: int,
    minutes: int = 120,
    carrier: str = "FW",
    leg_sequence: int = 1,
) -> Leg:
    """A leg such as `leg(1, "BOS-JFK", at=60)`, which departs `at` minutes after midnight UTC."""
    origin, destination = (PLACES[code] for code in route.split("-"))
    departs_at = MIDNIGHT + timedelta(minutes=at)
    return Leg(
        id=number,
        flight_id=f"{carrier}{number}-20261201-{origin.code}",
        carrier=carrier,
        carrier_name="Farewire Air",
        number=number,
        suffix="",
        leg_sequence=leg_sequence,
        origin=origin,
        destination=destination,
        local_date=date(2026, 12, 1),
        departs_at=departs_at,
        arrives_at=departs_at + timedelta(minutes=minutes),
        equipment="738",
    )
