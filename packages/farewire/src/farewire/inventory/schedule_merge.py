"""Brings the tables in line with the staged schedule, in the transaction that staged it.

What the schedule last gave a cabin is the sum of the ledger's entries that refer to a schedule: seats that staff added
or took since are theirs and stay.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import connection
from django.db.backends.utils import CursorWrapper

from farewire.catalog.ssim import Window
from farewire.inventory.schedule_staging import Progress, Validity
from farewire.outbox.models import CHANNEL

_OPEN = """
WITH legs AS (
    INSERT INTO catalog_datedleg (flight_id, carrier_id, number, suffix, leg_sequence, origin_id, destination_id, local_date,
                                  departs_at, arrives_at, equipment_id, status)
    SELECT flight_id, carrier, number, suffix, sequence, origin, destination, local_date, departs_at, arrives_at, equipment, 'open'
    FROM schedule_stage AS s
    WHERE local_date BETWEEN %(first)s AND %(last)s
      AND NOT EXISTS (SELECT FROM catalog_datedleg AS d WHERE d.flight_id = s.flight_id)
    ORDER BY departs_at, flight_id
    RETURNING id, flight_id
), cabins AS (
    INSERT INTO inventory_cabin (leg_id, code, status, authorized, blocked, sold, held, seq)
    SELECT legs.id, seats.code, 'open', seats.number, 0, 0, 0, 1
    FROM legs JOIN schedule_stage AS s USING (flight_id)
    CROSS JOIN LATERAL (VALUES ('economy', s.economy), ('premium', s.premium), ('business', s.business)) AS seats (code, number)
    WHERE seats.number > 0
    ORDER BY legs.id
    RETURNING id, authorized
), entries AS (
    INSERT INTO inventory_ledgerentry (cabin_id, seq, kind, authorized_delta, blocked_delta, sold_delta, held_delta, reference)
    SELECT id, 1, 'opened', authorized, 0, 0, 0, %(reference)s FROM cabins
)
SELECT count(*) FROM legs
"""
# Legs that the file and the table tell differently. Departed and closed ones are history. A leg that the file does not
# have is gone only on dates for which the file is valid; its second leg may belong to a flight of the day before.
_COMPARE = """
CREATE TEMPORARY TABLE schedule_change ON COMMIT DROP AS
WITH now_there AS (
    SELECT d.*, d.local_date BETWEEN v.first + (d.leg_sequence > 1)::integer AND v.last AS told, c.economy, c.premium, c.business
    FROM catalog_datedleg AS d
    JOIN unnest(%(carriers)s::text[], %(valid_from)s::date[], %(valid_to)s::date[]) AS v (carrier, first, last) ON v.carrier = d.carrier_id
    CROSS JOIN LATERAL (
        SELECT coalesce(sum(authorized) FILTER (WHERE code = 'economy'), 0) AS economy,
               coalesce(sum(authorized) FILTER (WHERE code = 'premium'), 0) AS premium,
               coalesce(sum(authorized) FILTER (WHERE code = 'business'), 0) AS business
        FROM inventory_cabin WHERE leg_id = d.id
    ) AS c
    WHERE d.local_date BETWEEN %(first)s AND %(last)s
      AND d.status <> 'closed' AND d.departs_at > %(now)s
)
SELECT n.id AS leg_id, n.flight_id, s.flight_id IS NULL AS gone, n.status = 'cancelled' AS cancelled,
       s.departs_at, s.arrives_at, s.equipment, s.sequence,
       (n.departs_at, n.arrives_at) IS DISTINCT FROM (s.departs_at, s.arrives_at) AS times_differ,
       n.equipment_id IS DISTINCT FROM s.equipment OR n.leg_sequence IS DISTINCT FROM s.sequence AS equipment_differs,
       n.destination_id IS DISTINCT FROM s.destination AS destination_differs,
       coalesce(s.economy, 0) AS economy, coalesce(s.premium, 0) AS premium, coalesce(s.business, 0) AS business
FROM now_there AS n LEFT JOIN schedule_stage AS s USING (flight_id)
WHERE (s.flight_id IS NULL AND n.told AND n.status <> 'cancelled')
   OR (s.flight_id IS NOT NULL AND (
       (n.departs_at, n.arrives_at, n.equipment_id, n.leg_sequence, n.destination_id, n.economy, n.premium, n.business)
       IS DISTINCT FROM (s.departs_at, s.arrives_at, s.equipment, s.sequence, s.destination, s.economy, s.premium, s.business)))
