"""`/`: the search form and the fares of a day soon."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farewire.contracts.feed import PATH
from farewire.domain.clock import SystemClock
from farewire_web.client import shopper_remember
from farewire_web.pages.departures import Departure, departures_of
from farewire_web.pages.refusal_page import refusable
from farewire_web.pages.search_form import search_form

_DAYS_AHEAD = (7, 1)
"""The day whose fares are shown: in a week, or tomorrow where the schedule does not reach so far."""


@require_safe
@refusable
def search_page(request: HttpRequest) -> HttpResponse:
    """The first page."""
    return search_refused(request, errors={}, status=HTTPStatus.OK)


def search_refused(request: HttpRequest, *, errors: dict[str, str], status: HTTPStatus) -> HttpResponse:
    """The first page with what was typed, and what is wrong with it."""
    now = SystemClock().now()
    day = now.date()
    departures: list[Departure] = []
    for ahead in _DAYS_AHEAD:
        day = (now + timedelta(days=ahead)).date()
        if departures := departures_of(local_date=day):
            break
    response = render(
        request,
        "farewire/search.html",
        {
            "form": search_form(values={"date": day.isoformat(), **request.GET.dict()}, errors=errors, now=now),
            "departures": departures,
            "departures_day": f"{day:%A} {day.day} {day:%B}",
            "start_state": {"feed": f"/{PATH}", "topics": [departure.topic for departure in departures]},
        },
        status=status,
    )
    response["Cache-Control"] = "private, no-cache"
    shopper_remember(request, response)
    return response
