"""Pricing flights for the first time, in bulk and in the order in which they depart."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from farewire.domain.clock import Clock
from farewire.domain.fares import CURRENCY
from farewire.outbox.relay import FlightUpdate
from farewire.pricing.cabin_price import cabin_price
from farewire.pricing.facts import CABIN_COLUMNS, CABIN_ORDER, LEG_COLUMNS, LEG_JOINS, CabinFacts, LegFacts, cabin_facts, leg_facts
from farewire.pricing.feed import update_make
from farewire.pricing.first_prices import first_prices_claim
from farewire.pricing.flight_document import CabinDocument, cabin_document, flight_document, offer_documents
from farewire.pricing.state_writes import control_columns

CHUNK = 2000
"""Dated legs in one transaction of a bulk run: large enough to be quick, small enough to show progress."""

_FIRST = 1  # the version of a flight's first price
_COUNT = """
SELECT count(*) FROM catalog_datedleg l
 WHERE l.departs_at > %s AND NOT EXISTS (SELECT 1 FROM pricing_flightstate s WHERE s.leg_id = l.id)
"""
_LEGS = f"""
SELECT {LEG_COLUMNS} FROM catalog_datedleg l {LEG_JOINS}
 WHERE (l.departs_at, l.id) > (%s, %s) AND NOT EXISTS (SELECT 1 FROM pricing_flightstate s WHERE s.leg_id = l.id)
 ORDER BY l.departs_at, l.id LIMIT %s
"""  # noqa: S608  # constants of ours
_CABINS = f"SELECT {CABIN_COLUMNS} FROM inventory_cabin c WHERE c.leg_id = ANY(%s::bigint[])"  # noqa: S608  # constants of ours
_CONTROL_IDS = "SELECT nextval(pg_get_serial_sequence('pricing_control', 'id')) FROM generate_series(1, %s)"
_COPY_CONTROLS = "COPY pricing_control (id, cabin_id, computed_at, inputs_hash, inputs, classes, fares, levels) FROM STDIN"
_COPY_OFFERS = """
COPY pricing_offerversion (cabin_id, version, fare_class, protect, currency, amounts, control_id, seats_left, priced_seq, created_at)
FROM STDIN
"""
_COPY_STATES = """
COPY pricing_flightstate (leg_id, version, published_version, document, priced_seqs, priced_at, next_reprice_at) FROM STDIN
"""

Position = tuple[datetime, int]
"""Where a run through the schedule stands: the departure and id of the last leg."""


@dataclass(frozen=True, slots=True)
class PricedChunk:
    """How many flights were priced for the first time, what is to be published, and where to go on; None at the end.

    `elsewhere` says that nothing was done, since another process prices new flights at this moment.
    """

    priced: int
    updates: list[FlightUpdate]
    position: Position | None
    elsewhere: bool = False


def flights_price_new(*, clock: Clock, sales_close: timedelta, progress: Callable[[int, int], None], chunk: int = CHUNK) -> int:
    """Price all flights that depart in the future and were never priced, soonest first; returns how many.

    `progress` is told how many of how many are done after each chunk, which is committed by then. Nothing is published:
    flights are recorded as published, since nobody can have seen a flight without a price, and a topic that is watched
    already is compared with the database by the relay. Stops early where another process prices new flights.
    """
    position: Position | None = (clock.now(), 0)
    with connection.cursor() as cursor:
        cursor.execute(_COUNT, [clock.now()])
        (total,) = cursor.fetchone()
    done = 0
    progress(done, total)
    while position is not None:
        priced = flights_price_chunk(clock=clock, sales_close=sales_close, after=position, limit=chunk, published=True)
        position = priced.position
        done += priced.priced
        if priced.priced:
            progress(done, max(done, total))
    return done


def flights_price_chunk(*, clock: Clock, sales_close: timedelta, after: Position, limit: int, published: bool) -> PricedChunk:
    """Price up to `limit` flights that depart after a position and were never priced; at most eight queries.

    ONE PROCESS AT A TIME prices new flights, by an advisory lock that ends with the transaction; another one returns at
    once with nothing done. With `published` the flights are recorded as published and no updates are made.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        if not first_prices_claim(cursor):
            return PricedChunk(priced=0, updates=[], position=None, elsewhere=True)
        cursor.execute(_LEGS, [*after, limit])
        legs = [leg_facts(row) for row in cursor.fetchall()]
        if not legs:
            return PricedChunk(priced=0, updates=[], position=None)
        now = clock.now()
        rows = _Rows(now=now, sales_close=sales_close, published=published)
        cabins = _cabins(cursor, legs)
        control_ids = _control_ids(cursor, sum(map(len, cabins.values())))
        for leg in legs:
            rows.add(leg, cabins[leg.leg_id], control_ids)
        rows.copy(cursor)
    updates = [update_make(topic=topic, document=document, committed_at=now) for topic, document in rows.to_publish]
    last = legs[-1]
    return PricedChunk(priced=len(legs), updates=updates, position=(last.departs_at, last.leg_id) if len(legs) == limit else None)


