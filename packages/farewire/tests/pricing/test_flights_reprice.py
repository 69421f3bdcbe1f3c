from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farewire.bookings.models import Hold
from farewire.catalog.models import DatedLeg
from farewire.contracts.feed import Flight
from farewire.domain.clock import FixedClock
from farewire.inventory.models import Cabin
from farewire.pricing.models import Control, FlightState, OfferVersion
from farewire.pricing.services import flights_due_price, flights_price_new, flights_reprice

from .conftest import NOW, SALES_CLOSE, Schedule, seats_hold


@pytest.fixture
def priced(schedule: Schedule, clock: FixedClock) -> Callable[..., DatedLeg]:
    def make(**arguments: object) -> DatedLeg:
        leg = schedule.add(**arguments)  # type: ignore[arg-type]
        flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)
        return leg

    return make


Priced = Callable[..., DatedLeg]


def reprice(leg: DatedLeg, clock: FixedClock) -> Flight | None:
    updates = flights_reprice(leg_ids=[leg.pk], clock=clock, sales_close=SALES_CLOSE)
    return updates[0].flight if updates else None


def amount(flight: Flight, cabin: str = "economy") -> int:
    return next(found for found in flight.cabins if found.cabin == cabin).offers[0].amount


def test_selling_seats_raises_the_price_and_supersedes_the_offer(priced: Priced, clock: FixedClock) -> None:
    leg = priced()
    before = Flight.model_validate(FlightState.objects.get(pk=leg.pk).document)
    seats_hold(leg, 30)
    clock.advance(timedelta(seconds=1))
    after = reprice(leg, clock)
    assert after is not None
    assert after.version == 2
    assert amount(after) > amount(before)
    old, new = OfferVersion.objects.filter(cabin__leg=leg, cabin__code="economy").order_by("version")
    assert (old.version, old.superseded_at) == (1, clock.now())
    assert (new.version, new.superseded_at, new.seats_left, new.priced_seq) == (2, None, 120, 2)


def test_a_cabin_that_nothing_happened_to_keeps_its_offer_ids(priced: Priced, clock: FixedClock) -> None:
    leg = priced()
    before = Flight.model_validate(FlightState.objects.get(pk=leg.pk).document)
    seats_hold(leg, 30)
    after = reprice(leg, clock)
    assert after is not None
    assert after.cabins[1] == before.cabins[1]
    assert OfferVersion.objects.filter(cabin__leg=leg, cabin__code="business").count() == 1


def test_every_change_of_seats_makes_a_version_and_takes_its_seq_in(priced: Priced, clock: FixedClock) -> None:
    leg = priced(cabins={"economy": 300})
    seats_hold(leg, 1)
    after = reprice(leg, clock)
    assert after is not None
    assert after.version == 2
    cabin = leg.cabins.get()
    assert FlightState.objects.get(pk=leg.pk).priced_seqs == {str(cabin.pk): 2}


def test_nothing_changed_makes_no_version(priced: Priced, clock: FixedClock) -> None:
    leg = priced()
    assert reprice(leg, clock) is None
    assert FlightState.objects.get(pk=leg.pk).version == 1


def test_seats_left_are_real_and_at_most_nine(priced: Priced, clock: FixedClock) -> None:
    leg = priced(cabins={"economy": 12})
    shown = []
    for _ in range(12):
        seats_hold(leg, 1)
        flight = reprice(leg, clock)
        assert flight is not None
        shown.append(flight.cabins[0].seats_left)
    assert shown == [9, 9, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0]


def test_a_full_cabin_offers_nothing_and_offers_again_when_seats_come_back(priced: Priced, clock: FixedClock) -> None:
    leg = priced(cabins={"economy": 2})
    seats_hold(leg, 2)
    full = reprice(leg, clock)
    assert full is not None
    assert full.cabins[0].offers == []
    assert not OfferVersion.objects.filter(cabin__leg=leg, superseded_at=None).exists()

    seats_hold(leg, -1)
    again = reprice(leg, clock)
    assert again is not None
    assert again.cabins[0].offers[0].offer_id == f"{leg.flight_id}.economy.3.basic"


def test_a_closed_cabin_offers_nothing(priced: Priced, clock: FixedClock) -> None:
    leg = priced(cabins={"economy": 20})
    Cabin.objects.filter(leg=leg).update(status="closed")
    flight = reprice(leg, clock)
    assert flight is not None
    assert (flight.status, flight.cabins[0].offers) == ("open", [])


def test_versions_rise_by_one(priced: Priced, clock: FixedClock) -> None:
    leg = priced()
    versions = []
    for _ in range(5):
        seats_hold(leg, 3)
        flight = reprice(leg, clock)
        assert flight is not None
        versions.append(flight.version)
    assert versions == [2, 3, 4, 5, 6]


