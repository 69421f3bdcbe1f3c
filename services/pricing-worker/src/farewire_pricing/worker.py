"""A worker: the price loop and its duties, from start to an orderly end."""

from __future__ import annotations

import threading
import time
from datetime import timedelta
from functools import partial

import structlog
from django.db import connection

from farewire.domain.clock import Clock
from farewire.pricing.selectors import topic_flights
from farewire.pricing.services import flights_mark_published
from farewire_pricing.configuration import WorkerSettings
from farewire_pricing.duty import Duty
from farewire_pricing.new_flights import NewFlights
from farewire_pricing.price_loop import Pace, PriceLoop
from farewire_pricing.publisher import Publisher
from farewire_pricing.pump import PublishPump
from farewire_pricing.upkeep import LedgerCheck, backlog_measure, behind_republish, holds_sweep, keys_forget, prices_forget
from farewire_pricing.wakeup import Wakeup

_CLOSE_SECONDS = 10.0

log = structlog.get_logger(__name__)


class Worker:
    """One of any number of workers; none is special."""

    def __init__(self, *, settings: WorkerSettings, publisher: Publisher, clock: Clock) -> None:
        self.stop = threading.Event()
        self._wake = threading.Event()
        self._publisher = publisher
        self.pump = PublishPump(publisher=publisher, mark_published=lambda updates: flights_mark_published(updates=updates), stop=self.stop)
        sales_close = timedelta(minutes=settings.sales_close_minutes)
        self._new = NewFlights(pump=self.pump, clock=clock, sales_close=sales_close, stop=self.stop)
        self.loop = PriceLoop(
            pump=self.pump,
            clock=clock,
            sales_close=sales_close,
            pace=Pace(claim_events=settings.pricing_claim_events, poll_seconds=settings.pricing_poll_seconds),
            wake=self._wake,
            stop=self.stop,
            schedule_changed=self._new.look,
        )
        retention = timedelta(hours=settings.pricing_retention_hours)
        # Each has a thread of its own, so that none waits for another's network.
        self._threads: list[threading.Thread] = [
            Wakeup(database_url=settings.database_url.get_secret_value(), event=self._wake, stop=self.stop),
            Duty("beat", self.beat, seconds=1.0, stop=self.stop),
            Duty("wanted", partial(publisher.serve_wanted, topic_flights, self.stop), seconds=0.0, stop=self.stop),
            Duty("reconcile", partial(publisher.reconcile, topic_flights), seconds=2.0, stop=self.stop),
            Duty("new", self._new.turn, seconds=0.0, stop=self.stop),
            Duty("sweep", partial(holds_sweep, clock=clock), seconds=1.0, stop=self.stop),
            Duty("republish", partial(behind_republish, clock=clock, pump=self.pump), seconds=1.0, stop=self.stop),
            Duty("measure", backlog_measure, seconds=2.0, stop=self.stop),
            Duty("audit", LedgerCheck().slice_check, seconds=5.0, stop=self.stop),
            Duty("forget", partial(prices_forget, clock=clock, retention=retention), seconds=600.0, stop=self.stop),
            Duty("keys", partial(keys_forget, clock=clock), seconds=20.0, stop=self.stop),
        ]

    def run(self) -> None:
        """Work until `stop` is set; then commit or give back what was claimed, publish what was committed, and return."""
        self.pump.start()
        for thread in self._threads:
            thread.start()
        log.info("worker.started")
        self.loop.run()
        published = self.pump.close(timeout_seconds=_CLOSE_SECONDS)
        deadline = time.monotonic() + _CLOSE_SECONDS  # for all of them: they were told at the same time
        for thread in self._threads:
            thread.join(max(0.0, deadline - time.monotonic()))
        connection.close()
        log.info("worker.stopped", published=published)

    def ask_to_stop(self) -> None:
        """Have the worker come to its end; safe in a signal handler."""
        self.stop.set()
        self._wake.set()
        self._new.look()

    def beat(self) -> None:
        """Tell gateways that a worker lives; one that cannot see the inventory must not vouch for the feed."""
        if self.loop.current.check() is None:
            self._publisher.beat()