def _cabins(cursor: CursorWrapper, legs: list[LegFacts]) -> dict[int, list[CabinFacts]]:
    cabins: dict[int, list[CabinFacts]] = {leg.leg_id: [] for leg in legs}
    cursor.execute(_CABINS, [list(cabins)])
    for row in cursor.fetchall():
        cabins[row[0]].append(cabin_facts(row))
    for found in cabins.values():
        found.sort(key=lambda cabin: CABIN_ORDER[cabin.code])
    return cabins


def _control_ids(cursor: CursorWrapper, count: int) -> list[int]:
    cursor.execute(_CONTROL_IDS, [count])
    return [control_id for (control_id,) in reversed(cursor.fetchall())]


class _Rows:
    """The rows of one chunk, as lines of COPY's text format."""

    def __init__(self, *, now: datetime, sales_close: timedelta, published: bool) -> None:
        self._now = now
        self._stamp = now.isoformat()
        self._sales_close = sales_close
        self._published = published
        self._controls: list[str] = []
        self._offers: list[str] = []
        self._states: list[str] = []
        self.to_publish: list[tuple[str, bytes]] = []

    def add(self, leg: LegFacts, cabins: list[CabinFacts], control_ids: list[int]) -> None:
        """Price one flight; its controls take their ids from the end of `control_ids`."""
        status = leg.status_at(self._now, sales_close=self._sales_close)
        documents: list[CabinDocument] = []
        for cabin in cabins:
            price = cabin_price(leg=leg, cabin=cabin, status=status, known=None, now=self._now)
            quote = price.quote
            offers = []
            if quote is not None and price.computed is not None:
                control_id = control_ids.pop()
                self._controls.append(_line(control_id, cabin.cabin_id, self._stamp, *control_columns(price.computed)))
                amounts = orjson.dumps(price.amounts).decode()
                terms = (quote.fare_class, quote.protect, CURRENCY, amounts, control_id, cabin.seats_left, cabin.seq)
                self._offers.append(_line(cabin.cabin_id, _FIRST, *terms, self._stamp))
                offers = offer_documents(
                    flight_id=leg.flight_id, cabin=cabin.code, version=_FIRST, fare_class=quote.fare_class, amounts=price.amounts
                )
            documents.append(cabin_document(cabin=cabin.code, seats_left=cabin.seats_left, offers=offers))
        document = orjson.dumps(flight_document(flight_id=leg.flight_id, version=_FIRST, status=status, cabins=documents))
        seqs = orjson.dumps({str(cabin.cabin_id): cabin.seq for cabin in cabins}).decode()
        due = leg.next_reprice_at(self._now, sales_close=self._sales_close)
        published_version = _FIRST if self._published else 0
        self._states.append(
            _line(leg.leg_id, _FIRST, published_version, document.decode(), seqs, self._stamp, "\\N" if due is None else due.isoformat())
        )
        if not self._published:
            self.to_publish.append((leg.topic, document))

    def copy(self, cursor: CursorWrapper) -> None:
        """Write the rows, each table by one COPY."""
        for statement, lines in ((_COPY_CONTROLS, self._controls), (_COPY_OFFERS, self._offers), (_COPY_STATES, self._states)):
            if lines:
                with cursor.copy(statement) as copy:
                    copy.write("\n".join(lines))


def _line(*values: object) -> str:
    """Return one line of COPY's text format; no value holds a tab, a line feed or a backslash of its own."""
    return "\t".join(map(str, values))
