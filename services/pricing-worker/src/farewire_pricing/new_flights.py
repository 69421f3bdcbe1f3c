"""Flights that a schedule added: their first prices, beside the price loop so that no hold waits for them."""

from __future__ import annotations

import threading
from datetime import timedelta

from farewire.domain.clock import Clock
from farewire.pricing.initial import Position
from farewire.pricing.services import flights_price_chunk
from farewire_pricing.metrics import REPRICED
from farewire_pricing.pump import PublishPump

# Few at a time, and the next only when these are published: a hold's price waits for the interpreter and the pump.
_FLIGHTS = 100
_PUBLISHED_SECONDS = 5.0
_LOOK_SECONDS = 600.0
_ELSEWHERE_SECONDS = 5.0


class NewFlights:
    """Prices what was never priced, soonest departure first, whenever it is asked to look and now and then unasked."""

    def __init__(self, *, pump: PublishPump, clock: Clock, sales_close: timedelta, stop: threading.Event) -> None:
        self._pump = pump
        self._clock = clock
        self._sales_close = sales_close
        self._stop = stop
        self._asked = threading.Event()
        self._asked.set()

    def look(self) -> None:
        """Have the schedule looked through soon."""
        self._asked.set()

    def turn(self) -> None:
        """Wait to be asked, then price all new flights; what fails is looked for again."""
        self._asked.wait(_LOOK_SECONDS)
        self._asked.clear()
        try:
            finished = self.price()
        except Exception:
            self._asked.set()
            raise
        if not finished:
            self._stop.wait(_ELSEWHERE_SECONDS)
            self._asked.set()

    def price(self) -> bool:
        """Price all new flights; False where another process is at it."""
        position: Position | None = (self._clock.now(), 0)
        while position is not None and not self._stop.is_set():
            chunk = flights_price_chunk(clock=self._clock, sales_close=self._sales_close, after=position, limit=_FLIGHTS, published=False)
            if chunk.elsewhere:
                return False
            REPRICED.labels(cause="new").inc(chunk.priced)
            self._pump.put(chunk.updates)
            self._pump.wait_idle(timeout_seconds=_PUBLISHED_SECONDS)
            position = chunk.position
        return True
