from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection, transaction

from farewire.domain.clock import FixedClock
from farewire.pricing.models import FlightState
from farewire.pricing.services import flights_mark_published, flights_price_chunk
from farewire_dev.testing.schedule import NOW, Schedule
from farewire_pricing.new_flights import NewFlights
from farewire_pricing.pump import PublishPump

from .conftest import SALES_CLOSE, FakePublisher


@pytest.fixture
def pump(publisher: FakePublisher, stop: threading.Event) -> PublishPump:
    return PublishPump(publisher=publisher, mark_published=lambda updates: flights_mark_published(updates=updates), stop=stop)


@pytest.fixture
def new_flights(pump: PublishPump, clock: FixedClock, stop: threading.Event) -> Iterator[NewFlights]:
    pump.start()
    yield NewFlights(pump=pump, clock=clock, sales_close=SALES_CLOSE, stop=stop)
    assert pump.close(timeout_seconds=10)


def test_new_flights_are_priced_and_published(
    new_flights: NewFlights, pump: PublishPump, publisher: FakePublisher, schedule: Schedule
) -> None:
    legs = [schedule.add(departs_at=NOW + timedelta(days=day)) for day in (3, 1, 2)]
    new_flights.turn()
    assert pump.close(timeout_seconds=10)
    assert sorted(publisher.versions) == [(leg.flight_id, 1) for leg in legs]
    assert all(FlightState.objects.get(pk=leg.pk).published_version == 1 for leg in legs)


def test_flights_that_come_later_are_priced_when_it_is_asked_to_look(new_flights: NewFlights, schedule: Schedule) -> None:
    new_flights.turn()
    leg = schedule.add()
    new_flights.look()
    new_flights.turn()
    assert FlightState.objects.filter(pk=leg.pk).exists()


def test_where_another_process_prices_new_flights_it_comes_back(
    new_flights: NewFlights, schedule: Schedule, clock: FixedClock, stop: threading.Event
) -> None:
    leg = schedule.add()
    finished: list[bool] = []

    def price() -> None:
        finished.append(new_flights.price())
        connection.close()

    with transaction.atomic():
        flights_price_chunk(clock=clock, sales_close=SALES_CLOSE, after=(NOW, 0), limit=1, published=False)
        thread = threading.Thread(target=price)
        thread.start()
        thread.join(10)
        transaction.set_rollback(True)
    assert finished == [False]
    assert new_flights.price() is True
    assert FlightState.objects.filter(pk=leg.pk).exists()
