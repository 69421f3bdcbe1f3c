"""Holds: made, released, extended, converted and expired, each in a short transaction of its own.

A hold leaves `active` once. Every move is an UPDATE guarded on `state = 'active'`, so that of an expiry and a payment
that meet, one changes a row and the other changes none. The order of locks is: idempotency key, shopper, hold, cabins by
ascending id.
"""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction

from farewire.bookings.holds import HoldView, hold_get, hold_segments, hold_view
from farewire.bookings.limits import holds_within_limits
from farewire.bookings.models import Hold, HoldSegment, IdempotentHold
from farewire.bookings.offers import OfferTerms, offer_terms
from farewire.bookings.terms import HoldTerms
from farewire.domain.clock import Clock
from farewire.domain.errors import Conflict, FareClosed, InvalidInput, SoldOut
from farewire.domain.identifiers import OfferId
from farewire.domain.money import Money, money_sum
from farewire.domain.states import HoldState, LedgerKind
from farewire.inventory.services import CabinGuard, SeatDelta, seats_change
from farewire.platform.locks import lock_timeout_is_unavailable

MOST_PASSENGERS = 9
MOST_LEGS = 8
IDEMPOTENCY_RETENTION = timedelta(hours=24)


def hold_create(
    *, offer_ids: Sequence[str], passengers: int, idempotency_key: str, shopper: str, address: str, terms: HoldTerms, clock: Clock
) -> HoldView:
    """Hold `passengers` seats on every leg named by `offer_ids`, at the price of those offers, or on none.

    `shopper` and `address` are digests (see `caller_digest`) that limits count by; either may be empty. The same
    `idempotency_key` with the same offers and passengers gives the same hold again.

    Raises `InvalidInput` (`invalid_offer_id`, `unknown_offer`, `invalid_passengers`, `invalid_journey`,
    `idempotency_mismatch`), `SoldOut`, `FareClosed`, `OfferExpired`, `TooMany` and `Unavailable`; seats are unchanged then.
    """
    offers = _offers_parse(offer_ids, passengers)
    request = json.dumps([[str(offer) for offer in offers], passengers])
    fingerprint = hashlib.sha256(request.encode()).hexdigest()

    def attempt() -> HoldView:
        with lock_timeout_is_unavailable(), transaction.atomic(durable=True):
            now = clock.now()
            replayed = _idempotency_claim(key=idempotency_key, fingerprint=fingerprint, now=now)
            if replayed is not None:
                return hold_get(hold_id=replayed, now=now)
            legs = offer_terms(offers=offers, now=now, honour=terms.honour, sales_close=terms.sales_close)
            holds_within_limits(
                shopper=shopper,
                address=address,
                cabin_ids=[leg.cabin_id for leg in legs],
                passengers=passengers,
                terms=terms,
                now=now,
            )
            view = _hold_write(legs=legs, passengers=passengers, shopper=shopper, address=address, terms=terms, now=now)
            IdempotentHold.objects.filter(pk=idempotency_key).update(hold_id=view.hold_id)
            return view

    for _ in offers:
        try:
            return attempt()
        except (SoldOut, FareClosed) as refusal:
            # The seats may be held by holds that have expired and that no sweeper has met yet: reclaim them, and ask once more.
            # A refusal names one cabin, so each leg may have its turn.
            cabin_id = refusal.data.get("cabin_id")
            if not isinstance(cabin_id, int) or not holds_expire(clock=clock, limit=100, cabin_ids=[cabin_id]):
                raise
    return attempt()


def hold_release(*, hold_id: str, clock: Clock) -> HoldView:
    """Give the seats of a hold back. Releasing one that has ended already changes nothing and shows it as it is.

    Raises `NotFound` for an unknown hold and `Conflict` with code `hold_converted` for one that was paid for.
    """
    with lock_timeout_is_unavailable(), transaction.atomic(durable=True):
        now = clock.now()
        if _hold_end(hold_id=hold_id, state=HoldState.RELEASED, now=now):
            _seats_give_back(hold_id=hold_id, kind=LedgerKind.RELEASED)
        view = hold_get(hold_id=hold_id, now=now)
    if view.state is HoldState.CONVERTED:
        raise Conflict("This hold was paid for; cancel the booking instead.", code="hold_converted")
    return view


def hold_extend(*, hold_id: str, terms: HoldTerms, clock: Clock) -> HoldView:
    """Give a hold its full time once more, once, when payment begins; never beyond its cap.

    Raises `NotFound`, and `Conflict` with code `hold_ended` for a hold that is no longer active.
    """
    with lock_timeout_is_unavailable(), transaction.atomic(durable=True):
        now = clock.now()
        hold = Hold.objects.select_for_update().filter(pk=hold_id, state=HoldState.ACTIVE, expires_at__gt=now).first()
        if hold is None:
            raise Conflict(f"This hold is {hold_get(hold_id=hold_id, now=now).state}; hold the seats again.", code="hold_ended")
        if hold.extended_at is None:
            hold.extended_at = now
            hold.expires_at = max(hold.expires_at, min(now + terms.duration, hold.cap_at))
            hold.save(update_fields=["extended_at", "expires_at"])
        return hold_view(hold=hold, segments=hold_segments(hold_id=hold_id), now=now)


