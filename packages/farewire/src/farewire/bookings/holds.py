"""A hold as callers see it, and how it is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from farewire.bookings.models import Hold, HoldSegment
from farewire.domain.errors import NotFound
from farewire.domain.money import Money
from farewire.domain.states import HoldState


@dataclass(frozen=True, slots=True)
class HeldLeg:
    """One leg of a hold: `price` is for each passenger."""

    flight_id: str
    offer_id: str
    fare_class: str
    price: Money


@dataclass(frozen=True, slots=True)
class HoldView:
    """A hold at the moment at which it was read: `price` is for all passengers and legs."""

    hold_id: str
    state: HoldState
    created_at: datetime
    expires_at: datetime
    price: Money
    passengers: int
    legs: tuple[HeldLeg, ...]

    @property
    def flight_ids(self) -> list[str]:
        """The flights in the order in which they were asked for."""
        return [leg.flight_id for leg in self.legs]


def hold_view(*, hold: Hold, segments: Sequence[HoldSegment], now: datetime) -> HoldView:
    """What to show of a hold; one past its time is expired, also where no sweeper has come by yet."""
    state = HoldState(hold.state)
    if state is HoldState.ACTIVE and hold.expires_at <= now:
        state = HoldState.EXPIRED
    return HoldView(
        hold_id=hold.id,
        state=state,
        created_at=hold.created_at,
        expires_at=hold.expires_at,
        price=Money(hold.amount, hold.currency),
        passengers=hold.passengers,
        legs=tuple(HeldLeg(s.flight_id, s.offer_id, s.fare_class, Money(s.amount, hold.currency)) for s in segments),
    )


def hold_get(*, hold_id: str, now: datetime) -> HoldView:
    """Read a hold by its id; two queries. Raises `NotFound` with code `unknown_hold`."""
    hold = Hold.objects.filter(pk=hold_id).first()
    if hold is None:
        raise NotFound("There is no such hold; check its id and token.", code="unknown_hold")
    return hold_view(hold=hold, segments=hold_segments(hold_id=hold_id), now=now)


def hold_segments(*, hold_id: str) -> list[HoldSegment]:
    """The legs of a hold in the order in which they were asked for; one query."""
    return list(HoldSegment.objects.filter(hold_id=hold_id).order_by("position"))
