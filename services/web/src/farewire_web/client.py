"""Who asks, as far as limits need to know: keyed digests of a network address and of a browser's cookie.

The service listens behind its own reverse proxy only, which overwrites `X-Real-IP` with the address that it sees. Where
nothing stands in front, `FAREWIRE_TRUST_PROXY=false` makes the connection's own address count instead.
"""

from __future__ import annotations

import secrets
from ipaddress import IPv6Address, ip_address, ip_network

from django.conf import settings
from django.core.signing import BadSignature
from django.http import HttpRequest, HttpResponse

from farewire.bookings.tokens import caller_digest

SHOPPER_COOKIE = "farewire_shopper"
SHOPPER_COOKIE_AGE_SECONDS = 180 * 86_400
_SALT = "farewire.web.shopper"


def client_address(request: HttpRequest) -> str:
    """Return a keyed digest of the network address that asks; empty where it is not known.

    An IPv6 client commands its whole /64, so that counts as one address.
    """
    text = str(request.META.get("REMOTE_ADDR", ""))
    if settings.FAREWIRE.trust_proxy:
        text = request.headers.get("X-Real-IP") or request.headers.get("X-Forwarded-For", "").rpartition(",")[2] or text
    try:
        address = ip_address(text.strip())
    except ValueError:
        return ""
    if isinstance(address, IPv6Address):
        mapped = address.ipv4_mapped
        return caller_digest(kind="address", value=str(mapped or ip_network((address, 64), strict=False)))
    return caller_digest(kind="address", value=str(address))


def client_shopper(request: HttpRequest) -> str:
    """Return a keyed digest of the browser's signed cookie; empty where it has none of ours."""
    try:
        shopper = request.get_signed_cookie(SHOPPER_COOKIE, salt=_SALT)
    except (KeyError, BadSignature):
        return ""
    return caller_digest(kind="shopper", value=shopper or "")


def shopper_remember(request: HttpRequest, response: HttpResponse) -> None:
    """Give the browser a cookie by which its holds are counted, unless it has one; the cookie says nothing of the person."""
    if not client_shopper(request):
        response.set_signed_cookie(
            SHOPPER_COOKIE,
            secrets.token_urlsafe(16),
            salt=_SALT,
            max_age=SHOPPER_COOKIE_AGE_SECONDS,
            secure=settings.FAREWIRE.secure_cookies,
            httponly=True,
            samesite="Lax",
        )
