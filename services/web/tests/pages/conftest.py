from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from farewire.domain.states import CabinCode
from farewire_dev.testing.schedule import airport_make, leg_make, offers_make

SOON = (datetime.now(UTC) + timedelta(days=5)).date()


@pytest.fixture
def day():
    """A day of departure that is always ahead."""
    return SOON


@pytest.fixture
def market(db):
    """JFK to LAX on that day: two direct flights and a connection over Chicago, with fares."""
    now = datetime.now(UTC)
    specs = [
        {"number": 100, "local_time": "09:00", "seats": {CabinCode.ECONOMY: 5, CabinCode.BUSINESS: 20}},
        {"number": 300, "local_time": "19:30", "seats": {CabinCode.ECONOMY: 2}, "carrier": "NB"},
        {"number": 501, "destination": "ORD", "local_time": "10:00", "minutes": 160},
        {"number": 502, "origin": "ORD", "local_time": "12:30", "minutes": 260},
    ]
    amounts = [30000, 24000, 9000, 11000]
    legs = [leg_make(local_date=SOON, **spec) for spec in specs]
    for leg, amount in zip(legs, amounts, strict=True):
        offers_make(leg=leg, at=now, amount=amount)
    airport_make("BOS")
    return {leg.flight_id.partition("-")[0]: leg for leg in legs}


@pytest.fixture
def address(day):
    """The address of that market's board, with anything more."""

    def make(**more: str) -> tuple[str, dict[str, str]]:
        return "/flights", {"origin": "JFK", "destination": "LAX", "date": day.isoformat(), "passengers": "1", "max_stops": "1", **more}

    return make


@pytest.fixture
def browser():
    """A client that must carry CSRF tokens, as a browser must."""
    return Client(enforce_csrf_checks=True)
