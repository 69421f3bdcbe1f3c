"""NOTIFY, as an event that the price loop waits for."""

from __future__ import annotations

import threading

import psycopg
import structlog

from farewire.outbox.models import CHANNEL
from farewire_pricing.metrics import ERRORS

_TURN_SECONDS = 1.0
_PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)


class Wakeup(threading.Thread):
    """Sets `event` whenever a commit appended to the outbox.

    A notification that is lost with its connection does no harm: the loop also looks by itself, and is woken at each
    reconnection.
    """

    def __init__(self, *, database_url: str, event: threading.Event, stop: threading.Event) -> None:
        super().__init__(name="wakeup", daemon=True)
        self._url = database_url
        self._event = event
        self._stop_event = stop

    def run(self) -> None:
        """Listen until told to stop, connecting again whenever the connection breaks."""
        while not self._stop_event.is_set():
            try:
                with psycopg.connect(
                    self._url, autocommit=True, application_name="farewire-pricing-wakeup", connect_timeout=5
                ) as connection:
                    connection.execute(f"LISTEN {CHANNEL}")
                    self._event.set()
                    while not self._stop_event.is_set():
                        for _ in connection.notifies(timeout=_TURN_SECONDS, stop_after=1):
                            self._event.set()
            except psycopg.Error as error:
                ERRORS.labels(duty="wakeup", reason="database").inc()
                log.warning("wakeup.lost", error=f"{type(error).__name__}: {error}".partition("\n")[0])
                self._stop_event.wait(_PAUSE_SECONDS)
