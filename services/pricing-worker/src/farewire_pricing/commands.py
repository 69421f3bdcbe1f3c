"""What the commands of `farewire-pricing` do, once Django is set up."""

from __future__ import annotations

import signal
import sys
import threading
import time
from datetime import timedelta
from functools import partial

from django.db import OperationalError

from farewire.domain.clock import SystemClock
from farewire.outbox.relay import FeedPublisher
from farewire.platform.health import Health, InternalServer
from farewire.platform.metrics import build_announce
from farewire.platform.settings import settings_load
from farewire.pricing.services import flights_price_new
from farewire_pricing.configuration import WorkerSettings
from farewire_pricing.readiness import database_check, redis_check
from farewire_pricing.worker import Worker

_TELL_SECONDS = 1.0


def work() -> int:
    """Work until SIGTERM or SIGINT; returns the exit status."""
    configuration = settings_load(WorkerSettings)
    build_announce(service="pricing-worker", release=configuration.release)
    with FeedPublisher(configuration) as publisher:
        worker = Worker(settings=configuration, publisher=publisher, clock=SystemClock())
        health = Health(
            live={"loop": worker.loop.turning.check},
            ready={"database": database_check, "redis": partial(redis_check, configuration)},
            started=worker.loop.caught_up,
            draining=worker.stop,
        )
        server = InternalServer(health, bind=configuration.internal_bind)
        for number in (signal.SIGTERM, signal.SIGINT):
            # In a thread, since the handler may interrupt the very lock that setting an event takes.
            signal.signal(number, lambda *_: threading.Thread(target=worker.ask_to_stop).start())
        server.start()
        worker.run()
        server.stop()
    return 0


def price() -> int:
    """Price all flights that never were and say how far it is; returns the exit status."""
    configuration = settings_load(WorkerSettings)
    progress = _Progress()
    try:
        flights_price_new(clock=SystemClock(), sales_close=timedelta(minutes=configuration.sales_close_minutes), progress=progress.tell)
    except OperationalError as error:
        sys.stderr.write(f"farewire-pricing: PostgreSQL did not answer; nothing is half done, run it again. {error}\n")
        return 1
    except KeyboardInterrupt:
        return 128 + signal.SIGINT
    progress.end()
    return 0


class _Progress:
    """Says how many flights are priced: on one line that moves where a person watches, else a line now and then."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._told = 0.0
        self._moving = sys.stdout.isatty()
        self._done = 0

    def tell(self, done: int, total: int) -> None:
        """Say that `done` of `total` flights are priced."""
        self._done = done
        now = time.monotonic()
        if done < total and now - self._told < _TELL_SECONDS and self._told:
            return
        self._told = now
        share = 100 * done // total if total else 100
        text = f"priced {done:,} of {total:,} flights ({share} %)"
        sys.stdout.write(f"\r{text}" if self._moving else f"{text}\n")
        sys.stdout.flush()

    def end(self) -> None:
        """Say that all are."""
        sys.stdout.write("\n" if self._moving else "")
        sys.stdout.write(f"priced {self._done:,} flights in {time.monotonic() - self._began:.1f} s\n")
        sys.stdout.flush()
