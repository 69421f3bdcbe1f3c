"""The one tree of errors: a code for programs, a sentence for people, data for both."""

from __future__ import annotations

from collections.abc import Mapping


class FarewireError(Exception):
    """Any refusal that Farewire explains.

    `code` is stable and snake_case; `message` is one sentence that says what to do; `data` holds plain JSON values.
    """

    code = "error"

    def __init__(self, message: str, *, code: str | None = None, data: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.data: dict[str, object] = dict(data or {})


class InvalidInput(FarewireError):
    """The request cannot be understood or asks for what cannot be."""

    code = "invalid_input"


class NotFound(FarewireError):
    """What was named does not exist, or not for whoever asks."""

    code = "not_found"


class NotAllowed(FarewireError):
    """Whoever asks has not shown that they may."""

    code = "not_allowed"


class Conflict(FarewireError):
    """The state of the world refuses; asking again for something else may succeed."""

    code = "conflict"


class SoldOut(Conflict):
    """Fewer seats are left than were asked for."""

    code = "sold_out"


class FareClosed(Conflict):
    """Seats are left, but none is sold at this fare any more."""

    code = "fare_closed"


class OfferExpired(Conflict):
    """The offer was superseded longer ago than offers are honoured."""

    code = "offer_expired"


class TooMany(FarewireError):
    """A limit was reached; `retry_after` says in how many seconds to come back."""

    code = "too_many_holds"

    def __init__(self, message: str, *, retry_after: int, code: str | None = None, data: Mapping[str, object] | None = None) -> None:
        super().__init__(message, code=code, data={**(data or {}), "retry_after": retry_after})
        self.retry_after = retry_after


class Unavailable(FarewireError):
    """Something that Farewire depends on did not answer in time; nothing was changed."""

    code = "unavailable"
