"""Pricing flights anew: after their inventory or schedule changed, and as time passes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from django.db import DatabaseError, connection, transaction

from farewire.domain.clock import Clock
from farewire.outbox.models import SCHEDULE_CHANGED
from farewire.outbox.relay import FlightUpdate
from farewire.pricing.cabin_price import cabin_price
from farewire.pricing.feed import update_make
from farewire.pricing.first_prices import first_prices_await
from farewire.pricing.flight_document import CabinDocument, cabin_document, flight_document, offer_documents
from farewire.pricing.state_rows import KnownFlight, states_lock
from farewire.pricing.state_writes import CabinChange, FlightChange, changes_write

_CLAIM = """
WITH claimed AS (
    SELECT id FROM outbox_outboxevent WHERE id <> ALL(%s::bigint[]) ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
)
DELETE FROM outbox_outboxevent e USING claimed WHERE e.id = claimed.id RETURNING e.id, e.kind, e.subject, e.created_at
"""
_DUE = """
SELECT leg_id FROM pricing_flightstate
 WHERE next_reprice_at <= %s ORDER BY next_reprice_at LIMIT %s FOR NO KEY UPDATE SKIP LOCKED
"""


class EventsNotPriced(Exception):
    """Some event of a claim names a flight that cannot be priced, by a fault of ours; all of them were given back."""

    def __init__(self, event_ids: Collection[int]) -> None:
        super().__init__(f"{len(event_ids)} events could not be priced")
        self.event_ids = event_ids


@dataclass(frozen=True, slots=True)
class ClaimedEvents:
    """What one claim of the outbox led to: how many events, since when the oldest waited, and what is to be published.

    `schedule_changed` says that dated legs may have been added, which no price shows yet.
    """

    events: int
    oldest: datetime | None
    schedule_changed: bool
    repriced: int
    updates: list[FlightUpdate]


def events_price(*, clock: Clock, sales_close: timedelta, limit: int, set_aside: Collection[int] = ()) -> ClaimedEvents:
    """Claim up to `limit` outbox events, price their flights and delete them, all in one transaction.

    At most seven queries however many flights, ten where some were never priced. Several workers may call it at once: each
    event is claimed by one, and given back if its transaction does not commit. Events whose ids are `set_aside` are left
    alone. Raises `EventsNotPriced` where a flight cannot be priced, and the database's own errors.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_CLAIM, [list(set_aside), limit])
        events = cursor.fetchall()
        leg_ids = {subject for _, _, subject, _ in events if subject}
        try:
            updates = flights_reprice(leg_ids=leg_ids, clock=clock, sales_close=sales_close) if leg_ids else []
        except DatabaseError:
            raise
        except Exception as error:
            raise EventsNotPriced([event_id for event_id, *_ in events]) from error
    return ClaimedEvents(
        events=len(events),
        oldest=min((created_at for *_, created_at in events), default=None),
        schedule_changed=any(kind == SCHEDULE_CHANGED for _, kind, *_ in events),
        repriced=len(leg_ids),
        updates=updates,
    )


def flights_due_price(*, clock: Clock, sales_close: timedelta, limit: int) -> tuple[int, list[FlightUpdate]]:
    """Price up to `limit` flights for which time alone asks for it; returns how many, and what is to be published.

    At most seven queries. Flights that another worker has in hand are left to it.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_DUE, [clock.now(), limit])
        leg_ids = [leg_id for (leg_id,) in cursor.fetchall()]
        updates = flights_reprice(leg_ids=leg_ids, clock=clock, sales_close=sales_close) if leg_ids else []
    return len(leg_ids), updates


def flights_reprice(*, leg_ids: Collection[int], clock: Clock, sales_close: timedelta) -> list[FlightUpdate]:
    """Price these flights as their seats and the time now are; returns what has to be published once committed.

    At most six queries however many flights, and three more where some were never priced. Those are left to
    `flights_price_new`; where it has them in hand just now, their first prices may be of seats as they were, and so are
    waited for. Every change of seats makes a version, also where more than nine are left and the price stays, so that whoever watches
    sees that it was taken in; time alone makes one only where something shown has changed.
    """
    with transaction.atomic(savepoint=False):
        flights = states_lock(leg_ids=leg_ids)
        if len(flights) < len(set(leg_ids)):
            with connection.cursor() as cursor:
                first_prices_await(cursor)
            flights = states_lock(leg_ids=leg_ids)
        if not flights:
            return []
        now = clock.now()
        flight_changes: list[FlightChange] = []
        cabin_changes: list[CabinChange] = []
        updates: list[FlightUpdate] = []
        for flight in flights:
            change, cabins = _reprice(flight, now=now, sales_close=sales_close)
            flight_changes.append(change)
            cabin_changes += cabins
            if change.document is not None:
                updates.append(update_make(topic=flight.leg.topic, document=change.document, committed_at=now))
        changes_write(flights=flight_changes, cabins=cabin_changes, now=now)
    return updates


def _reprice(flight: KnownFlight, *, now: datetime, sales_close: timedelta) -> tuple[FlightChange, list[CabinChange]]:
    leg = flight.leg
    status = leg.status_at(now, sales_close=sales_close)
    coming = flight.version + 1
    changes: list[CabinChange] = []
    documents: list[CabinDocument] = []
    for cabin in flight.cabins:
        price = cabin_price(leg=leg, cabin=cabin.facts, status=status, known=cabin.control, now=now)
        stands = price.is_offered_as(cabin.offer)
        if not stands or price.computed is not None:
            changes.append(CabinChange(cabin=cabin.facts, price=price, version=coming, new_offer=not stands))
        offers = (
            offer_documents(
                flight_id=leg.flight_id,
                cabin=cabin.facts.code,
                version=cabin.offer.version if stands and cabin.offer is not None else coming,
                fare_class=price.quote.fare_class,
                amounts=price.amounts,
            )
            if price.quote is not None
            else []
        )
        documents.append(cabin_document(cabin=cabin.facts.code, seats_left=cabin.facts.seats_left, offers=offers))
    seqs = {str(cabin.facts.cabin_id): cabin.facts.seq for cabin in flight.cabins}
    known = orjson.loads(flight.document)
    changed = seqs != flight.priced_seqs or (status.value, documents) != (known["status"], known["cabins"])
    document = flight_document(flight_id=leg.flight_id, version=coming, status=status, cabins=documents) if changed else None
    return (
        FlightChange(
            leg_id=leg.leg_id,
            version=coming if changed else flight.version,
            document=None if document is None else orjson.dumps(document),
            priced_seqs=seqs,
            next_reprice_at=leg.next_reprice_at(now, sales_close=sales_close),
        ),
        changes,
    )
