"""`/holds`: hold what was clicked, look at it, give it back."""

from __future__ import annotations

import hashlib
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from farewire.bookings.holds import HoldView, hold_get
from farewire.bookings.services import MOST_PASSENGERS
from farewire.bookings.services import hold_create as create
from farewire.bookings.services import hold_release as release
from farewire.bookings.terms import HoldTerms
from farewire.domain.clock import SystemClock
from farewire.domain.errors import FarewireError, InvalidInput, TooMany
from farewire.domain.states import HoldState
from farewire_web.client import client_address, client_shopper
from farewire_web.metrics import HOLDS
from farewire_web.pages.board_filter import BoardFilter
from farewire_web.pages.flights_page import board_response
from farewire_web.pages.hold_cookie import hold_cookie_check, hold_cookie_set
from farewire_web.pages.hold_ticket import ticket_of
from farewire_web.pages.problem_notice import problem_notice
from farewire_web.pages.refusal_page import refusable, refusal_page
from farewire_web.pages.search_request import search_request_read
from farewire_web.problems import problem_of, status_of
from farewire_web.refusal_code import refusal_code_set


@require_http_methods(["GET", "HEAD", "POST"])
@refusable
def hold_create(request: HttpRequest) -> HttpResponse:
    """Hold the offers of the fare that was clicked and lead to the hold; a refusal is told above a fresh board.

    That board stands at this address, so somebody may come back to it: they are led to the search.
    """
    if request.method != "POST":
        return redirect("pages:search")
    try:
        view = _held(request)
    except FarewireError as error:
        HOLDS.labels(outcome=error.code).inc()
        return _refused(request, error)
    HOLDS.labels(outcome="held").inc()
    response = redirect("pages:hold", view.hold_id)
    hold_cookie_set(response, view.hold_id)
    return response


@require_safe
@refusable
def hold_page(request: HttpRequest, hold_id: str) -> HttpResponse:
    """The hold, with its countdown while it lasts."""
    now = SystemClock().now()
    hold_cookie_check(request, hold_id)
    view = hold_get(hold_id=hold_id, now=now)
    response = render(request, "farewire/hold.html", {"hold": ticket_of(view=view, now=now)})
    response["Cache-Control"] = "no-store"
    return response


@require_safe
@refusable
def hold_state(request: HttpRequest, hold_id: str) -> HttpResponse:
    """What a countdown asks: the hold's state and end, and what time it is."""
    now = SystemClock().now()
    try:
        hold_cookie_check(request, hold_id)
        view = hold_get(hold_id=hold_id, now=now)
    except FarewireError as error:
        return problem_of(error)
    state = {"state": view.state, "now_ms": int(now.timestamp() * 1000), "expires_ms": int(view.expires_at.timestamp() * 1000)}
    return JsonResponse(state, headers={"Cache-Control": "no-store"})


@require_POST
@refusable
def hold_release(request: HttpRequest, hold_id: str) -> HttpResponse:
    """Give the seats back and show that they were."""
    hold_cookie_check(request, hold_id)
    release(hold_id=hold_id, clock=SystemClock())
    HOLDS.labels(outcome="released").inc()
    return redirect("pages:hold", hold_id)


def _held(request: HttpRequest) -> HoldView:
    """Hold what the form names. A form sent twice holds once; one sent again after its hold ended holds anew, and that once too."""
    choice = request.POST.get("offer_ids", "")
    digest = hashlib.sha256(choice.encode()).hexdigest()[:32]
    form = request.POST.get("idempotency_key", "")[:64]
    if not form:
        raise InvalidInput("The form came without its key; search again and choose a fare there.", code="invalid_form")
    view = _hold_under(request, choice, f"page-{form}-{digest}")
    while view.state is not HoldState.ACTIVE:
        view = _hold_under(request, choice, f"page-{view.hold_id}-{digest}")
    return view


def _hold_under(request: HttpRequest, choice: str, key: str) -> HoldView:
    return create(
        offer_ids=[part for part in choice.split(",") if part],
        passengers=next((count for count in range(1, MOST_PASSENGERS + 1) if str(count) == request.POST.get("passengers")), 0),
        idempotency_key=key,
        shopper=client_shopper(request),
        address=client_address(request),
        terms=HoldTerms.of(settings.FAREWIRE),
        clock=SystemClock(),
    )


def _refused(request: HttpRequest, error: FarewireError) -> HttpResponse:
    """Show the board that the form came from as it is now; a form that names none gets the refusal alone."""
    query = QueryDict(request.POST.get("search", "")).dict()
    wanted = search_request_read(query).request
    status = HTTPStatus(status_of(error))
    if wanted is None:
        return refusal_page(request, error)
    try:
        response = board_response(
            request,
            wanted=wanted,
            chosen=BoardFilter.parse(query),
            problem=problem_notice(error, on_board=True),
            status=status,
        )
    except FarewireError:
        return refusal_page(request, error)
    refusal_code_set(response, error.code)
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    return response
