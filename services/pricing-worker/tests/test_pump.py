from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence

import pytest

from farewire.contracts.feed import Flight
from farewire.outbox.relay import FlightUpdate
from farewire_pricing.pump import PublishPump, Timing

from .conftest import FakePublisher

Make = Callable[..., PublishPump]


def update(version: int, *, flight_id: str = "FW1-20261201-JFK", committed_at: float = 1.0) -> FlightUpdate:
    return FlightUpdate("market:JFK-LAX:2026-12-01", Flight(id=flight_id, version=version, status="open", cabins=[]), committed_at)


@pytest.fixture
def marked() -> list[int]:
    return []


@pytest.fixture
def pump(publisher: FakePublisher, marked: list[int], stop: threading.Event) -> Iterator[PublishPump]:
    def mark(updates: Sequence[FlightUpdate]) -> None:
        marked.extend(update.flight.version for update in updates)

    pump = PublishPump(publisher=publisher, mark_published=mark, stop=stop)
    yield pump
    publisher.unblock.set()
    if pump.ident is not None:
        assert pump.close(timeout_seconds=10)


def test_what_was_put_is_published_and_then_marked(pump: PublishPump, publisher: FakePublisher, marked: list[int]) -> None:
    pump.start()
    pump.put([update(2)], Timing(event_at=0.5, claimed_at=0.9))
    pump.close(timeout_seconds=10)
    assert publisher.versions == [("FW1-20261201-JFK", 2)]
    assert marked == [2]


def test_while_one_batch_is_published_the_next_gathers_its_newest_versions(pump: PublishPump, publisher: FakePublisher) -> None:
    publisher.blocked = True
    pump.start()
    pump.put([update(2)])
    assert publisher.entered.wait(10)
    pump.put([update(4, committed_at=3.0)])
    pump.put([update(3, committed_at=2.0)])
    publisher.unblock.set()
    pump.close(timeout_seconds=10)
    assert [[found.flight.version for found in batch] for batch in publisher.published] == [[2], [4]]
    assert publisher.published[1][0].committed_at == 2.0, "the age is that of the oldest change"


def test_what_cannot_be_published_is_not_marked_and_is_forgotten(
    pump: PublishPump, publisher: FakePublisher, marked: list[int], stop: threading.Event
) -> None:
    """PostgreSQL knows that it is behind; memory does not grow while Redis is away."""
    publisher.down = True
    stop.set()  # so that the pause after the failure is cut short
    pump.put([update(2)])
    pump.start()
    pump.close(timeout_seconds=10)
    assert (publisher.published, marked) == ([], [])
    assert pump.idle


def test_a_pump_that_hangs_does_not_keep_the_worker(publisher: FakePublisher, stop: threading.Event) -> None:
    publisher.blocked = True
    pump = PublishPump(publisher=publisher, mark_published=lambda updates: None, stop=stop)
    pump.start()
    pump.put([update(2)])
    assert publisher.entered.wait(10)
    assert not pump.idle
    assert pump.close(timeout_seconds=0.01) is False
    publisher.unblock.set()
    pump.join(10)
