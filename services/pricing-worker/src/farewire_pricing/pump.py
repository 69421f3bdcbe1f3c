"""The pump: publishes what was committed while the next flights are being priced."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

from django.db import connection

from farewire.outbox.relay import FlightUpdate
from farewire_pricing.duty import Attempts
from farewire_pricing.metrics import CLAIM_TO_PUBLISH, EVENT_TO_PUBLISH
from farewire_pricing.publisher import Publisher

_MOST_FLIGHTS = 500

Clockwork = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Timing:
    """When a claim's oldest event was written and when it was claimed, in seconds since 1970."""

    event_at: float
    claimed_at: float


class PublishPump(threading.Thread):
    """Holds the newest version of each flight that waits to be published, and publishes them in batches.

    What it cannot publish it forgets: those flights stay behind in PostgreSQL, whence any worker takes them up. So memory
    is bounded by what was priced within one publication.
    """

    def __init__(
        self,
        *,
        publisher: Publisher,
        mark_published: Callable[[Sequence[FlightUpdate]], None],
        stop: threading.Event,
        now: Clockwork = time.time,
    ) -> None:
        super().__init__(name="publish", daemon=True)
        self._publisher = publisher
        self._mark_published = mark_published
        self._stop_event = stop
        self._now = now
        self._attempts = Attempts("publish", stop=stop)
        self._changed = threading.Condition()
        self._waiting: dict[str, FlightUpdate] = {}
        self._timings: list[Timing] = []
        self._working = False
        self._closing = False

    def put(self, updates: Sequence[FlightUpdate], timing: Timing | None = None) -> None:
        """Have these published soon; of two versions of a flight the higher counts, with the earlier one's age."""
        if not updates:
            return
        with self._changed:
            for update in updates:
                known = self._waiting.get(update.flight.id)
                if known is None:
                    self._waiting[update.flight.id] = update
                else:
                    newer = update if update.flight.version > known.flight.version else known
                    self._waiting[update.flight.id] = replace(newer, committed_at=min(known.committed_at, update.committed_at))
            if timing is not None:
                self._timings.append(timing)
            self._changed.notify_all()

    @property
    def idle(self) -> bool:
        """Whether nothing waits and nothing is being published."""
        with self._changed:
            return not self._waiting and not self._working

    def wait_idle(self, *, timeout_seconds: float) -> bool:
        """Wait until nothing waits and nothing is being published; False where that took too long."""
        with self._changed:
            return self._changed.wait_for(lambda: not self._waiting and not self._working, timeout_seconds)

    def close(self, *, timeout_seconds: float) -> bool:
        """Publish what waits and end the thread; False where that took too long, and the rest stays behind."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        self.join(timeout_seconds)
        return not self.is_alive()

    def run(self) -> None:
        """Publish until closed."""
        try:
            while True:
                with self._changed:
                    self._changed.wait_for(lambda: self._waiting or self._closing)
                    if not self._waiting:
                        return
                    batch = [self._waiting.pop(flight_id) for flight_id in list(self._waiting)[:_MOST_FLIGHTS]]
                    timings, self._timings = self._timings, []
                    self._working = True
                try:
                    self._attempts.turn(partial(self._publish, batch, timings))
                finally:
                    with self._changed:
                        self._working = False
                        self._changed.notify_all()
        finally:
            connection.close()

    def _publish(self, batch: Sequence[FlightUpdate], timings: Sequence[Timing]) -> None:
        self._publisher.publish(batch)
        done = self._now()
        for timing in timings:
            CLAIM_TO_PUBLISH.observe(max(0.0, done - timing.claimed_at))
            EVENT_TO_PUBLISH.observe(max(0.0, done - timing.event_at))
        # A crash here publishes the same versions once more, which changes nothing.
        self._mark_published(batch)
