from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest

from farewire.domain.clock import FixedClock
from farewire.platform.health import Heartbeat
from farewire.platform.settings import settings_load
from farewire.pricing.models import FlightState
from farewire_dev.servers.waiting import wait_until
from farewire_dev.testing.schedule import Schedule, seats_hold
from farewire_pricing import worker as worker_module
from farewire_pricing.configuration import WorkerSettings
from farewire_pricing.worker import Worker

from .conftest import FakePublisher


@pytest.fixture
def worker(database_url: str, publisher: FakePublisher, clock: FixedClock) -> Worker:
    settings = settings_load(WorkerSettings, {"FAREWIRE_DATABASE_URL": database_url, "FAREWIRE_REDIS_URL": "redis://127.0.0.1:9/0"})
    return Worker(settings=settings, publisher=publisher, clock=clock)


def test_a_worker_prices_publishes_beats_and_stops(schedule: Schedule, worker: Worker, publisher: FakePublisher) -> None:
    leg = schedule.add()
    thread = threading.Thread(target=worker.run)
    thread.start()
    wait_until(lambda: FlightState.objects.filter(pk=leg.pk, published_version=1).exists(), what="it is priced", seconds=20)
    seats_hold(leg, 2)
    wait_until(lambda: FlightState.objects.filter(pk=leg.pk, published_version=2).exists(), what="the hold is seen", seconds=20)
    wait_until(lambda: publisher.beats > 0, what="it vouches for the feed", seconds=20)
    worker.ask_to_stop()
    thread.join(20)
    assert not thread.is_alive()
    assert publisher.versions == [(leg.flight_id, 1), (leg.flight_id, 2)]


class Stuck(threading.Thread):
    """A duty that does not end; what it is waited for passes on the clock alone."""

    now = 0.0

    def start(self) -> None:
        """Nothing runs."""

    def join(self, timeout: float | None = None) -> None:
        assert timeout is not None
        Stuck.now += timeout


@pytest.mark.django_db(transaction=True)
def test_duties_that_do_not_end_are_waited_for_together(worker: Worker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker_module, "time", SimpleNamespace(monotonic=lambda: Stuck.now))
    worker._threads = [Stuck() for _ in range(11)]
    worker.ask_to_stop()
    worker.run()
    assert Stuck.now == worker_module._CLOSE_SECONDS


@pytest.mark.django_db
def test_a_worker_that_cannot_see_the_inventory_does_not_vouch_for_the_feed(worker: Worker, publisher: FakePublisher) -> None:
    worker.beat()
    assert publisher.beats == 1
    worker.loop.current = Heartbeat(limit_seconds=-1)  # as when PostgreSQL has been away
    worker.beat()
    assert publisher.beats == 1
