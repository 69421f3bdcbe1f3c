"""A flight as the feed shows it: the contract's `Flight` as plain JSON values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict

from farewire.domain.fares import CURRENCY
from farewire.domain.states import CabinCode, FlightStatus

SEATS_SHOWN_AT_MOST = 9


class OfferDocument(TypedDict):
    """The contract's `Offer`."""

    offer_id: str
    brand: str
    fare_class: str
    amount: int
    currency: str


class CabinDocument(TypedDict):
    """The contract's `Cabin`."""

    cabin: str
    seats_left: int
    offers: list[OfferDocument]


class FlightDocument(TypedDict):
    """The contract's `Flight`."""

    id: str
    version: int
    status: str
    cabins: list[CabinDocument]


def offer_documents(*, flight_id: str, cabin: CabinCode, version: int, fare_class: str, amounts: Mapping[str, int]) -> list[OfferDocument]:
    """Return a cabin's offers, one a brand, under the ids of the flight version at which they were made."""
    return [
        {
            "offer_id": f"{flight_id}.{cabin.value}.{version}.{brand}",
            "brand": brand,
            "fare_class": fare_class,
            "amount": amount,
            "currency": CURRENCY,
        }
        for brand, amount in amounts.items()
    ]


def cabin_document(*, cabin: CabinCode, seats_left: int, offers: list[OfferDocument]) -> CabinDocument:
    """Return a cabin with its real seats left, of which more than nine are shown as nine."""
    return {"cabin": cabin.value, "seats_left": min(max(seats_left, 0), SEATS_SHOWN_AT_MOST), "offers": offers}


def flight_document(*, flight_id: str, version: int, status: FlightStatus, cabins: list[CabinDocument]) -> FlightDocument:
    """Return the whole public state of a flight."""
    return {"id": flight_id, "version": version, "status": status.value, "cabins": cabins}