"""
# In ascending ids, as everybody locks cabins; not against the keys that new offers refer to.
_LOCK = "SELECT c.id FROM inventory_cabin AS c JOIN schedule_change AS x USING (leg_id) ORDER BY c.id FOR NO KEY UPDATE OF c"
_SEATS = """
CREATE TEMPORARY TABLE schedule_seats ON COMMIT DROP AS
SELECT x.leg_id, seats.code, c.id AS cabin_id, seats.number - coalesce(given.number, 0) AS delta,
       coalesce(c.sold, 0) AS sold, coalesce(c.held, 0) AS held, coalesce(c.blocked, 0) AS blocked,
       coalesce(given.number, 0) AS given
FROM schedule_change AS x
CROSS JOIN LATERAL (VALUES ('economy', x.economy), ('premium', x.premium), ('business', x.business)) AS seats (code, number)
LEFT JOIN inventory_cabin AS c ON c.leg_id = x.leg_id AND c.code = seats.code
LEFT JOIN LATERAL (
    SELECT sum(e.authorized_delta) AS number FROM inventory_ledgerentry AS e
    WHERE e.cabin_id = c.id AND e.kind IN ('opened', 'authorized') AND e.reference LIKE 'schedule %%'
) AS given ON true
"""
_DECIDE = """
CREATE TEMPORARY TABLE schedule_decision ON COMMIT DROP AS
SELECT x.*, t.sold, t.held, t.seats_differ,
       -- Cancelled by a schedule, which took its seats, and not by staff.
       x.cancelled AND NOT x.gone AND t.given <= t.blocked AS reinstated,
       t.sold + t.held > 0 OR (NOT x.gone AND x.destination_differs) AS refused
FROM schedule_change AS x
JOIN (SELECT leg_id, sum(sold) AS sold, sum(held) AS held, sum(given) AS given, sum(blocked) AS blocked,
             bool_or(delta <> 0) AS seats_differ
      FROM schedule_seats GROUP BY leg_id) AS t USING (leg_id)
WHERE x.gone OR x.times_differ OR x.equipment_differs OR x.destination_differs OR t.seats_differ
"""
_REFUSED = """
SELECT flight_id, gone, destination_differs, times_differ, equipment_differs, seats_differ, sold, held
FROM schedule_decision WHERE refused ORDER BY flight_id
"""
_CHANGE_LEGS = """
UPDATE catalog_datedleg AS d
   SET departs_at = coalesce(x.departs_at, d.departs_at), arrives_at = coalesce(x.arrives_at, d.arrives_at),
       equipment_id = coalesce(x.equipment, d.equipment_id), leg_sequence = coalesce(x.sequence, d.leg_sequence),
       status = CASE WHEN x.gone THEN 'cancelled' WHEN x.reinstated THEN 'open' ELSE d.status END
  FROM schedule_decision AS x WHERE d.id = x.leg_id AND NOT x.refused
"""
_CHANGE_CABINS = """
WITH changed AS (
    UPDATE inventory_cabin AS c
       SET authorized = greatest(c.authorized + s.delta, c.blocked + c.sold + c.held), seq = c.seq + 1
      FROM schedule_seats AS s JOIN schedule_decision AS x USING (leg_id), inventory_cabin AS before
     WHERE c.id = s.cabin_id AND before.id = c.id AND NOT x.refused
       AND greatest(c.authorized + s.delta, c.blocked + c.sold + c.held) <> c.authorized
    RETURNING c.id, c.seq, c.authorized - before.authorized AS delta
)
INSERT INTO inventory_ledgerentry (cabin_id, seq, kind, authorized_delta, blocked_delta, sold_delta, held_delta, reference)
SELECT id, seq, 'authorized', delta, 0, 0, 0, %(reference)s FROM changed
"""
_OPEN_CABINS = """
WITH opened AS (
    INSERT INTO inventory_cabin (leg_id, code, status, authorized, blocked, sold, held, seq)
    SELECT s.leg_id, s.code, 'open', s.delta, 0, 0, 0, 1
    FROM schedule_seats AS s JOIN schedule_decision AS x USING (leg_id)
    WHERE s.cabin_id IS NULL AND s.delta > 0 AND NOT x.refused
    RETURNING id, authorized
)
INSERT INTO inventory_ledgerentry (cabin_id, seq, kind, authorized_delta, blocked_delta, sold_delta, held_delta, reference)
SELECT id, 1, 'opened', authorized, 0, 0, 0, %(reference)s FROM opened
"""
_CABIN_STATUS = """
UPDATE inventory_cabin AS c SET status = CASE WHEN x.gone THEN 'closed' ELSE 'open' END
  FROM schedule_decision AS x WHERE c.leg_id = x.leg_id AND NOT x.refused AND (x.gone OR x.reinstated)
