"""The price loop: claim, price, commit, hand over to the pump."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import structlog
from django.db import connection

from farewire.domain.clock import Clock
from farewire.platform.health import Heartbeat
from farewire.pricing.repricing import EventsNotPriced
from farewire.pricing.services import events_price, flights_due_price
from farewire_pricing.duty import Attempts
from farewire_pricing.metrics import EVENTS, EVENTS_SET_ASIDE, REPRICED
from farewire_pricing.pump import PublishPump, Timing

_DUE_FLIGHTS = 100  # few at a time, since a hold's price waits for them
_DUE_SECONDS = 1.0
_SET_ASIDE_SECONDS = 60.0

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How much the loop takes at once, and how long it waits for a notification."""

    claim_events: int
    poll_seconds: float


class PriceLoop:
    """Prices what changed and, as long as nothing more did, what is due; `schedule_changed` is called where legs may be new.

    `turning` beats whenever the loop turns and `current` whenever it knows that it has seen the newest inventory.
    """

    def __init__(
        self,
        *,
        pump: PublishPump,
        clock: Clock,
        sales_close: timedelta,
        pace: Pace,
        wake: threading.Event,
        stop: threading.Event,
        schedule_changed: Callable[[], None],
    ) -> None:
        self.turning = Heartbeat(limit_seconds=30.0)
        self.current = Heartbeat(limit_seconds=5.0)
        self.caught_up = threading.Event()
        self._pump = pump
        self._clock = clock
        self._sales_close = sales_close
        self._pace = pace
        self._limit = pace.claim_events
        self._wake = wake
        self._stop = stop
        self._schedule_changed = schedule_changed
        self._attempts = Attempts("price", stop=stop)
        self._set_aside: dict[int, float] = {}
        self._due_at = 0.0
        self._more = False

    def run(self) -> None:
        """Turn until told to stop. What a turn claimed is committed, or given back by its transaction's end."""
        try:
            while not self._stop.is_set():
                self._wake.clear()  # before the claim: a commit during it wakes the loop once more
                self.turning.beat()
                if self._attempts.turn(self.turn) and not self._more:
                    self._wake.wait(self._pace.poll_seconds)
        finally:
            connection.close()

    def turn(self) -> None:
        """Price once; sets whether there is more to do at once."""
        self._more = self._price_events()
        self.current.beat()
        self.caught_up.set()
        now = time.monotonic()
        if not self._more and now >= self._due_at:
            count, updates = flights_due_price(clock=self._clock, sales_close=self._sales_close, limit=_DUE_FLIGHTS)
            REPRICED.labels(cause="time").inc(count)
            self._pump.put(updates)
            if count == _DUE_FLIGHTS:
                self._more = True
            else:
                self._due_at = now + _DUE_SECONDS

    def _price_events(self) -> bool:
        claimed_at = time.time()
        try:
            claimed = events_price(clock=self._clock, sales_close=self._sales_close, limit=self._limit, set_aside=self._still_set_aside())
        except EventsNotPriced as failure:
            self._narrow(failure)
            return True
        full = claimed.events >= self._limit
        self._limit = min(self._pace.claim_events, self._limit * 2)
        EVENTS.inc(claimed.events)
        REPRICED.labels(cause="change").inc(claimed.repriced)
        if claimed.schedule_changed:
            self._schedule_changed()
        if claimed.oldest is not None:
            self._pump.put(claimed.updates, Timing(event_at=claimed.oldest.timestamp(), claimed_at=claimed_at))
        return full

    def _narrow(self, failure: EventsNotPriced) -> None:
        """Find the event that cannot be priced by claiming fewer, and let the others pass it."""
        if len(failure.event_ids) > 1:
            self._limit = max(1, len(failure.event_ids) // 2)
            return
        for event_id in failure.event_ids:
            self._set_aside[event_id] = time.monotonic() + _SET_ASIDE_SECONDS
        EVENTS_SET_ASIDE.inc()
        log.error("event.set_aside", events=list(failure.event_ids), exc_info=failure.__cause__)

    def _still_set_aside(self) -> list[int]:
        now = time.monotonic()
        self._set_aside = {event_id: until for event_id, until in self._set_aside.items() if until > now}
        return list(self._set_aside)
