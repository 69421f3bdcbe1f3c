from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from datetime import timedelta

import pytest

from farewire.domain.clock import FixedClock
from farewire.outbox.relay import FlightUpdate, LoadTopic, PublishError
from farewire_dev.testing.schedule import NOW, Schedule

SALES_CLOSE = timedelta(minutes=45)


class FakePublisher:
    """Remembers what it was given; while `down` it refuses, and while `blocked` it hangs."""

    def __init__(self) -> None:
        self.published: list[list[FlightUpdate]] = []
        self.down = False
        self.blocked = False
        self.beats = 0
        self.entered = threading.Event()
        self.unblock = threading.Event()
        self.reconciled: list[str] = []

    @property
    def versions(self) -> list[tuple[str, int]]:
        return [(update.flight.id, update.flight.version) for batch in self.published for update in batch]

    def publish(self, updates: Sequence[FlightUpdate]) -> None:
        self.entered.set()
        if self.blocked:
            self.unblock.wait(30)
        if self.down:
            raise PublishError("Redis is away.")
        self.published.append(list(updates))

    def beat(self) -> None:
        if self.down:
            raise PublishError("Redis is away.")
        self.beats += 1

    def serve_wanted(self, load_topic: LoadTopic, stop: threading.Event) -> None:
        stop.wait(30)

    def reconcile(self, load_topic: LoadTopic) -> int:
        return 0


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def publisher() -> FakePublisher:
    return FakePublisher()


@pytest.fixture
def stop() -> Iterator[threading.Event]:
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def schedule(transactional_db: None) -> Schedule:
    return Schedule()
