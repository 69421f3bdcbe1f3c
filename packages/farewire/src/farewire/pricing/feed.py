"""From rows to the feed: what a topic shows, what is behind, and what was published."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

import orjson
from django.db import connection

from farewire.contracts.feed import Flight
from farewire.contracts.topics import MarketTopic
from farewire.outbox.relay import FlightUpdate

_TOPIC = """
SELECT s.document, s.priced_at
  FROM catalog_datedleg l JOIN pricing_flightstate s ON s.leg_id = l.id
 WHERE l.origin_id = %s AND l.destination_id = %s AND l.local_date = %s
"""
_BEHIND = """
SELECT l.origin_id, l.destination_id, l.local_date, s.document, s.priced_at
  FROM pricing_flightstate s JOIN catalog_datedleg l ON l.id = s.leg_id
 WHERE s.published_version < s.version AND s.priced_at < %s
 ORDER BY s.priced_at LIMIT %s
"""
_PUBLISHED = """
UPDATE pricing_flightstate s
   SET published_version = p.version
  FROM (
       SELECT s.leg_id, p.version
         FROM unnest(%s::text[], %s::bigint[]) AS p (flight_id, version)
         JOIN catalog_datedleg l ON l.flight_id = p.flight_id
         JOIN pricing_flightstate s ON s.leg_id = l.id
        WHERE s.published_version < p.version
        ORDER BY s.leg_id FOR NO KEY UPDATE OF s
  ) AS p
 WHERE s.leg_id = p.leg_id AND s.published_version < p.version
"""


def topic_flights(topic: str) -> list[FlightUpdate]:
    """Return all flights of a market on a local date of departure, as last committed; one query.

    Raises `InvalidInput` for what is no topic.
    """
    market = MarketTopic.parse(topic)
    with connection.cursor() as cursor:
        cursor.execute(_TOPIC, [market.origin, market.destination, market.local_date])
        return [
            FlightUpdate(topic=topic, flight=Flight.model_validate_json(document), committed_at=priced_at.timestamp())
            for document, priced_at in cursor.fetchall()
        ]


def flights_behind(*, committed_before: datetime, limit: int) -> list[FlightUpdate]:
    """Return flights whose newest version was committed before a moment and not published, oldest first; one query."""
    with connection.cursor() as cursor:
        cursor.execute(_BEHIND, [committed_before, limit])
        return [
            FlightUpdate(
                topic=str(MarketTopic(origin, destination, local_date)),
                flight=Flight.model_validate_json(document),
                committed_at=priced_at.timestamp(),
            )
            for origin, destination, local_date, document, priced_at in cursor.fetchall()
        ]


def flights_mark_published(*, updates: Sequence[FlightUpdate]) -> None:
    """Record that these versions were published; one statement, and never back to a lower version.

    Locks are taken by ascending leg id, as where flights are priced.
    """
    versions = _highest(updates)
    if not versions:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PUBLISHED, [list(versions), list(versions.values())])


def update_make(*, topic: str, document: bytes, committed_at: datetime) -> FlightUpdate:
    """Return the update that tells of a flight's JSON document."""
    return FlightUpdate(topic=topic, flight=Flight.model_validate(orjson.loads(document)), committed_at=committed_at.timestamp())


def _highest(updates: Iterable[FlightUpdate]) -> dict[str, int]:
    versions: dict[str, int] = {}
    for update in updates:
        versions[update.flight.id] = max(update.flight.version, versions.get(update.flight.id, 0))
    return versions
