from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farewire.catalog.models import DatedLeg
from farewire.domain.clock import FixedClock
from farewire.domain.errors import NotFound
from farewire.domain.identifiers import OfferId
from farewire.domain.money import Money
from farewire.domain.states import BrandCode, CabinCode
from farewire.pricing.selectors import price_explanation
from farewire.pricing.services import flights_price_new

from .conftest import SALES_CLOSE, Schedule


@pytest.fixture
def leg(schedule: Schedule, clock: FixedClock) -> DatedLeg:
    leg = schedule.add(cabins={"economy": 150})
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)
    return leg


def test_a_price_is_explained_by_flight_time_and_seats(leg: DatedLeg) -> None:
    offer = OfferId(leg.flight_id, CabinCode.ECONOMY, 1, BrandCode.FLEX)
    with CaptureQueriesContext(connection) as queries:
        why = price_explanation(offer=offer)
    assert len(queries) == 1
    assert why.fare_class == why.classes[-1] == "V"
    assert why.seats_left == 150
    assert why.protect == why.levels[-1]
    assert why.price.amount > why.fares[-1]
    assert why.bid_price <= Money(why.fares[-1], "USD")
    assert set(why.inputs) == {
        "cabin", "miles", "weekday", "hour", "capacity", "collection_days", "booked", "mean", "sd", "expected_booked", "drift",
    }  # fmt: skip
    assert len(why.inputs_hash) == 64


@pytest.mark.parametrize(
    "offer",
    [
        OfferId("FW999-20261231-JFK", CabinCode.ECONOMY, 1, BrandCode.BASIC),
        OfferId("FW101-20261231-JFK", CabinCode.ECONOMY, 7, BrandCode.BASIC),
        OfferId("FW101-20261231-JFK", CabinCode.BUSINESS, 1, BrandCode.BASIC),
    ],
)
def test_an_unknown_offer_is_not_found(leg: DatedLeg, offer: OfferId) -> None:
    with pytest.raises(NotFound) as raised:
        price_explanation(offer=offer)
    assert raised.value.code == "unknown_offer"
