"""The search itself: what one can fly on a day from one airport to another, and what it costs now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from farewire.contracts.feed import Flight
from farewire.contracts.topics import MarketTopic
from farewire.domain.clock import Clock
from farewire.domain.errors import InvalidInput, NotFound
from farewire.pricing.models import FlightState
from farewire_web.search.airports import market_places
from farewire_web.search.connections import connections, is_on_the_way
from farewire_web.search.journey import Journey
from farewire_web.search.leg import Leg, Place
from farewire_web.search.offers import journey_offers, journey_status
from farewire_web.search.schedule import legs_arriving, legs_departing

MOST_PASSENGERS = 9
MOST_STOPS = 1


@dataclass(frozen=True, slots=True)
class ShownLeg:
    """A leg with its public state, as the feed tells it."""

    leg: Leg
    state: Flight


@dataclass(frozen=True, slots=True)
class Search:
    """What was asked and what was found; `topics` are those on which every change of what is shown is told."""

    origin: Place
    destination: Place
    local_date: date
    passengers: int
    journeys: tuple[Journey, ...]
    legs: dict[str, ShownLeg]
    topics: tuple[MarketTopic, ...]


def flights_search(*, origin: str, destination: str, local_date: date, passengers: int, max_stops: int, clock: Clock) -> Search:
    """Find direct flights and one-stop connections that depart on `local_date`, by departure; at most four queries.

    The first leg departs on that date where it departs; a second leg may depart a day later. Flights that have departed
    or have no price yet are left out. Raises `NotFound` (`unknown_airport`, `same_airport`, `date_in_past`) and
    `InvalidInput` (`invalid_passengers`, `invalid_max_stops`).
    """
    if not 1 <= passengers <= MOST_PASSENGERS:
        raise InvalidInput(f"Search for 1 to {MOST_PASSENGERS} passengers.", code="invalid_passengers", data={"passengers": passengers})
    if not 0 <= max_stops <= MOST_STOPS:
        raise InvalidInput(f"Journeys have 0 to {MOST_STOPS} stops.", code="invalid_max_stops", data={"max_stops": max_stops})
    start, end = market_places(origin=origin, destination=destination)
    now = clock.now()
    today = start.local(now).date()
    if local_date < today:
        raise NotFound(
            f"In {start.city} it is {today.isoformat()} already; choose that day or a later one.",
            code="date_in_past",
            data={"date": local_date.isoformat(), "today": today.isoformat()},
        )
    departures = [leg for leg in legs_departing(start, end, local_date, direct_only=max_stops == 0) if leg.departs_at > now]
    found: list[tuple[Leg, ...]] = [(leg,) for leg in departures if leg.destination.code == end.code]
    vias = {place.code for place in {leg.destination for leg in departures} if is_on_the_way(start, place, end)}
    first_legs = [leg for leg in departures if leg.destination.code in vias]
    if first_legs:
        found.extend(connections(first_legs, legs_arriving(first_legs, end)))
    legs = _with_states({leg.id: leg for journey in found for leg in journey})
    journeys = _priced(found, legs, passengers)
    topics = {MarketTopic(start.code, end.code, local_date)}
    topics.update(MarketTopic(leg.origin.code, leg.destination.code, leg.local_date) for journey in journeys for leg in journey.legs)
    shown = {flight_id for journey in journeys for flight_id in journey.flight_ids}
    return Search(
        origin=start,
        destination=end,
        local_date=local_date,
        passengers=passengers,
        journeys=tuple(journeys),
        legs={flight_id: legs[flight_id] for flight_id in sorted(shown)},
        topics=tuple(sorted(topics)),
    )


def _priced(found: Iterable[tuple[Leg, ...]], legs: dict[str, ShownLeg], passengers: int) -> list[Journey]:
    journeys: list[Journey] = []
    for journey_legs in found:
        if all(leg.flight_id in legs for leg in journey_legs):
            states = [legs[leg.flight_id].state for leg in journey_legs]
            offers = journey_offers(states, passengers=passengers)
            journeys.append(Journey(journey_legs, journey_status(states, offers), tuple(offers)))
    return sorted(journeys, key=lambda journey: (journey.legs[0].departs_at, journey.legs[-1].arrives_at, journey.journey_id))


def _with_states(legs: dict[int, Leg]) -> dict[str, ShownLeg]:
    """Read the public state of each leg that has one, by flight id; one query."""
    if not legs:
        return {}
    states = FlightState.objects.filter(leg_id__in=sorted(legs)).values_list("leg_id", "document")
    return {legs[leg_id].flight_id: ShownLeg(legs[leg_id], Flight.model_validate(document)) for leg_id, document in states}
