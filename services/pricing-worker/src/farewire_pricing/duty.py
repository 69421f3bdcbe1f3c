"""A duty: something that a worker does again and again, and that no failure ends."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from django.db import DatabaseError, InterfaceError, connection

from farewire.domain.errors import Unavailable
from farewire.outbox.relay import PublishError
from farewire_pricing.metrics import ERRORS

_FIRST_PAUSE_SECONDS = 0.1
_LONGEST_PAUSE_SECONDS = 5.0

REASONS = ("database", "redis", "busy", "fault")
"""Why a turn may fail."""

log = structlog.get_logger(__name__)


class Attempts:
    """Runs the turns of one duty: what fails is logged, counted and tried again after a growing pause.

    PostgreSQL or Redis going away ends no process: the connection is dropped and made anew by the next turn.
    """

    def __init__(self, duty: str, *, stop: threading.Event) -> None:
        self._duty = duty
        self._stop = stop
        self._failures = 0
        for reason in REASONS:  # at 0 from the start, so that the first failure is seen as an increase
            ERRORS.labels(duty=duty, reason=reason)

    def turn(self, action: Callable[[], object]) -> bool:
        """Run one turn; False where it failed, after the pause (which `stop` cuts short)."""
        try:
            action()
        except (DatabaseError, InterfaceError) as error:
            self._failed("database", error)
            connection.close()
        except PublishError as error:
            self._failed("redis", error)
        except Unavailable as error:
            self._failed("busy", error)
        except Exception as error:  # noqa: BLE001  # a fault of ours ends no worker either: it is counted, logged whole, alerted on
            self._failed("fault", error)
            connection.close()
        else:
            if self._failures:
                log.info("duty.recovered", duty=self._duty, failures=self._failures)
            self._failures = 0
            return True
        self._stop.wait(min(_LONGEST_PAUSE_SECONDS, _FIRST_PAUSE_SECONDS * 2 ** min(self._failures, 10)))
        return False

    def _failed(self, reason: str, error: Exception) -> None:
        self._failures += 1
        ERRORS.labels(duty=self._duty, reason=reason).inc()
        log.warning(
            "duty.failed",
            duty=self._duty,
            reason=reason,
            failures=self._failures,
            exc_info=error if reason == "fault" else None,
            error=f"{type(error).__name__}: {error}".partition("\n")[0],
        )


class Duty(threading.Thread):
    """Runs `action` every `seconds` in a thread of its own until `stop` is set."""

    def __init__(self, name: str, action: Callable[[], object], *, seconds: float, stop: threading.Event) -> None:
        super().__init__(name=name, daemon=True)
        self._action = action
        self._seconds = seconds
        self._stop_event = stop
        self._attempts = Attempts(name, stop=stop)

    def run(self) -> None:
        """Take turns until told to stop, then give the connection back."""
        try:
            while not self._stop_event.is_set():
                if self._attempts.turn(self._action):
                    self._stop_event.wait(self._seconds)
        finally:
            connection.close()