def hold_convert(*, hold_id: str, reference: str, clock: Clock) -> HoldView:
    """Turn held seats into sold ones, named by `reference`; a hold past its time is not converted.

    Raises `NotFound`, and `Conflict` with code `hold_ended` for a hold that is no longer active.
    """
    with lock_timeout_is_unavailable(), transaction.atomic(durable=True):
        now = clock.now()
        ended = Hold.objects.filter(pk=hold_id, state=HoldState.ACTIVE, expires_at__gt=now).update(state=HoldState.CONVERTED, ended_at=now)
        view = hold_get(hold_id=hold_id, now=now)
        if not ended:
            raise Conflict(f"This hold is {view.state}; hold the seats again.", code="hold_ended")
        seats_change(
            guards=_guards(hold_segments(hold_id=hold_id)),
            kind=LedgerKind.SOLD,
            delta=SeatDelta(sold=view.passengers, held=-view.passengers),
            reference=reference,
        )
        return view


def holds_expire(*, clock: Clock, limit: int = 200, cabin_ids: Sequence[int] | None = None) -> int:
    """Expire up to `limit` holds past their time, oldest first, and give their seats back; answers how many.

    With `cabin_ids`, only holds on those cabins. Each in a transaction of its own, so that its cabins' locks are short and
    in order; holds that another sweeper or a payment has in hand are passed over.
    """
    now = clock.now()
    due = Hold.objects.filter(state=HoldState.ACTIVE, expires_at__lte=now).order_by("expires_at")
    if cabin_ids is not None:
        due = due.filter(segments__cabin_id__in=list(cabin_ids)).distinct()
    expired = 0
    for hold_id in list(due.values_list("pk", flat=True)[:limit]):
        with lock_timeout_is_unavailable(), transaction.atomic(durable=True):
            # Its time is asked for again: a payment that began in time may have extended it since the list was read.
            mine = Hold.objects.select_for_update(skip_locked=True).filter(pk=hold_id, state=HoldState.ACTIVE, expires_at__lte=now)
            taken = mine.exists()
            if taken and _hold_end(hold_id=hold_id, state=HoldState.EXPIRED, now=now):
                _seats_give_back(hold_id=hold_id, kind=LedgerKind.EXPIRED)
                expired += 1
    return expired


def idempotency_prune(*, clock: Clock, limit: int = 1000) -> int:
    """Forget keys older than a day, at most `limit` of them; answers how many."""
    old = IdempotentHold.objects.filter(created_at__lt=clock.now() - IDEMPOTENCY_RETENTION).order_by("created_at")
    return IdempotentHold.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]


def _offers_parse(offer_ids: Sequence[str], passengers: int) -> list[OfferId]:
    if not 1 <= passengers <= MOST_PASSENGERS:
        raise InvalidInput(f"Hold seats for 1 to {MOST_PASSENGERS} passengers.", code="invalid_passengers")
    if not 1 <= len(offer_ids) <= MOST_LEGS:
        raise InvalidInput(f"Name 1 to {MOST_LEGS} offers, one for each leg.", code="invalid_journey")
    offers = [OfferId.parse(text) for text in offer_ids]
    if len({offer.flight_id for offer in offers}) != len(offers):
        raise InvalidInput("Name one offer for each flight; two are of the same one.", code="invalid_journey")
    return offers


def _idempotency_claim(*, key: str, fingerprint: str, now: datetime) -> str | None:
    """Take the key, waiting for whoever has it in hand; answers the id of the hold it made before, if any."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO bookings_idempotenthold (key, fingerprint, created_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            [key, fingerprint, now],
        )
        if cursor.rowcount == 1:
            return None
    row = IdempotentHold.objects.get(pk=key)
    if row.fingerprint != fingerprint:
        raise InvalidInput(
            "This Idempotency-Key was used for another request; take a new key for a new request.", code="idempotency_mismatch"
        )
    return row.hold_id


def _hold_write(*, legs: Sequence[OfferTerms], passengers: int, shopper: str, address: str, terms: HoldTerms, now: datetime) -> HoldView:
    hold_id = f"h_{secrets.token_urlsafe(16)}"
    seats_change(
        guards=[CabinGuard(leg.cabin_id, leg.protect) for leg in legs],
        kind=LedgerKind.HELD,
        delta=SeatDelta(held=passengers),
        reference=hold_id,
        must_be_open=True,
    )
    price = money_sum(Money(leg.amount, leg.currency) * passengers for leg in legs)
    hold = Hold.objects.create(
        id=hold_id,
        passengers=passengers,
        amount=price.amount,
        currency=price.currency,
        created_at=now,
        expires_at=now + terms.duration,
        cap_at=now + terms.cap,
        shopper=shopper,
        address=address,
    )
    segments = HoldSegment.objects.bulk_create(
        HoldSegment(
            hold_id=hold_id,
            position=position,
            cabin_id=leg.cabin_id,
            flight_id=leg.offer.flight_id,
            offer_id=str(leg.offer),
            fare_class=leg.fare_class,
            amount=leg.amount,
        )
        for position, leg in enumerate(legs, start=1)
    )
    return hold_view(hold=hold, segments=segments, now=now)


def _hold_end(*, hold_id: str, state: HoldState, now: datetime) -> bool:
    return Hold.objects.filter(pk=hold_id, state=HoldState.ACTIVE).update(state=state, ended_at=now) == 1


def _seats_give_back(*, hold_id: str, kind: LedgerKind) -> None:
    passengers = Hold.objects.values_list("passengers", flat=True).get(pk=hold_id)
    seats_change(guards=_guards(hold_segments(hold_id=hold_id)), kind=kind, delta=SeatDelta(held=-passengers), reference=hold_id)


def _guards(segments: Sequence[HoldSegment]) -> list[CabinGuard]:
    return [CabinGuard(segment.cabin_id) for segment in segments]
