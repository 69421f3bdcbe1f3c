from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from farewire.contracts.feed import Flight
from farewire.domain.clock import FixedClock
from farewire.domain.leg_control import control_compute
from farewire.pricing.initial import PricedChunk
from farewire.pricing.models import Control, FlightState, OfferVersion
from farewire.pricing.services import flights_price_chunk, flights_price_new

from .conftest import NOW, SALES_CLOSE, Schedule


def price_all(clock: FixedClock, *, chunk: int = 2000) -> list[tuple[int, int]]:
    told: list[tuple[int, int]] = []
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda done, total: told.append((done, total)), chunk=chunk)
    return told


def test_a_new_flight_gets_its_first_version(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add(cabins={"business": 16, "economy": 4})
    price_all(clock)

    state = FlightState.objects.get(pk=leg.pk)
    flight = Flight.model_validate(state.document)
    assert (flight.id, flight.version, flight.status) == (leg.flight_id, 1, "open")
    assert [(cabin.cabin, cabin.seats_left) for cabin in flight.cabins] == [("economy", 4), ("business", 9)]
    assert [offer.brand for offer in flight.cabins[0].offers] == ["basic", "standard", "flex"]
    assert flight.cabins[0].offers[0].offer_id == f"{leg.flight_id}.economy.1.basic"
    assert state.published_version == state.version == 1
    assert state.priced_seqs == {str(cabin.pk): 1 for cabin in leg.cabins.all()}


def test_every_offer_refers_to_the_control_that_it_came_from(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    price_all(clock)
    for offer in OfferVersion.objects.select_related("control"):
        control = offer.control
        assert control is not None
        assert control.cabin_id == offer.cabin_id
        assert len(control.levels) == len(control.classes) - 1
        assert offer.fare_class in control.classes
        assert control.inputs["booked"] == 0
    assert Control.objects.count() == leg.cabins.count()


def test_controls_made_later_have_higher_ids(schedule: Schedule, clock: FixedClock) -> None:
    """The newest control is the one with the highest id, so ids given out for COPY must not be used again."""
    schedule.add()
    price_all(clock)
    highest = max(Control.objects.values_list("pk", flat=True))
    control = Control.objects.create(cabin=schedule.add().cabins.first(), inputs_hash="0", inputs={}, classes=["Y"], fares=[100], levels=[])
    assert control.pk > highest


def test_flights_are_priced_in_the_order_in_which_they_depart(schedule: Schedule, clock: FixedClock) -> None:
    late, soon, middle = (schedule.add(departs_at=NOW + timedelta(days=days)) for days in (20, 1, 7))
    done: list[int] = []
    flights_price_new(
        clock=clock,
        sales_close=SALES_CLOSE,
        chunk=1,
        progress=lambda *_: done.extend(set(FlightState.objects.values_list("pk", flat=True)) - set(done)),
    )
    assert done == [soon.pk, middle.pk, late.pk]


def test_progress_tells_how_many_of_how_many(schedule: Schedule, clock: FixedClock) -> None:
    for _ in range(3):
        schedule.add()
    assert price_all(clock, chunk=2) == [(0, 3), (2, 3), (3, 3)]


def test_pricing_again_changes_nothing(schedule: Schedule, clock: FixedClock) -> None:
    schedule.add()
    price_all(clock)
    assert price_all(clock) == [(0, 0)]
    assert FlightState.objects.count() == 1


def test_a_flight_that_has_left_is_not_priced(schedule: Schedule, clock: FixedClock) -> None:
    schedule.add(departs_at=NOW - timedelta(minutes=1))
    price_all(clock)
    assert not FlightState.objects.exists()


@pytest.mark.parametrize(("minutes", "status"), [(44, "closed"), (46, "open")])
def test_sales_close_before_departure(schedule: Schedule, clock: FixedClock, minutes: int, status: str) -> None:
    leg = schedule.add(departs_at=NOW + timedelta(minutes=minutes))
    price_all(clock)
    state = FlightState.objects.get(pk=leg.pk)
    assert state.document["status"] == status
    assert all(bool(cabin["offers"]) == (status == "open") for cabin in state.document["cabins"])
    assert (state.next_reprice_at is None) == (status == "closed")


def test_a_cancelled_flight_offers_nothing(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add(status="cancelled")
    price_all(clock)
    state = FlightState.objects.get(pk=leg.pk)
    assert state.document["status"] == "cancelled"
    assert not OfferVersion.objects.exists()


def test_a_chunk_costs_at_most_eight_queries(schedule: Schedule, clock: FixedClock) -> None:
    for _ in range(5):
        schedule.add()
    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        flights_price_chunk(clock=clock, sales_close=SALES_CLOSE, after=(NOW, 0), limit=10, published=True)
    statements = [query["sql"] for query in queries if "SAVEPOINT" not in query["sql"]]
    assert len(statements) <= 8


def test_the_worker_s_chunks_say_what_to_publish(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    chunk = flights_price_chunk(clock=clock, sales_close=SALES_CLOSE, after=(NOW, 0), limit=10, published=False)
    (update,) = chunk.updates
    assert (update.topic, update.flight.id, update.flight.version) == (f"market:JFK-LAX:{leg.local_date}", leg.flight_id, 1)
    assert update.committed_at == NOW.timestamp()
    assert FlightState.objects.get(pk=leg.pk).published_version == 0
    assert chunk.position is None


def test_the_same_inputs_are_computed_once(schedule: Schedule, clock: FixedClock) -> None:
    control_compute.cache_clear()
    for _ in range(4):
        schedule.add()
    price_all(clock)
    assert control_compute.cache_info().misses == 2  # one a cabin code


def test_only_one_process_at_a_time_prices_new_flights(transactional_db: None, schedule: Schedule, clock: FixedClock) -> None:
    schedule.add()
    chunks: list[PricedChunk] = []

    def price_elsewhere() -> None:
        chunks.append(flights_price_chunk(clock=clock, sales_close=SALES_CLOSE, after=(NOW, 0), limit=10, published=True))
        connection.close()

    with transaction.atomic():
        assert flights_price_chunk(clock=clock, sales_close=SALES_CLOSE, after=(NOW, 0), limit=10, published=True).priced == 1
        other = threading.Thread(target=price_elsewhere)
        other.start()
        other.join(10)
    assert chunks == [PricedChunk(priced=0, updates=[], position=None, elsewhere=True)]