def test_few_seats_are_a_lookup_and_many_a_new_control(priced: Priced, clock: FixedClock) -> None:
    leg = priced(cabins={"economy": 150})
    seats_hold(leg, 3)
    reprice(leg, clock)
    assert Control.objects.filter(cabin__leg=leg).count() == 1
    seats_hold(leg, 20)
    reprice(leg, clock)
    first, second = Control.objects.filter(cabin__leg=leg).order_by("pk")
    assert (first.inputs["booked"], second.inputs["booked"]) == (0, 23)
    assert first.inputs_hash != second.inputs_hash


def test_the_price_never_falls_as_a_flight_fills(priced: Priced, clock: FixedClock) -> None:
    leg = priced(cabins={"economy": 60})
    amounts = []
    for _ in range(59):
        seats_hold(leg, 1)
        flight = reprice(leg, clock)
        assert flight is not None
        amounts.append(amount(flight))
    assert all(before <= after for before, after in pairwise(amounts))
    assert amounts[0] < amounts[-1]


def test_a_price_is_the_same_whoever_holds_the_seats(priced: Priced, clock: FixedClock) -> None:
    """Two equal flights, held by two travellers of different kinds, cost the same."""
    first, second = priced(), priced()
    for leg, shopper in ((first, "a" * 64), (second, "b" * 64)):
        Hold.objects.create(
            id=f"h_{shopper[0]}",
            passengers=3,
            amount=1,
            currency="USD",
            created_at=NOW,
            expires_at=NOW,
            cap_at=NOW,
            shopper=shopper,
            address=shopper,
        )
        seats_hold(leg, 9)
    flights = [reprice(first, clock), reprice(second, clock)]
    offers = [
        [(offer.brand, offer.fare_class, offer.amount) for cabin in flight.cabins for offer in cabin.offers] for flight in flights if flight
    ]
    assert len(offers) == 2
    assert offers[0] == offers[1]


def test_a_flight_that_was_never_priced_is_left_alone(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    assert flights_reprice(leg_ids=[leg.pk], clock=clock, sales_close=SALES_CLOSE) == []
    assert not FlightState.objects.exists()


@pytest.mark.parametrize("count", [1, 20])
def test_repricing_costs_at_most_six_queries_however_many_flights(priced: Priced, clock: FixedClock, count: int) -> None:
    legs = [priced() for _ in range(count)]
    for leg in legs:
        seats_hold(leg, 30)
    with CaptureQueriesContext(connection) as queries:
        assert len(flights_reprice(leg_ids=[leg.pk for leg in legs], clock=clock, sales_close=SALES_CLOSE)) == count
    assert len(queries) <= 6


def test_at_a_data_collection_point_the_price_is_looked_at_anew(priced: Priced, clock: FixedClock) -> None:
    leg = priced(departs_at=NOW + timedelta(days=21, hours=1), cabins={"economy": 150})
    state = FlightState.objects.get(pk=leg.pk)
    assert state.next_reprice_at == NOW + timedelta(hours=1)
    assert flights_due_price(clock=clock, sales_close=SALES_CLOSE, limit=10) == (0, [])

    clock.advance(timedelta(hours=1))
    count, (update,) = flights_due_price(clock=clock, sales_close=SALES_CLOSE, limit=10)
    assert count == 1
    # The cheapest class wants 21 days' advance purchase.
    assert state.document["cabins"][0]["offers"][0]["fare_class"] == "V"
    assert update.flight.cabins[0].offers[0].fare_class == "L"
    assert FlightState.objects.get(pk=leg.pk).next_reprice_at == leg.departs_at - timedelta(days=17)


def test_time_closes_sales_and_then_asks_for_nothing_more(priced: Priced, clock: FixedClock) -> None:
    leg = priced(departs_at=NOW + timedelta(hours=2))
    assert FlightState.objects.get(pk=leg.pk).next_reprice_at == leg.departs_at - SALES_CLOSE
    clock.advance(timedelta(minutes=75))
    _, (update,) = flights_due_price(clock=clock, sales_close=SALES_CLOSE, limit=10)
    assert update.flight.status == "closed"
    assert all(cabin.offers == [] for cabin in update.flight.cabins)
    assert FlightState.objects.get(pk=leg.pk).next_reprice_at is None
    assert not OfferVersion.objects.filter(superseded_at=None).exists()
    assert flights_due_price(clock=clock, sales_close=SALES_CLOSE, limit=10) == (0, [])


def test_a_cancelled_flight_says_so(priced: Priced, clock: FixedClock) -> None:
    leg = priced()
    DatedLeg.objects.filter(pk=leg.pk).update(status="cancelled")
    flight = reprice(leg, clock)
    assert flight is not None
    assert flight.status == "cancelled"
    assert not OfferVersion.objects.filter(superseded_at=None).exists()
