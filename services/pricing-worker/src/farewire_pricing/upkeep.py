"""What a worker does beside pricing: sweep holds, take up what is behind, measure, audit the ledger and forget."""

from __future__ import annotations

from datetime import timedelta

import structlog
from django.db import connection

from farewire.bookings.services import holds_expire, idempotency_prune
from farewire.domain.clock import Clock
from farewire.inventory.selectors import ledger_audit
from farewire.pricing.selectors import flights_behind
from farewire.pricing.services import prices_prune
from farewire_pricing.metrics import (
    HOLDS_EXPIRED,
    LEDGER_CHECKED,
    LEDGER_MISMATCHES,
    LEDGER_PASSES,
    OUTBOX_AGE,
    OUTBOX_EVENTS,
    PRUNED,
    REPUBLISHED,
    SCHEDULE_AHEAD,
    UNPUBLISHED,
)
from farewire_pricing.pump import PublishPump

BEHIND_AFTER = timedelta(seconds=2)
"""How old a commit must be before another worker takes its publication for lost."""

UNPUBLISHED_AFTER = timedelta(seconds=10)
"""How old a commit must be before its flight counts as unpublished; younger ones are on their way."""

_BEHIND_FLIGHTS = 500
_AUDIT_CABINS = 5000
_PRUNED_ROWS = 20_000
_BACKLOG = """
SELECT (SELECT count(*) FROM outbox_outboxevent),
       (SELECT coalesce(extract(epoch FROM clock_timestamp() - min(created_at)), 0)::float8 FROM outbox_outboxevent),
       (SELECT count(*) FROM pricing_flightstate
         WHERE published_version < version AND priced_at < clock_timestamp() - make_interval(secs => %s)),
       (SELECT greatest(0, coalesce(extract(epoch FROM max(departs_at) - clock_timestamp()), 0))::float8
          FROM catalog_datedleg WHERE status <> 'cancelled')
"""

log = structlog.get_logger(__name__)


def holds_sweep(*, clock: Clock) -> None:
    """End the holds whose time has passed; their seats come back through the outbox like any other change."""
    HOLDS_EXPIRED.inc(holds_expire(clock=clock))


def behind_republish(*, clock: Clock, pump: PublishPump) -> None:
    """Publish what some worker committed and did not publish, be it killed, or Redis away."""
    if pump.idle:
        updates = flights_behind(committed_before=clock.now() - BEHIND_AFTER, limit=_BEHIND_FLIGHTS)
        REPUBLISHED.inc(len(updates))
        pump.put(updates)


def backlog_measure() -> None:
    """Measure how much waits, for how long, and how far the schedule reaches; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BACKLOG, [UNPUBLISHED_AFTER.total_seconds()])
        events, age, unpublished, ahead = cursor.fetchone()
    OUTBOX_EVENTS.set(events)
    OUTBOX_AGE.set(age)
    UNPUBLISHED.set(unpublished)
    SCHEDULE_AHEAD.set(ahead)


def prices_forget(*, clock: Clock, retention: timedelta) -> None:
    """Delete a slice of what no price, offer or hold needs any more."""
    PRUNED.inc(prices_prune(clock=clock, retention=retention, limit=_PRUNED_ROWS))


def keys_forget(*, clock: Clock) -> None:
    """Delete a slice of the idempotency keys that have served their day."""
    idempotency_prune(clock=clock)


class LedgerCheck:
    """Compares counters with ledgers slice by slice, over and over; the metric tells of the last full pass."""

    def __init__(self) -> None:
        self._after = 0
        self._mismatched: list[int] = []

    def slice_check(self) -> None:
        """Check the next slice; a difference is shown at once and stays shown until a full pass finds none."""
        audit = ledger_audit(after=self._after, limit=_AUDIT_CABINS)
        LEDGER_CHECKED.inc(audit.compared)
        if audit.mismatched:
            self._mismatched += audit.mismatched
            LEDGER_MISMATCHES.set(len(self._mismatched))
            log.error("ledger.mismatch", cabins=list(audit.mismatched[:20]), count=len(audit.mismatched))
        if audit.next_after is None:
            LEDGER_MISMATCHES.set(len(self._mismatched))
            LEDGER_PASSES.inc()
            self._after, self._mismatched = 0, []
        else:
            self._after = audit.next_after
