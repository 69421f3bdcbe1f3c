from __future__ import annotations

import pytest
from django.db import DatabaseError, IntegrityError, transaction

from farewire.domain.clock import FixedClock
from farewire.pricing.models import Control, FlightState, OfferVersion
from farewire.pricing.services import flights_price_new

from .conftest import NOW, SALES_CLOSE, Schedule


@pytest.fixture(autouse=True)
def priced(schedule: Schedule, clock: FixedClock) -> None:
    schedule.add(cabins={"economy": 150})
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)


@pytest.mark.parametrize("change", [{"amounts": {"basic": 1}}, {"protect": 0}, {"fare_class": "Y"}, {"version": 2}])
def test_the_database_refuses_to_change_an_offer(change: dict[str, object]) -> None:
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        OfferVersion.objects.update(**change)


def test_an_offer_is_superseded_once() -> None:
    OfferVersion.objects.update(superseded_at=NOW)
    with pytest.raises(DatabaseError, match="immutable"), transaction.atomic():
        OfferVersion.objects.update(superseded_at=None)


def test_a_cabin_has_one_current_offer() -> None:
    offer = OfferVersion.objects.get()
    with pytest.raises(IntegrityError), transaction.atomic():
        OfferVersion.objects.create(
            cabin_id=offer.cabin_id, version=2, fare_class="Y", protect=0, currency="USD", amounts={}, seats_left=1, priced_seq=1
        )


def test_the_database_refuses_to_change_a_control() -> None:
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        Control.objects.update(levels=[0] * 7)


def test_no_more_can_be_published_than_there_is() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        FlightState.objects.update(published_version=2)
