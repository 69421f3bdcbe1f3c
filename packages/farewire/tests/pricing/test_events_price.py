from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from functools import partial

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from farewire.catalog.models import Airport
from farewire.domain.clock import FixedClock
from farewire.inventory.models import Cabin
from farewire.outbox.models import OutboxEvent
from farewire.outbox.relay import FlightUpdate
from farewire.pricing.models import FlightState, OfferVersion
from farewire.pricing.repricing import EventsNotPriced
from farewire.pricing.services import events_price, flights_price_chunk, flights_price_new, flights_reprice

from .conftest import NOW, SALES_CLOSE, Schedule, seats_hold


def price_all(clock: FixedClock) -> None:
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)


@pytest.fixture
def database(transactional_db: None, schedule: Schedule) -> Iterator[Schedule]:
    return schedule


def test_an_event_is_priced_and_deleted_in_one_go(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    price_all(clock)
    seats_hold(leg, 2)
    claimed = events_price(clock=clock, sales_close=SALES_CLOSE, limit=10)
    assert (claimed.events, claimed.repriced, claimed.schedule_changed) == (1, 1, False)
    assert [update.flight.version for update in claimed.updates] == [2]
    assert claimed.oldest is not None
    assert not OutboxEvent.objects.exists()


def test_several_events_of_one_flight_make_one_version(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    price_all(clock)
    for _ in range(5):
        seats_hold(leg, 1)
    claimed = events_price(clock=clock, sales_close=SALES_CLOSE, limit=10)
    assert (claimed.events, claimed.repriced) == (5, 1)
    assert [update.flight.version for update in claimed.updates] == [2]


def test_a_claim_takes_no_more_than_its_limit(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    price_all(clock)
    for _ in range(5):
        seats_hold(leg, 1)
    assert events_price(clock=clock, sales_close=SALES_CLOSE, limit=2).events == 2
    assert OutboxEvent.objects.count() == 3


@pytest.mark.parametrize("count", [1, 20])
def test_a_claim_costs_at_most_seven_queries(schedule: Schedule, clock: FixedClock, count: int) -> None:
    legs = [schedule.add() for _ in range(count)]
    price_all(clock)
    for leg in legs:
        seats_hold(leg, 30)
    with CaptureQueriesContext(connection) as queries:
        assert len(events_price(clock=clock, sales_close=SALES_CLOSE, limit=100).updates) == count
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) <= 7


def test_a_changed_schedule_is_told(schedule: Schedule, clock: FixedClock) -> None:
    OutboxEvent.objects.create(kind="schedule.changed", subject=0)
    claimed = events_price(clock=clock, sales_close=SALES_CLOSE, limit=10)
    assert (claimed.schedule_changed, claimed.repriced, claimed.updates) == (True, 0, [])


def test_an_empty_outbox_costs_one_query(schedule: Schedule, clock: FixedClock) -> None:
    with CaptureQueriesContext(connection) as queries:
        claimed = events_price(clock=clock, sales_close=SALES_CLOSE, limit=10)
    assert (claimed.events, claimed.oldest) == (0, None)
    assert len([query for query in queries if "SAVEPOINT" not in query["sql"]]) == 1


def test_what_cannot_be_priced_is_given_back_and_named(schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    price_all(clock)
    seats_hold(leg, 1)
    Airport.objects.filter(pk="JFK").update(zone="Nowhere/Atall")
    with pytest.raises(EventsNotPriced) as raised:
        events_price(clock=clock, sales_close=SALES_CLOSE, limit=10)
    (event,) = OutboxEvent.objects.all()
    assert list(raised.value.event_ids) == [event.pk]
    assert events_price(clock=clock, sales_close=SALES_CLOSE, limit=10, set_aside=[event.pk]).events == 0


class Workers:
    """Runs the same claim from several threads at once, each with a connection of its own."""

    def __init__(self, clock: FixedClock) -> None:
        self.clock = clock
        self.updates: list[list[FlightUpdate]] = []
        self.errors: list[Exception] = []

    def drain(self) -> None:
        try:
            while True:
                claimed = events_price(clock=self.clock, sales_close=SALES_CLOSE, limit=3)
                if not claimed.events:
                    break
                self.updates.append(claimed.updates)
        except Exception as error:  # noqa: BLE001  # shown by the test's own thread
            self.errors.append(error)
        finally:
            connection.close()

    def run(self, count: int) -> None:
        threads = [threading.Thread(target=self.drain) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)
        if self.errors:
            raise self.errors[0]


def test_workers_side_by_side_handle_each_event_once_and_versions_only_rise(database: Schedule, clock: FixedClock) -> None:
    legs = [database.add() for _ in range(4)]
    price_all(clock)
    for _ in range(15):
        for leg in legs:
            seats_hold(leg, 1)
    workers = Workers(clock)
    workers.run(4)
    assert not OutboxEvent.objects.exists()
    for leg in legs:
        state = FlightState.objects.get(pk=leg.pk)
        versions = [update.flight.version for batch in workers.updates for update in batch if update.flight.id == leg.flight_id]
        assert len(versions) == len(set(versions)), "no version is made twice"
        assert state.version == max(versions)
        cabin = Cabin.objects.get(leg=leg, code="economy")
        assert state.priced_seqs[str(cabin.pk)] == cabin.seq == 16
        assert OfferVersion.objects.filter(cabin=cabin, superseded_at=None).count() == 1


def test_a_worker_that_dies_before_its_commit_gives_its_events_back(database: Schedule, clock: FixedClock) -> None:
    leg = database.add()
    price_all(clock)
    seats_hold(leg, 40)

    with transaction.atomic():
        assert events_price(clock=clock, sales_close=SALES_CLOSE, limit=10).events == 1
        transaction.set_rollback(True)  # what PostgreSQL does when a worker's connection dies

    assert FlightState.objects.get(pk=leg.pk).version == 1
    assert events_price(clock=clock, sales_close=SALES_CLOSE, limit=10).events == 1
    assert FlightState.objects.get(pk=leg.pk).version == 2


def somebody_waits() -> None:
    """Return once a transaction waits for a lock."""
    with connection.cursor() as cursor:
        for _ in range(100_000):
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
            if cursor.fetchone() != (0,):
                return
    raise AssertionError("nobody waits")


def waiting(price: Callable[[], Sequence[FlightUpdate]]) -> Callable[[], list[FlightUpdate]]:
    """Begin to price on another connection, up to a lock that is held here; the answer tells, once that is let go, what came of it."""
    updates: list[FlightUpdate] = []

    def run() -> None:
        try:
            updates.extend(price())
        finally:
            connection.close()

    def ended() -> list[FlightUpdate]:
        thread.join(10)
        return updates

    thread = threading.Thread(target=run)
    thread.start()
    somebody_waits()
    return ended


def test_seats_taken_while_a_flight_gets_its_first_price_are_shown(database: Schedule, clock: FixedClock) -> None:
    """The event finds no price to make anew, and the first price does not know of the seats: one waits for the other."""
    leg = database.add(cabins={"economy": 9})

    def hold_and_price() -> list[FlightUpdate]:
        seats_hold(leg, 4)
        return events_price(clock=clock, sales_close=SALES_CLOSE, limit=10).updates

    with transaction.atomic():
        chunk = flights_price_chunk(clock=clock, sales_close=SALES_CLOSE, after=(NOW, 0), limit=10, published=False)
        assert [update.flight.cabins[0].seats_left for update in chunk.updates] == [9]
        later = waiting(hold_and_price)
    assert [(update.flight.version, update.flight.cabins[0].seats_left) for update in later()] == [(2, 5)]


def test_first_prices_begin_once_an_event_left_to_them_is_committed(database: Schedule, clock: FixedClock) -> None:
    leg = database.add(cabins={"economy": 9})
    chunk = partial(flights_price_chunk, clock=clock, sales_close=SALES_CLOSE, after=(NOW, 0), limit=10, published=False)
    with transaction.atomic():
        seats_hold(leg, 4)
        assert events_price(clock=clock, sales_close=SALES_CLOSE, limit=10).updates == []
        later = waiting(lambda: chunk().updates)
    assert [(update.flight.version, update.flight.cabins[0].seats_left) for update in later()] == [(1, 5)]


def test_a_later_pricing_never_shows_older_seats(database: Schedule, clock: FixedClock) -> None:
    """A worker that waited for the flight's lock reads the seats after it got it."""
    leg = database.add(cabins={"economy": 9})
    price_all(clock)
    with transaction.atomic():
        FlightState.objects.select_for_update(no_key=True).get(pk=leg.pk)
        later = waiting(partial(flights_reprice, leg_ids=[leg.pk], clock=clock, sales_close=SALES_CLOSE))
        seats_hold(leg, 4)
    assert [update.flight.cabins[0].seats_left for update in later()] == [5]
