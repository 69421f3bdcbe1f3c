"""How many holds one caller may have, so that nobody keeps seats from everybody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import connection

from farewire.bookings.terms import HoldTerms
from farewire.domain.errors import TooMany

_USAGE = """
WITH mine AS (
    SELECT id, expires_at, passengers FROM bookings_hold WHERE state = 'active' AND {column} = %s AND expires_at > %s)
SELECT (SELECT count(*) FROM mine), (SELECT min(expires_at) FROM mine),
       coalesce((SELECT max(seats) FROM (
           SELECT sum(m.passengers) AS seats FROM mine m JOIN bookings_holdsegment s ON s.hold_id = m.id
            WHERE s.cabin_id = ANY (%s) GROUP BY s.cabin_id) AS per_cabin), 0)
"""


def holds_within_limits(*, shopper: str, address: str, cabin_ids: Sequence[int], passengers: int, terms: HoldTerms, now: datetime) -> None:
    """Raise `TooMany` where one more hold of `passengers` seats would pass a limit of its shopper or address.

    MUST BE CALLED INSIDE THE TRANSACTION THAT MAKES THE HOLD: a shopper's requests wait for each other there, so that
    two at once cannot both be the last one allowed. An address is shared by many and only counted.
    """
    with connection.cursor() as cursor:
        if shopper:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"hold.shopper.{shopper}"])
            cursor.execute(_USAGE.format(column="shopper"), [shopper, now, list(cabin_ids)])
            _refuse_above(
                cursor.fetchone(), now, passengers, holds=terms.holds_per_shopper, seats=terms.seats_per_cabin_and_shopper, who="you hold"
            )
        if address:
            cursor.execute(_USAGE.format(column="address"), [address, now, list(cabin_ids)])
            _refuse_above(
                cursor.fetchone(),
                now,
                passengers,
                holds=terms.holds_per_address,
                seats=terms.seats_per_cabin_and_address,
                who="your network holds",
            )


def _refuse_above(
    usage: tuple[int, datetime | None, int] | None, now: datetime, passengers: int, *, holds: int, seats: int, who: str
) -> None:
    if usage is None:
        return
    count, first_expiry, most_seats = usage
    wait = max(1, round((first_expiry - now).total_seconds())) if first_expiry else 60
    if count >= holds:
        raise TooMany(
            f"With {count} holds {who} as many as one may; release one or wait until one expires.", retry_after=wait, code="too_many_holds"
        )
    if most_seats + passengers > seats:
        raise TooMany(
            f"Of this flight {who} {most_seats} seats and may hold {seats}; release some or wait until they expire.",
            retry_after=wait,
            code="too_many_seats",
        )
