from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from farewire.catalog.models import DatedLeg
from farewire.domain.clock import FixedClock
from farewire.domain.errors import InvalidInput
from farewire.pricing.models import FlightState
from farewire.pricing.selectors import flights_behind, topic_flights
from farewire.pricing.services import flights_mark_published, flights_price_new, flights_reprice

from .conftest import NOW, SALES_CLOSE, Schedule, seats_hold


@pytest.fixture
def leg(schedule: Schedule, clock: FixedClock) -> DatedLeg:
    leg = schedule.add()
    schedule.add(destination="BOS")
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)
    return leg


def test_a_topic_holds_the_flights_of_its_market_and_day(leg: DatedLeg) -> None:
    with CaptureQueriesContext(connection) as queries:
        (update,) = topic_flights(f"market:JFK-LAX:{leg.local_date}")
    assert (update.flight.id, update.committed_at) == (leg.flight_id, NOW.timestamp())
    assert len(queries) == 1


def test_an_empty_market_is_an_empty_topic(leg: DatedLeg) -> None:
    assert topic_flights("market:LAX-JFK:2026-12-31") == []


def test_what_is_no_topic_is_refused(leg: DatedLeg) -> None:
    with pytest.raises(InvalidInput):
        topic_flights("market:JFK-JFK:2026-12-31")


def test_what_was_committed_and_not_published_is_behind_until_it_is(leg: DatedLeg, clock: FixedClock) -> None:
    assert flights_behind(committed_before=NOW + timedelta(days=1), limit=10) == []
    seats_hold(leg, 5)
    flights_reprice(leg_ids=[leg.pk], clock=clock, sales_close=SALES_CLOSE)

    assert flights_behind(committed_before=NOW, limit=10) == []
    (behind,) = flights_behind(committed_before=NOW + timedelta(seconds=1), limit=10)
    assert (behind.topic, behind.flight.version) == (f"market:JFK-LAX:{leg.local_date}", 2)

    flights_mark_published(updates=[behind])
    assert flights_behind(committed_before=NOW + timedelta(seconds=1), limit=10) == []
    assert FlightState.objects.get(pk=leg.pk).published_version == 2


def test_the_published_version_never_falls(leg: DatedLeg, clock: FixedClock) -> None:
    updates = []
    for _ in range(2):
        seats_hold(leg, 5)
        updates += flights_reprice(leg_ids=[leg.pk], clock=clock, sales_close=SALES_CLOSE)
    for update in reversed(updates):
        flights_mark_published(updates=[update])
    assert FlightState.objects.get(pk=leg.pk).published_version == 3


def test_marking_nothing_costs_nothing(leg: DatedLeg) -> None:
    with CaptureQueriesContext(connection) as queries:
        flights_mark_published(updates=[])
    assert len(queries) == 0
