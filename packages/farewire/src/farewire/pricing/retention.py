"""Forgetting what no price, offer or hold needs any more."""

from __future__ import annotations

from datetime import timedelta

from django.db import connection, transaction

from farewire.domain.clock import Clock

_OFFERS = """
DELETE FROM pricing_offerversion WHERE ctid = ANY(ARRAY(
    SELECT ctid FROM pricing_offerversion WHERE superseded_at < %s LIMIT %s FOR UPDATE SKIP LOCKED
))
"""
_CONTROLS = """
DELETE FROM pricing_control WHERE ctid = ANY(ARRAY(
    SELECT k.ctid FROM pricing_control k
     WHERE k.computed_at < %s
       AND EXISTS (SELECT 1 FROM pricing_control newer WHERE newer.cabin_id = k.cabin_id AND newer.id > k.id)
       AND NOT EXISTS (SELECT 1 FROM pricing_offerversion o WHERE o.control_id = k.id)
     LIMIT %s FOR UPDATE SKIP LOCKED
))
"""


def prices_prune(*, clock: Clock, retention: timedelta, limit: int) -> int:
    """Delete up to `limit` each of offers superseded and controls replaced longer ago than `retention`; returns how many.

    Two queries. A hold keeps its own amounts, so it needs no offer; offers are honoured for minutes and kept for days,
    so that a price can be explained. The newest control of a cabin and whatever an offer refers to stay.
    """
    cutoff = clock.now() - retention
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_OFFERS, [cutoff, limit])
        deleted: int = cursor.rowcount
        cursor.execute(_CONTROLS, [cutoff, limit])
        deleted += cursor.rowcount
    return deleted
