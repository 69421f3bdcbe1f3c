"""What a journey costs: brand by brand, the sum over its legs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from farewire.contracts.feed import Cabin, Flight
from farewire.domain.states import BrandCode, CabinCode

# Plain text, since these are compared for every offer of every journey, and an enum's value is slow to read.
_CABINS = tuple(cabin.value for cabin in CabinCode)
_BRANDS = tuple(brand.value for brand in BrandCode)

JourneyStatus = Literal["open", "sold_out", "closed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JourneyOffer:
    """One brand in one cabin over all legs; `amount` is per passenger in minor units."""

    cabin: str
    brand: str
    offer_ids: tuple[str, ...]
    amount: int
    currency: str
    seats_left: int


def journey_offers(flights: Sequence[Flight], *, passengers: int) -> list[JourneyOffer]:
    """Return the offers that `passengers` can hold on every leg, by cabin and then by brand.

    All legs are in one cabin. A brand that some leg does not sell, or that has too few seats on some leg, is not
    offered; nor is anything where a leg is closed or cancelled.
    """
    if any(flight.status != "open" for flight in flights):
        return []
    offers: list[JourneyOffer] = []
    for cabin_code in _CABINS:
        cabins = [_cabin(flight, cabin_code) for flight in flights]
        present = [cabin for cabin in cabins if cabin is not None]
        seats_left = min((cabin.seats_left for cabin in present), default=0)
        if len(present) == len(flights) and seats_left >= passengers:
            offers.extend(_cabin_offers(cabin_code, present, seats_left))
    return offers


def journey_status(flights: Sequence[Flight], offers: Sequence[JourneyOffer]) -> JourneyStatus:
    """Return the worst of the legs' states; `sold_out` where all are open and nothing is left for so many."""
    states = {flight.status for flight in flights}
    if "cancelled" in states:
        return "cancelled"
    if "closed" in states:
        return "closed"
    return "open" if offers else "sold_out"


def _cabin(flight: Flight, code: str) -> Cabin | None:
    return next((cabin for cabin in flight.cabins if cabin.cabin == code), None)


def _cabin_offers(code: str, cabins: Sequence[Cabin], seats_left: int) -> list[JourneyOffer]:
    by_leg = [{offer.brand: offer for offer in cabin.offers} for cabin in cabins]
    found: list[JourneyOffer] = []
    for brand in _BRANDS:
        chosen = [offers[brand] for offers in by_leg if brand in offers]
        if len(chosen) == len(by_leg) and len({offer.currency for offer in chosen}) == 1:
            found.append(
                JourneyOffer(
                    cabin=code,
                    brand=brand,
                    offer_ids=tuple(offer.offer_id for offer in chosen),
                    amount=sum(offer.amount for offer in chosen),
                    currency=chosen[0].currency,
                    seats_left=seats_left,
                )
            )
    return found
