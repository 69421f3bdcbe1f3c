"""`/flights`: the board of fares."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from farewire.domain.clock import SystemClock
from farewire.domain.errors import FarewireError
from farewire_web.client import shopper_remember
from farewire_web.pages.board import board_build
from farewire_web.pages.board_filter import BoardFilter
from farewire_web.pages.problem_notice import ProblemNotice
from farewire_web.pages.refusal_page import refusable
from farewire_web.pages.search_form import search_form
from farewire_web.pages.search_page import search_refused
from farewire_web.pages.search_request import SearchRequest, search_request_read
from farewire_web.pages.search_strip import search_strip
from farewire_web.problems import status_of
from farewire_web.refusal_code import refusal_code_set
from farewire_web.search.flights import flights_search

_FIELDS_OF_CODES = {"same_airport": "destination", "date_in_past": "date", "invalid_passengers": "passengers"}


@require_safe
@refusable
def flights_page(request: HttpRequest) -> HttpResponse:
    """The board of a search; a search that names cities leads to the address that names their airports."""
    query = request.GET.dict()
    reading = search_request_read(query)
    if reading.request is None:
        return search_refused(request, errors=reading.errors, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    wanted, chosen = reading.request, BoardFilter.parse(query)
    if (wanted.origin, wanted.destination) != (query["origin"], query["destination"]):
        return redirect(f"{reverse('pages:flights')}?{urlencode([*wanted.items(), *chosen.items()])}")
    try:
        return board_response(request, wanted=wanted, chosen=chosen)
    except FarewireError as error:
        field = _FIELDS_OF_CODES.get(error.code, "")
        if error.code == "unknown_airport":
            field = "origin" if error.data.get("airport") == wanted.origin else "destination"
        if not field:
            raise
        message = "We do not fly there. Try a city or another code." if error.code == "unknown_airport" else error.message
        response = search_refused(request, errors={field: message}, status=status_of(error))
        refusal_code_set(response, error.code)
        return response


def board_response(
    request: HttpRequest,
    *,
    wanted: SearchRequest,
    chosen: BoardFilter,
    problem: ProblemNotice | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    """The board of `wanted` as it is now, under a `problem` if there is one."""
    clock = SystemClock()
    found = flights_search(
        origin=wanted.origin,
        destination=wanted.destination,
        local_date=wanted.local_date,
        passengers=wanted.passengers,
        max_stops=wanted.max_stops,
        clock=clock,
    )
    now = clock.now()
    board = board_build(found=found, chosen=chosen)
    response = render(
        request,
        "farewire/flights.html",
        {
            "board": board,
            "search": search_strip(wanted=wanted, found=found, chosen=chosen, now=now),
            "form": search_form(values=dict(wanted.items()), errors={}, now=now),
            "idempotency_key": secrets.token_urlsafe(16),
            "problem": problem,
        },
        status=status,
    )
    response["Cache-Control"] = "private, no-cache"
    shopper_remember(request, response)
    return response
