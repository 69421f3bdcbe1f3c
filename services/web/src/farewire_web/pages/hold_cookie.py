"""Which holds a browser may see: each hold's token in a cookie of that hold's own pages."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from farewire.bookings.tokens import hold_token, hold_token_is_valid
from farewire.domain.errors import NotFound

_NAME = "farewire_hold"
_AGE = timedelta(days=2)


def hold_cookie_set(response: HttpResponse, hold_id: str) -> None:
    """Let this browser see the hold. The token is a keyed digest of the id, out of reach of scripts and other pages."""
    response.set_cookie(
        _NAME,
        hold_token(hold_id),
        max_age=_AGE,
        path=reverse("pages:hold", args=[hold_id]),
        secure=settings.FAREWIRE.secure_cookies,
        httponly=True,
        samesite="Lax",
    )


def hold_cookie_check(request: HttpRequest, hold_id: str) -> None:
    """Raise `NotFound` unless this browser was given the hold, so that ids cannot be told from guesses."""
    if not hold_token_is_valid(hold_id=hold_id, token=request.COOKIES.get(_NAME, "")):
        raise NotFound("This browser knows of no such hold. A hold can be seen where it was made, until it has ended.", code="unknown_hold")
