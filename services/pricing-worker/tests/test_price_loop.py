from __future__ import annotations

import threading
from datetime import timedelta

import pytest

from farewire.catalog.models import Airport, DatedLeg
from farewire.domain.clock import FixedClock
from farewire.outbox.models import OutboxEvent
from farewire.pricing.models import FlightState
from farewire.pricing.services import flights_mark_published, flights_price_new
from farewire_dev.testing.schedule import NOW, Schedule, seats_hold
from farewire_pricing.price_loop import Pace, PriceLoop
from farewire_pricing.pump import PublishPump
from farewire_pricing.upkeep import behind_republish

from .conftest import SALES_CLOSE, FakePublisher


class Bench:
    """A worker's price loop whose turns the test takes, and its pump."""

    def __init__(self, publisher: FakePublisher, clock: FixedClock, stop: threading.Event) -> None:
        self.publisher = publisher
        self.clock = clock
        self.stop = stop
        self.marked: list[int] = []
        self.pump = self.new_pump()
        self.wake = threading.Event()
        self.looks = threading.Event()
        self.loop = self.new_loop(self.pump)

    def new_pump(self) -> PublishPump:
        return PublishPump(publisher=self.publisher, mark_published=lambda updates: flights_mark_published(updates=updates), stop=self.stop)

    def new_loop(self, pump: PublishPump) -> PriceLoop:
        return PriceLoop(
            pump=pump,
            clock=self.clock,
            sales_close=SALES_CLOSE,
            pace=Pace(claim_events=8, poll_seconds=0.05),
            wake=self.wake,
            stop=self.stop,
            schedule_changed=self.looks.set,
        )

    def price_all(self) -> None:
        flights_price_new(clock=self.clock, sales_close=SALES_CLOSE, progress=lambda *_: None)

    def publish(self, pump: PublishPump) -> None:
        pump.start()
        assert pump.close(timeout_seconds=10)


@pytest.fixture
def bench(schedule: Schedule, publisher: FakePublisher, clock: FixedClock, stop: threading.Event) -> Bench:
    return Bench(publisher, clock, stop)


def version(leg: DatedLeg) -> int:
    return FlightState.objects.get(pk=leg.pk).version


def test_a_hold_is_priced_published_and_recorded_as_published(bench: Bench, schedule: Schedule) -> None:
    leg = schedule.add()
    bench.price_all()
    seats_hold(leg, 2)
    bench.loop.turn()
    bench.publish(bench.pump)
    assert bench.publisher.versions == [(leg.flight_id, 2)]
    state = FlightState.objects.get(pk=leg.pk)
    assert (state.version, state.published_version) == (2, 2)


def test_a_changed_schedule_is_looked_through(bench: Bench) -> None:
    bench.loop.turn()
    assert not bench.looks.is_set()
    OutboxEvent.objects.create(kind="schedule.changed", subject=0)
    bench.loop.turn()
    assert bench.looks.is_set()


def test_time_reprices(bench: Bench, schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add(departs_at=NOW + timedelta(days=21, hours=1))
    bench.price_all()
    clock.advance(timedelta(hours=2))
    bench.loop.turn()
    assert version(leg) == 2


def test_an_event_that_cannot_be_priced_does_not_hold_up_the_others(bench: Bench, schedule: Schedule) -> None:
    broken = schedule.add(origin="BOS", destination="JFK")
    sound = [schedule.add() for _ in range(3)]
    bench.price_all()
    Airport.objects.filter(pk="BOS").update(zone="Nowhere/Atall")
    for leg in [sound[0], broken, *sound[1:]]:
        seats_hold(leg, 2)
    for _ in range(12):
        bench.loop.turn()
    assert [version(leg) for leg in sound] == [2, 2, 2]
    (left,) = OutboxEvent.objects.all()
    assert left.subject == broken.pk


def test_a_worker_killed_between_commit_and_publication_is_made_up_for_by_another(
    bench: Bench, schedule: Schedule, clock: FixedClock
) -> None:
    leg = schedule.add()
    bench.price_all()
    seats_hold(leg, 2)
    bench.loop.turn()  # committed; its pump never runs, as if the process had been killed
    assert (version(leg), bench.publisher.versions) == (2, [])

    other = bench.new_pump()
    behind_republish(clock=clock, pump=other)
    clock.advance(timedelta(seconds=3))
    behind_republish(clock=clock, pump=other)
    bench.publish(other)
    assert bench.publisher.versions == [(leg.flight_id, 2)]
    assert FlightState.objects.get(pk=leg.pk).published_version == 2


def test_what_redis_refused_is_published_when_it_is_back(bench: Bench, schedule: Schedule, clock: FixedClock) -> None:
    leg = schedule.add()
    bench.price_all()
    seats_hold(leg, 2)
    bench.loop.turn()
    bench.publisher.down = True
    bench.stop.set()
    bench.publish(bench.pump)
    assert FlightState.objects.get(pk=leg.pk).published_version == 1

    bench.publisher.down = False
    clock.advance(timedelta(seconds=3))
    again = bench.new_pump()
    behind_republish(clock=clock, pump=again)
    bench.publish(again)
    assert bench.publisher.versions == [(leg.flight_id, 2)]


def test_two_workers_side_by_side_publish_every_version_and_none_is_lost(bench: Bench, schedule: Schedule, stop: threading.Event) -> None:
    legs = [schedule.add() for _ in range(3)]
    bench.price_all()
    pumps = [bench.pump, bench.new_pump()]
    loops = [bench.loop, bench.new_loop(pumps[1])]
    threads = [threading.Thread(target=loop.run) for loop in loops]
    for thread in [*pumps, *threads]:
        thread.start()
    for _ in range(12):
        for leg in legs:
            seats_hold(leg, 1)
        bench.wake.set()
    left = threading.Event()
    while OutboxEvent.objects.exists():
        left.wait(0.01)
    stop.set()
    bench.wake.set()
    for thread in threads:
        thread.join(10)
    assert all(pump.close(timeout_seconds=10) for pump in pumps)

    for leg in legs:
        state = FlightState.objects.get(pk=leg.pk)
        published = [found for flight_id, found in bench.publisher.versions if flight_id == leg.flight_id]
        assert len(published) == len(set(published)), "no version is published by both"
        assert max(published) == state.version == state.published_version
        assert state.priced_seqs[str(leg.cabins.get(code="economy").pk)] == 13


def test_a_loop_that_is_told_to_stop_commits_what_it_claimed(bench: Bench, schedule: Schedule, stop: threading.Event) -> None:
    leg = schedule.add()
    bench.price_all()
    for _ in range(20):
        seats_hold(leg, 1)
    thread = threading.Thread(target=bench.loop.run)
    thread.start()
    assert bench.loop.caught_up.wait(10)
    stop.set()
    bench.wake.set()
    thread.join(10)
    assert not thread.is_alive()
    assert OutboxEvent.objects.count() in {0, 4, 12}, "claims of eight are whole or not at all"
