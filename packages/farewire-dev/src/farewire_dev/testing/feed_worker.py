"""A stand-in for the pricing worker: its truth is a dictionary rather than PostgreSQL, its publishing is the real one."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from contextlib import suppress

from farewire.contracts.feed import Cabin, Flight, Offer
from farewire.outbox.relay import FeedPublisher, FlightUpdate, PublishError
from farewire.platform.settings import RedisSettings

_BEAT_SECONDS = 0.25


def flight_make(flight_id: str, version: int, *, seats_left: int = 9, amount: int | None = None) -> Flight:
    """A flight with one cabin and one offer, whose amount tells the version unless given."""
    offer = Offer(
        offer_id=f"{flight_id}.economy.{version}.basic",
        brand="basic",
        fare_class="Q",
        amount=10_000 + version if amount is None else amount,
        currency="USD",
    )
    return Flight(id=flight_id, version=version, status="open", cabins=[Cabin(cabin="economy", seats_left=seats_left, offers=[offer])])


class FeedWorker:
    """Commits, publishes, serves what gateways want, and beats, as a worker does. `stop` is a worker's clean end."""

    def __init__(self, settings: RedisSettings) -> None:
        self.truth: dict[str, dict[str, Flight]] = defaultdict(dict)
        self.loads: list[str] = []
        self._publisher = FeedPublisher(settings)
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._publisher.serve_wanted, args=(self.load, self._stop), name="worker-wanted"),
            threading.Thread(target=self._beat, name="worker-beat"),
        ]

    def start(self) -> None:
        """Begin to serve and to beat; the first beat is done when this returns."""
        self._publisher.beat()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """End; what was committed stays in `truth`."""
        self._stop.set()
        for thread in self._threads:
            if thread.ident is not None:
                thread.join()
        self._publisher.close()

    def commit(self, topic: str, *flight_ids: str) -> list[FlightUpdate]:
        """Give each flight its next version, without publishing: what a worker leaves that dies after the commit."""
        updates = []
        for flight_id in flight_ids:
            known = self.truth[topic].get(flight_id)
            flight = self.truth[topic][flight_id] = flight_make(flight_id, known.version + 1 if known else 1)
            updates.append(FlightUpdate(topic=topic, flight=flight, committed_at=time.time()))
        return updates

    def publish(self, updates: Sequence[FlightUpdate]) -> None:
        """Publish; raises `PublishError`."""
        self._publisher.publish(updates)

    def change(self, topic: str, *flight_ids: str) -> None:
        """Commit and publish."""
        self.publish(self.commit(topic, *flight_ids))

    def reconcile(self) -> int:
        """Reconcile as a worker does every 15 s; answers how many flights were behind."""
        return self._publisher.reconcile(self.load)

    def load(self, topic: str) -> list[FlightUpdate]:
        """All flights of the topic, as from PostgreSQL."""
        self.loads.append(topic)
        return [FlightUpdate(topic=topic, flight=flight, committed_at=time.time()) for flight in list(self.truth[topic].values())]

    def _beat(self) -> None:
        while not self._stop.is_set():
            with suppress(PublishError):
                self._publisher.beat()
            self._stop.wait(_BEAT_SECONDS)
