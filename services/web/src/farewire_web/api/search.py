"""`GET /airports` and `GET /flights`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import Query, Router

from farewire.contracts.api import Airports, Flights, Problem
from farewire.domain.clock import SystemClock
from farewire_web.api.answer import json_answer
from farewire_web.api.answers import airport_answer, search_answer
from farewire_web.api.parameters import AirportsQuery, FlightsQuery
from farewire_web.search.airports import airports_find
from farewire_web.search.flights import flights_search

router = Router(tags=["search"])


@router.get(
    "/airports",
    response={200: Airports, frozenset({422, 503}): Problem},
    operation_id="airports_find",
    summary="Find airports by code, city or name",
)
def airports(request: HttpRequest, query: Query[AirportsQuery]) -> HttpResponse:  # noqa: ARG001  # the framework names it
    """Best matches first; case and accents are ignored. An empty `q` lists airports by code."""
    found = airports_find(text=query.q, limit=query.limit)
    return json_answer({"airports": [airport_answer(place) for place in found]})


@router.get(
    "/flights",
    response={200: Flights, frozenset({404, 422, 503}): Problem},
    operation_id="flights_search",
    summary="Search journeys with what they cost now",
)
def flights(request: HttpRequest, query: Query[FlightsQuery]) -> HttpResponse:  # noqa: ARG001  # the framework names it
    """Direct flights and one-stop connections of a day, sorted by departure.

    `flights` holds the state of every flight that a journey uses, in the feed's own shape, so that a client can follow the
    `topics` and add up live legs. 404 has the codes `unknown_airport`, `same_airport` and `date_in_past`.
    """
    search = flights_search(
        origin=query.origin.upper(),
        destination=query.destination.upper(),
        local_date=query.date,
        passengers=query.passengers,
        max_stops=query.max_stops,
        clock=SystemClock(),
    )
    return json_answer(search_answer(search))
