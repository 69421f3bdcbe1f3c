"""`/`: the search form and the fares of tomorrow."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from farewire.domain.clock import SystemClock
from farewire_web.client import shopper_remember
from farewire_web.pages.refusal_page import refusable
from farewire_web.pages.search_form import search_form


@require_safe
@refusable
def search_page(request: HttpRequest) -> HttpResponse:
    """The first page."""
    return search_refused(request, errors={}, status=HTTPStatus.OK)


def search_refused(request: HttpRequest, *, errors: dict[str, str], status: HTTPStatus) -> HttpResponse:
    """The first page with what was typed, and what is wrong with it."""
    form = search_form(values=request.GET.dict(), errors=errors, now=SystemClock().now())
    response = render(request, "farewire/search.html", {"form": form}, status=status)
    shopper_remember(request, response)
    return response
