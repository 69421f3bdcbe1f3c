"""Which offers a traveller names, and how much each still binds us."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from farewire.domain.errors import FareClosed, InvalidInput, OfferExpired
from farewire.domain.identifiers import OfferId
from farewire.domain.states import FlightStatus


@dataclass(frozen=True, slots=True)
class OfferTerms:
    """A named offer as the database knows it, and the seats that selling it must leave."""

    offer: OfferId
    cabin_id: int
    fare_class: str
    amount: int
    currency: str
    protect: int
    departs_at: datetime


_OFFERS = """
SELECT w.ordinal, l.status, l.departs_at, c.id, o.fare_class,
       (o.amounts ->> w.brand)::int, o.currency, o.protect, o.superseded_at, moved.created_at
  FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::text[]) WITH ORDINALITY AS w (flight_id, cabin, version, brand, ordinal)
  LEFT JOIN catalog_datedleg l ON l.flight_id = w.flight_id
  LEFT JOIN inventory_cabin c ON c.leg_id = l.id AND c.code = w.cabin
  LEFT JOIN pricing_offerversion o ON o.cabin_id = c.id AND o.version = w.version
  LEFT JOIN pricing_flightstate s ON s.leg_id = l.id
  LEFT JOIN inventory_ledgerentry moved ON moved.cabin_id = c.id AND moved.seq = (s.priced_seqs ->> c.id::text)::bigint + 1
 ORDER BY w.ordinal
"""


def offer_terms(*, offers: Sequence[OfferId], now: datetime, honour: timedelta, sales_close: timedelta) -> list[OfferTerms]:
    """What each offer binds us to at `now`, in the order given; one query.

    An offer is honoured from the moment at which it could first have been superseded until `honour` later, and leaves
    no seat to better classes then. That moment is when a newer version came or, where the workers are late, when the
    inventory first moved without being priced; past it, a current offer sells only what its class may.

    Nothing is sold from `sales_close` before departure on, also where no worker has closed the flight yet.

    Raises `InvalidInput` for a flight or cabin that is not in the schedule, `OfferExpired` and `FareClosed`.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _OFFERS,
            [
                [offer.flight_id for offer in offers],
                [offer.cabin.value for offer in offers],
                [offer.version for offer in offers],
                [offer.brand.value for offer in offers],
            ],
        )
        rows = cursor.fetchall()
    terms: list[OfferTerms] = []
    for offer, row in zip(offers, rows, strict=True):
        _, status, departs_at, cabin_id, fare_class, amount, currency, protect, superseded_at, moved_at = row
        if cabin_id is None:
            raise InvalidInput(
                f"No flight in the schedule has the offer {offer}; search again.", code="unknown_offer", data={"offer_id": str(offer)}
            )
        if status != FlightStatus.OPEN or departs_at - sales_close <= now:
            raise FareClosed("Sales of this flight have closed; choose another one.", data={"offer_id": str(offer)})
        if amount is None or (superseded_at is not None and superseded_at + honour < now):
            raise OfferExpired("This price is no longer offered; search again for the price of now.", data={"offer_id": str(offer)})
        late = superseded_at is None and moved_at is not None and moved_at + honour < now
        terms.append(
            OfferTerms(
                offer=offer,
                cabin_id=cabin_id,
                fare_class=fare_class,
                amount=amount,
                currency=currency,
                protect=protect if late else 0,
                departs_at=departs_at,
            )
        )
    return terms
