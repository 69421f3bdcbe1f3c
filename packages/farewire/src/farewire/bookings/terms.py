"""The terms of a hold: how long, how many, and for how long an offer is honoured."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from farewire.platform.settings import BookingSettings


@dataclass(frozen=True, slots=True)
class HoldTerms:
    """What holds are subject to; limits count active holds and the seats in them."""

    duration: timedelta = timedelta(minutes=15)
    cap: timedelta = timedelta(minutes=30)
    honour: timedelta = timedelta(seconds=120)
    sales_close: timedelta = timedelta(minutes=45)
    holds_per_shopper: int = 6
    holds_per_address: int = 3000
    seats_per_cabin_and_shopper: int = 9
    seats_per_cabin_and_address: int = 400

    @classmethod
    def of(cls, settings: BookingSettings) -> HoldTerms:
        """The terms that the settings name."""
        return cls(
            duration=timedelta(seconds=min(settings.hold_seconds, settings.hold_cap_seconds)),
            cap=timedelta(seconds=settings.hold_cap_seconds),
            honour=timedelta(seconds=settings.offer_honour_seconds),
            sales_close=timedelta(minutes=settings.sales_close_minutes),
            holds_per_shopper=settings.holds_per_shopper,
            holds_per_address=settings.holds_per_address,
            seats_per_cabin_and_shopper=settings.hold_seats_per_cabin_and_shopper,
            seats_per_cabin_and_address=settings.hold_seats_per_cabin_and_address,
        )
