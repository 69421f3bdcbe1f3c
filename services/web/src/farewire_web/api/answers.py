"""What was found or held, in the shapes of the API's contract."""

from __future__ import annotations

from farewire.bookings.holds import HoldView
from farewire_web.search.flights import Search, ShownLeg
from farewire_web.search.journey import Journey
from farewire_web.search.leg import Place


def airport_answer(place: Place) -> dict[str, object]:
    """`contracts.api.Airport` as plain values."""
    return {"code": place.code, "name": place.name, "city": place.city, "country": place.country, "zone": place.zone}


def search_answer(search: Search) -> dict[str, object]:
    """`contracts.api.Flights` as plain values."""
    return {
        "origin": search.origin.code,
        "destination": search.destination.code,
        "date": search.local_date.isoformat(),
        "passengers": search.passengers,
        "journeys": [_journey(journey) for journey in search.journeys],
        "flights": {flight_id: _flight(shown) for flight_id, shown in search.legs.items()},
        "topics": [str(topic) for topic in search.topics],
    }


def hold_answer(view: HoldView) -> dict[str, object]:
    """`contracts.api.Hold` as plain values."""
    return {
        "hold_id": view.hold_id,
        "state": view.state.value,
        "expires_at": view.expires_at.isoformat(),
        "price": {"amount": view.price.amount, "currency": view.price.currency},
        "passengers": view.passengers,
        "flight_ids": view.flight_ids,
    }


def _journey(journey: Journey) -> dict[str, object]:
    return {
        "journey_id": journey.journey_id,
        "flight_ids": journey.flight_ids,
        "stops": journey.stops,
        "departs_at": journey.departs_local.isoformat(),
        "arrives_at": journey.arrives_local.isoformat(),
        "duration_minutes": journey.duration_minutes,
        "arrival_day_offset": journey.arrival_day_offset,
        "status": journey.status,
        "offers": [
            {
                "cabin": offer.cabin,
                "brand": offer.brand,
                "offer_ids": offer.offer_ids,
                "amount": offer.amount,
                "currency": offer.currency,
                "seats_left": offer.seats_left,
            }
            for offer in journey.offers
        ],
    }


def _flight(shown: ShownLeg) -> dict[str, object]:
    leg = shown.leg
    return {
        **shown.state.model_dump(mode="json"),
        "carrier": leg.carrier,
        "number": leg.number,
        "origin": leg.origin.code,
        "destination": leg.destination.code,
        "departs_at": leg.departs_local.isoformat(),
        "arrives_at": leg.arrives_local.isoformat(),
        "equipment": leg.equipment,
    }
