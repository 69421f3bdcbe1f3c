"""`POST`, `GET` and `DELETE` of holds."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from ninja import Header, Router
from ninja.security import HttpBearer

from farewire.bookings.holds import hold_get
from farewire.bookings.services import hold_create, hold_release
from farewire.bookings.terms import HoldTerms
from farewire.bookings.tokens import hold_token, hold_token_is_valid
from farewire.contracts.api import Hold, HoldCreated, HoldRequest, Problem
from farewire.domain.clock import SystemClock
from farewire.domain.errors import FarewireError, NotFound
from farewire_web.api.answer import json_answer
from farewire_web.api.answers import hold_answer
from farewire_web.client import client_address, client_shopper
from farewire_web.metrics import HOLDS

router = Router(tags=["holds"])

IdempotencyKey = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern="^[!-~]+$",
        min_length=1,
        max_length=200,
        description="A new UUID for each new request; the same key and body give the same hold again. Whoever knows it can have the token.",
    ),
]


class HoldBearer(HttpBearer):
    """The hold's token, as `POST` gave it."""

    def authenticate(self, request: HttpRequest, token: str) -> str | None:
        """Accept a token that is this hold's; `NotFound` for any other, so that ids cannot be told from guesses."""
        if not token:
            return None
        hold_id = request.resolver_match.kwargs["hold_id"] if request.resolver_match else ""
        if not hold_token_is_valid(hold_id=hold_id, token=token):
            raise NotFound("There is no such hold; check its id and token.", code="unknown_hold")
        return token


@router.post(
    "/holds",
    response={201: HoldCreated, frozenset({400, 404, 409, 413, 415, 422, 429, 503}): Problem},
    operation_id="hold_create",
    summary="Hold seats at a price",
)
def create(request: HttpRequest, idempotency_key: IdempotencyKey, body: HoldRequest) -> HttpResponse:
    """Seats on every leg, or on none.

    409 has the codes `sold_out`, `fare_closed` and `offer_expired`, and `invalid_journey` for two offers of one flight; 429 has
    `too_many_holds` and `too_many_seats`; 422 with `idempotency_mismatch` says that the key was used for another request.
    """
    try:
        view = hold_create(
            offer_ids=body.offer_ids,
            passengers=body.passengers,
            idempotency_key=idempotency_key,
            shopper=client_shopper(request),
            address=client_address(request),
            terms=HoldTerms.of(settings.FAREWIRE),
            clock=SystemClock(),
        )
    except FarewireError as error:
        HOLDS.labels(outcome=error.code).inc()
        raise
    HOLDS.labels(outcome="held").inc()
    return json_answer(
        {**hold_answer(view), "token": hold_token(view.hold_id)},
        status=HTTPStatus.CREATED,
        headers={"Location": reverse("api:hold", kwargs={"hold_id": view.hold_id})},
    )


@router.get(
    "/holds/{hold_id}",
    response={200: Hold, frozenset({401, 404, 422, 503}): Problem},
    auth=HoldBearer(),
    operation_id="hold_get",
    summary="Read a hold",
    url_name="hold",
)
def read(request: HttpRequest, hold_id: str) -> HttpResponse:  # noqa: ARG001  # the framework names it
    """Its state now: `active` until it is paid for, released or past `expires_at`."""
    return json_answer(hold_answer(hold_get(hold_id=hold_id, now=SystemClock().now())))


@router.delete(
    "/holds/{hold_id}",
    response={200: Hold, frozenset({401, 404, 409, 422, 503}): Problem},
    auth=HoldBearer(),
    operation_id="hold_release",
    summary="Release a hold",
)
def release(request: HttpRequest, hold_id: str) -> HttpResponse:  # noqa: ARG001  # the framework names it
    """Give the seats back at once; releasing a hold that has ended changes nothing. 409 `hold_converted`: it was paid for."""
    view = hold_release(hold_id=hold_id, clock=SystemClock())
    HOLDS.labels(outcome="released").inc()
    return json_answer(hold_answer(view))
