"""What the database holds, and whether it agrees with itself."""

from __future__ import annotations

from collections.abc import Sequence

from farewire.contracts.topics import MarketTopic

from .stack import Stack
from .watchers import Flights

_FLIGHTS = """
SELECT leg.flight_id, state.document
  FROM pricing_flightstate state JOIN catalog_datedleg leg ON leg.id = state.leg_id
 WHERE (leg.origin_id, leg.destination_id, leg.local_date) = ('{market.origin}', '{market.destination}', '{market.local_date}')
"""

_LEDGER = """
SELECT cabin.id
  FROM inventory_cabin cabin
  JOIN (SELECT cabin_id, sum(authorized_delta) AS authorized, sum(blocked_delta) AS blocked, sum(sold_delta) AS sold,
               sum(held_delta) AS held, max(seq) AS newest, count(*) AS entries
          FROM inventory_ledgerentry GROUP BY cabin_id) ledger ON ledger.cabin_id = cabin.id
 WHERE (cabin.authorized, cabin.blocked, cabin.sold, cabin.held, cabin.seq)
       IS DISTINCT FROM (ledger.authorized, ledger.blocked, ledger.sold, ledger.held, ledger.newest)
    OR ledger.entries <> ledger.newest
"""

# Seats that active holds name, against the counters: a seat that two holds were given, or that none has, shows here.
_HELD = """
SELECT cabin.id
  FROM inventory_cabin cabin
  LEFT JOIN (SELECT segment.cabin_id, sum(hold.passengers) AS seats
               FROM bookings_holdsegment segment JOIN bookings_hold hold ON hold.id = segment.hold_id
              WHERE hold.state = 'active' GROUP BY segment.cabin_id) active ON active.cabin_id = cabin.id
 WHERE cabin.held <> coalesce(active.seats, 0)
"""

_MARKETS = """
SELECT leg.origin_id AS origin, leg.destination_id AS destination, leg.local_date AS date
  FROM catalog_datedleg leg JOIN pricing_flightstate state ON state.leg_id = leg.id
 WHERE leg.departs_at BETWEEN now() + interval '20 hours' AND now() + interval '40 hours' AND leg.status = 'open'
 GROUP BY 1, 2, 3 ORDER BY count(*) DESC, 1, 2, 3 LIMIT {count}
"""


def busiest_topics(stack: Stack, count: int) -> list[str]:
    """The topics of tomorrow with the most flights."""
    return [f"market:{row['origin']}-{row['destination']}:{row['date']}" for row in stack.rows(_MARKETS.format(count=count))]


def shown(stack: Stack, topics: Sequence[str]) -> dict[str, Flights]:
    """Each topic's flights as the newest committed version has them."""
    return {
        topic: {row["flight_id"]: row["document"] for row in stack.rows(_FLIGHTS.format(market=MarketTopic.parse(topic)))}
        for topic in topics
    }


def ledger_mismatches(stack: Stack) -> list[int]:
    """Cabins whose counters differ from their ledger's sums, or whose held seats differ from the active holds that name them."""
    return [row["id"] for query in (_LEDGER, _HELD) for row in stack.rows(query)]


def lost_holds(stack: Stack, acknowledged: Sequence[str]) -> set[str]:
    """Of the holds that were acknowledged, those that the database does not hold as active."""
    return set(acknowledged) - {row["id"] for row in stack.rows("SELECT id FROM bookings_hold WHERE state = 'active'")}
