"""Errors as `application/problem+json` (RFC 9457): the one mapping from domain errors to HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson
import structlog
from django.db import DatabaseError, InterfaceError, OperationalError
from django.http import HttpResponse

from farewire.domain.errors import Conflict, FarewireError, InvalidInput, NotAllowed, NotFound, TooMany, Unavailable
from farewire_web.refusal_code import refusal_code_set

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER_SECONDS = 2

_STATUSES: dict[type[FarewireError], HTTPStatus] = {
    InvalidInput: HTTPStatus.UNPROCESSABLE_ENTITY,
    NotFound: HTTPStatus.NOT_FOUND,
    NotAllowed: HTTPStatus.UNAUTHORIZED,
    Conflict: HTTPStatus.CONFLICT,
    TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
_STATUSES_OF_CODES: dict[str, HTTPStatus] = {
    # Requests of the right form, whose parts name nothing or contradict each other.
    "unknown_offer": HTTPStatus.NOT_FOUND,
    "invalid_journey": HTTPStatus.CONFLICT,
    # Requests that cannot be read.
    "malformed_json": HTTPStatus.BAD_REQUEST,
    "unsupported_media_type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "too_large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
_PRIVATE = frozenset({"cabin_id"})  # row ids are nobody's business outside

log = structlog.get_logger(__name__)


def status_of(error: FarewireError) -> HTTPStatus:
    """Return the HTTP status by which `error` is answered: that of its code, otherwise of its class."""
    if error.code in _STATUSES_OF_CODES:
        return _STATUSES_OF_CODES[error.code]
    for kind in type(error).__mro__:
        if kind in _STATUSES:
            return _STATUSES[kind]
    return HTTPStatus.INTERNAL_SERVER_ERROR


def problem(*, status: int, code: str, detail: str, data: Mapping[str, object] | None = None) -> HttpResponse:
    """Build a problem; `data` adds members beside the standard ones."""
    body = {
        **(data or {}),
        "type": f"urn:farewire:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": detail,
    }
    response = HttpResponse(orjson.dumps(body), status=status, content_type=MEDIA_TYPE, headers={"Cache-Control": "no-store"})
    refusal_code_set(response, code)
    return response


def problem_of(error: FarewireError) -> HttpResponse:
    """Answer a domain error, with `Retry-After` and `WWW-Authenticate` where the status wants them."""
    status = status_of(error)
    response = problem(
        status=status,
        code=error.code,
        detail=error.message,
        data={name: value for name, value in error.data.items() if name not in _PRIVATE},
    )
    if isinstance(error, TooMany):
        response["Retry-After"] = str(error.retry_after)
    elif status == HTTPStatus.SERVICE_UNAVAILABLE:
        response["Retry-After"] = str(RETRY_AFTER_SECONDS)
    elif status == HTTPStatus.UNAUTHORIZED:
        response["WWW-Authenticate"] = 'Bearer realm="farewire"'
    return response


def database_error(error: DatabaseError | InterfaceError) -> FarewireError | None:
    """Explain a database that cannot be reached or did not answer in time, and log it; None for any other fault, which is a bug."""
    if isinstance(error, OperationalError | InterfaceError):
        log.warning("database unavailable", error=type(error.__cause__ or error).__name__)
        return Unavailable("The database did not answer in time; nothing was changed. Try again in a moment.", code="unavailable")
    return None
