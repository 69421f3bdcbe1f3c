"""Booking classes, and the ladder of fares that a market's distance gives them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import exp, log

from farewire.domain.states import CabinCode

CURRENCY = "USD"
WHOLE = 100
"""Minor units in the step to which prices are rounded: whole dollars."""


@dataclass(frozen=True, slots=True)
class BookingClass:
    """One class of a cabin: what it costs against the market's mean fare, and who buys it.

    `share` is its part of the cabin's demand; `advance_days` how long before departure it closes; `lead_days` the
    mean time, before that, at which its travellers book.
    """

    code: str
    multiplier: float
    share: float
    advance_days: float
    lead_days: float


# From the dearest to the cheapest. Travellers on business book late and dear, others early and cheap; the shares of a
# cabin add up to 1 and weigh the multipliers so that economy's mean is about the market's mean fare.
BOOKING_CLASSES: dict[CabinCode, tuple[BookingClass, ...]] = {
    CabinCode.ECONOMY: (
        BookingClass("Y", 2.40, 0.03, 0, 4),
        BookingClass("B", 1.95, 0.05, 0, 6),
        BookingClass("M", 1.60, 0.07, 0, 9),
        BookingClass("H", 1.32, 0.10, 1, 13),
        BookingClass("Q", 1.10, 0.13, 3, 18),
        BookingClass("K", 0.92, 0.17, 7, 24),
        BookingClass("L", 0.76, 0.20, 14, 30),
        BookingClass("V", 0.62, 0.25, 21, 40),
    ),
    CabinCode.PREMIUM: (
        BookingClass("W", 2.90, 0.25, 0, 8),
        BookingClass("P", 2.30, 0.35, 3, 18),
        BookingClass("A", 1.85, 0.40, 14, 30),
    ),
    CabinCode.BUSINESS: (
        BookingClass("J", 4.80, 0.30, 0, 7),
        BookingClass("C", 3.90, 0.35, 3, 15),
        BookingClass("D", 3.10, 0.35, 14, 28),
    ),
}


@lru_cache(maxsize=8192)
def mean_fare(miles: int) -> int:
    """Return a market's mean one-way fare in minor units, by distance in statute miles.

    log(fare) = 2.685 + 0.3686 ln(miles), in dollars of 2000.
    """
    return round(100 * exp(2.685 + 0.3686 * log(miles)))


@lru_cache(maxsize=16384)
def fare_ladder(cabin: CabinCode, miles: int) -> tuple[int, ...]:
    """Return the fares of a cabin's classes in minor units, dearest first, whole dollars and strictly falling."""
    mean = mean_fare(miles)
    fares: list[int] = []
    for booking_class in BOOKING_CLASSES[cabin]:
        fare = max(WHOLE, round(mean * booking_class.multiplier / WHOLE) * WHOLE)
        fares.append(min(fare, fares[-1] - WHOLE) if fares else fare)
    return tuple(fares)
