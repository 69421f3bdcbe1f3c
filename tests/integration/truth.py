"""What the database holds, and whether it agrees with itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from farewire.contracts.topics import MarketTopic

from .stack import Stack
from .watchers import Flights

_FLIGHTS = """
SELECT 'market:' || leg.origin_id || '-' || leg.destination_id || ':' || leg.local_date AS topic, leg.flight_id, state.document
  FROM pricing_flightstate state JOIN catalog_datedleg leg ON leg.id = state.leg_id
 WHERE (leg.origin_id, leg.destination_id, leg.local_date) IN ({markets})
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
    """Each topic's flights as the newest committed version has them, all of one snapshot."""
    markets = [MarketTopic.parse(topic) for topic in topics]
    listed = ", ".join(f"('{market.origin}', '{market.destination}', '{market.local_date}')" for market in markets)
    truth: dict[str, Flights] = {topic: {} for topic in topics}
    for row in stack.rows(_FLIGHTS.format(markets=listed)):
        truth[row["topic"]][row["flight_id"]] = row["document"]
    return truth


def ledger_mismatches(stack: Stack) -> list[int]:
    """Cabins whose counters differ from their ledger's sums, or whose held seats differ from the active holds that name them."""
    return [row["id"] for query in (_LEDGER, _HELD) for row in stack.rows(query)]


def lost_holds(stack: Stack, acknowledged: Iterable[str]) -> set[str]:
    """Of the holds that were acknowledged, those that the database does not hold as active."""
    return set(acknowledged) - {row["id"] for row in stack.rows("SELECT id FROM bookings_hold WHERE state = 'active'")}


# Prices are none: they are made anew as time passes.
_FACTS = (
    "bookings_hold", "bookings_holdsegment", "bookings_idempotenthold", "catalog_datedleg", "inventory_cabin", "inventory_ledgerentry",
)  # fmt: skip


def facts(stack: Stack) -> dict[str, tuple[int, str]]:
    """How many rows each table of facts has, and a digest of all that they say."""
    query = "SELECT count(*) AS rows, coalesce(md5(string_agg(t::text, '' ORDER BY t::text COLLATE \"C\")), '') AS digest FROM {table} t"
    found = {table: stack.rows(query.format(table=table))[0] for table in _FACTS}
    return {table: (row["rows"], row["digest"]) for table, row in found.items()}