"""
_EVENTS = """
INSERT INTO outbox_outboxevent (kind, subject) SELECT 'schedule.changed', leg_id FROM schedule_decision WHERE NOT refused ORDER BY leg_id
"""
_COUNT = """
SELECT count(*) FILTER (WHERE gone), count(*) FILTER (WHERE reinstated), count(*) FILTER (WHERE NOT gone AND NOT reinstated)
FROM schedule_decision WHERE NOT refused
"""
_STEPS = 12
_ENOUGH_TO_ANALYZE = 1_000
_Word = str | dt.date | list[str] | list[dt.date]


@dataclass(frozen=True, slots=True)
class Untouched:
    """A leg that the file changes and that stays as it is, for its seats are sold or held, or its market would change."""

    flight_id: str
    changes: tuple[str, ...]
    sold: int
    held: int

    def __str__(self) -> str:
        taken = f"{self.sold} sold, {self.held} held" if self.sold or self.held else "its destination cannot change"
        return f"{self.flight_id}: {', '.join(self.changes)} ({taken})"


@dataclass(frozen=True, slots=True)
class Merged:
    """How many legs were opened, changed, cancelled and taken up again, and which the file could not touch."""

    opened: int
    changed: int
    cancelled: int
    reinstated: int
    untouched: Sequence[Untouched]


def schedule_merge(*, window: Window, validity: Mapping[str, Validity], reference: str, now: dt.datetime, progress: Progress) -> Merged:
    """Open, change and cancel legs inside `window` so that they are those of `schedule_stage`.

    `validity` tells by carrier on which dates the file is the whole truth: legs that it does not have are cancelled there.

    `reference` begins with `schedule ` and stands in every ledger entry. Locks the cabins that it changes, in ascending
    order of id, to the end of the transaction.
    """
    words: dict[str, _Word] = {
        "first": window.starts,
        "last": window.last,
        "carriers": list(validity),
        "valid_from": [valid.first for valid in validity.values()],
        "valid_to": [valid.last for valid in validity.values()],
        "now": now,
        "reference": reference,
    }
    with connection.cursor() as cursor:
        # Foreign keys are checked as rows come, so that the progress shown is true and the commit is short.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(_COMPARE, words)
        opened = _open(cursor, window, words, progress)
        # Locks last, when all that takes long is done: nobody who buys a seat waits for the load.
        for statement in (_LOCK, _SEATS, _DECIDE):
            cursor.execute(statement, words)
        cursor.execute(_REFUSED)
        untouched = [_untouched(row) for row in cursor.fetchall()]
        for statement in (_CHANGE_LEGS, _CHANGE_CABINS, _OPEN_CABINS, _CABIN_STATUS, _EVENTS):
            cursor.execute(statement, words)
        cursor.execute(_COUNT)
        cancelled, reinstated, changed = cursor.fetchone()
        if opened:
            cursor.execute("INSERT INTO outbox_outboxevent (kind, subject) VALUES ('schedule.changed', 0)")
        if opened or cancelled or reinstated or changed:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return Merged(opened, changed, cancelled, reinstated, untouched)


def _open(cursor: CursorWrapper, window: Window, words: Mapping[str, _Word], progress: Progress) -> int:
    """Insert the legs that are new, a few days at a time for the progress; how many they are."""
    opened = 0
    stride = -(-window.days // _STEPS)
    for day in range(0, window.days, stride):
        last = min(day + stride, window.days)
        dates = {"first": window.starts + dt.timedelta(days=day), "last": window.starts + dt.timedelta(days=last - 1)}
        cursor.execute(_OPEN, {**words, **dates})
        opened += cursor.fetchone()[0]
        progress("writing", last, window.days)
    if opened >= _ENOUGH_TO_ANALYZE:
        # The first searches and prices come at once, before autovacuum has looked.
        cursor.execute("ANALYZE catalog_datedleg, inventory_cabin, inventory_ledgerentry")
    return opened


def _untouched(row: tuple[str, bool, bool, bool, bool, bool, int, int]) -> Untouched:
    flight_id, gone, destination, times, equipment, seats, sold, held = row
    if gone:
        return Untouched(flight_id, ("gone from the file",), sold, held)
    changes = {"destination": destination, "times": times, "equipment": equipment, "seats": seats}
    return Untouched(flight_id, tuple(name for name, differs in changes.items() if differs), sold, held)
