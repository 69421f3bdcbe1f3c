from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext
from prometheus_client import REGISTRY

from farewire.bookings.models import Hold, HoldSegment
from farewire.catalog.models import DatedLeg
from farewire.domain.clock import FixedClock
from farewire.domain.states import FlightStatus
from farewire.inventory.models import Cabin
from farewire.outbox.models import OutboxEvent
from farewire.pricing.models import FlightState
from farewire_dev.testing.schedule import NOW, Schedule, offers_make, seats_hold
from farewire_pricing.upkeep import LedgerCheck, backlog_measure, holds_sweep, prices_forget


def figure(name: str) -> float:
    return REGISTRY.get_sample_value(name) or 0.0


@pytest.fixture
def schedule(db: None) -> Schedule:
    return Schedule()


@pytest.fixture
def leg(schedule: Schedule) -> DatedLeg:
    return schedule.add()


def test_holds_past_their_time_give_their_seats_back(transactional_db: None, leg: DatedLeg, clock: FixedClock) -> None:
    seats_hold(leg, 3)
    cabin = Cabin.objects.get(leg=leg, code="economy")
    hold = Hold.objects.create(
        id="h_1",
        passengers=3,
        amount=300,
        currency="USD",
        created_at=NOW,
        expires_at=NOW + timedelta(minutes=15),
        cap_at=NOW + timedelta(hours=1),
    )
    HoldSegment.objects.create(
        hold=hold, position=0, cabin=cabin, flight_id=leg.flight_id, offer_id=f"{leg.flight_id}.economy.1.basic", fare_class="V", amount=100
    )
    before = figure("farewire_holds_expired_total")
    holds_sweep(clock=clock)
    cabin.refresh_from_db()
    assert cabin.held == 3

    clock.advance(timedelta(minutes=16))
    holds_sweep(clock=clock)
    cabin.refresh_from_db()
    assert cabin.held == 0
    assert figure("farewire_holds_expired_total") == before + 1
    assert OutboxEvent.objects.filter(subject=leg.pk).count() == 2


def test_the_backlog_is_measured_in_one_query(leg: DatedLeg) -> None:
    seats_hold(leg, 1)
    with CaptureQueriesContext(connection) as queries:
        backlog_measure()
    assert len(queries) == 1
    assert figure("farewire_outbox_events") == 1
    assert figure("farewire_outbox_age_seconds") > 0
    assert figure("farewire_pricing_unpublished_flights") == 0


@pytest.mark.parametrize(("published_version", "committed_ago", "counted"), [(1, 1, 0), (1, 60, 1), (2, 60, 0)])
def test_a_flight_counts_as_unpublished_once_its_newest_version_has_had_time_to_be(
    leg: DatedLeg, published_version: int, committed_ago: float, counted: int
) -> None:
    offers_make(leg=leg, version=2)
    FlightState.objects.filter(leg=leg).update(published_version=published_version, priced_at=Now() - timedelta(seconds=committed_ago))
    backlog_measure()
    assert figure("farewire_pricing_unpublished_flights") == counted


@pytest.mark.parametrize(
    ("departures", "cancelled", "days"),
    [([], [], 0), ([-2], [], 0), ([-2, 31, 1], [], 31), ([1], [31], 1)],
    ids=["none", "past", "last", "cancelled"],
)
def test_the_schedule_reaches_to_the_last_departure_that_is_not_cancelled(
    schedule: Schedule, departures: list[int], cancelled: list[int], days: int
) -> None:
    now = datetime.now(UTC)
    for ahead in departures:
        schedule.add(departs_at=now + timedelta(days=ahead))
    for ahead in cancelled:
        schedule.add(departs_at=now + timedelta(days=ahead), status=FlightStatus.CANCELLED)
    backlog_measure()
    assert figure("farewire_schedule_ahead_seconds") == pytest.approx(days * 86_400, abs=60)


def test_a_counter_that_differs_from_its_ledger_is_found(leg: DatedLeg) -> None:
    seats_hold(leg, 1)
    check = LedgerCheck()
    check.slice_check()
    assert figure("farewire_ledger_mismatched_cabins") == 0

    Cabin.objects.filter(leg=leg, code="economy").update(sold=1)
    check.slice_check()
    assert figure("farewire_ledger_mismatched_cabins") == 1

    Cabin.objects.filter(leg=leg, code="economy").update(sold=0)
    check.slice_check()
    assert figure("farewire_ledger_mismatched_cabins") == 0


def test_forgetting_leaves_what_is_young(leg: DatedLeg, clock: FixedClock) -> None:
    before = figure("farewire_pricing_pruned_rows_total")
    prices_forget(clock=clock, retention=timedelta(days=3))
    assert figure("farewire_pricing_pruned_rows_total") == before
