"""The token that proves whose hold it is: derived, so that nothing stored can be stolen and a replay gives it again."""

from __future__ import annotations

import base64

from django.utils.crypto import constant_time_compare, salted_hmac

_PURPOSE = "farewire.bookings.hold"


def hold_token(hold_id: str) -> str:
    """The bearer token of a hold: 43 URL-safe characters of HMAC-SHA-256 under the site's secret key."""
    digest = salted_hmac(_PURPOSE, hold_id, algorithm="sha256").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def hold_token_is_valid(*, hold_id: str, token: str) -> bool:
    """Whether `token` is this hold's, compared in constant time."""
    return constant_time_compare(hold_token(hold_id), token)


def caller_digest(*, kind: str, value: str) -> str:
    """A keyed digest of a session or an address, so that rows count callers without naming them; empty stays empty."""
    if not value:
        return ""
    return salted_hmac(f"farewire.bookings.caller.{kind}", value, algorithm="sha256").hexdigest()
