"""Reading the seats: the audit that counters, ledger and seq agree."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection


@dataclass(frozen=True, slots=True)
class LedgerAudit:
    """One slice of the audit: how many cabins were compared, which differ, and where the next slice begins."""

    compared: int
    mismatched: tuple[int, ...]
    next_after: int | None


_AUDIT = """
SELECT c.id,
       c.authorized = l.authorized AND c.blocked = l.blocked AND c.sold = l.sold AND c.held = l.held
       AND c.seq = l.newest AND l.entries = l.newest
  FROM (SELECT * FROM inventory_cabin WHERE id > %s ORDER BY id LIMIT %s) AS c
 CROSS JOIN LATERAL (
       SELECT coalesce(sum(authorized_delta), 0) AS authorized, coalesce(sum(blocked_delta), 0) AS blocked,
              coalesce(sum(sold_delta), 0) AS sold, coalesce(sum(held_delta), 0) AS held,
              coalesce(max(seq), 0) AS newest, count(*) AS entries
         FROM inventory_ledgerentry WHERE cabin_id = c.id) AS l
 ORDER BY c.id
"""


def ledger_audit(*, after: int = 0, limit: int = 5000) -> LedgerAudit:
    """Compare `limit` cabins with ids above `after` to their ledgers: counters to sums, seq to the count of entries.

    One query, so that both sides are of one snapshot. `next_after` is None when the last cabin was reached.
    """
    with connection.cursor() as cursor:
        cursor.execute(_AUDIT, [after, limit])
        rows = cursor.fetchall()
    return LedgerAudit(
        compared=len(rows),
        mismatched=tuple(cabin_id for cabin_id, equal in rows if not equal),
        next_after=rows[-1][0] if len(rows) == limit else None,
    )
