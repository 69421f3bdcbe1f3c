"""What an endpoint raises, as problems: domain errors, requests that do not validate, and a database that is away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.core.exceptions import RequestDataTooBig
from django.db import DatabaseError, InterfaceError
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from farewire.domain.errors import FarewireError, InvalidInput, NotAllowed
from farewire_web.problems import database_error, problem_of

_SENTENCES: Mapping[str, str] = {
    "origin": "`origin` is the three-letter code of an airport, such as JFK; find one at /api/v1/airports?q=.",
    "destination": "`destination` is the three-letter code of an airport, such as LAX; find one at /api/v1/airports?q=.",
    "date": "`date` is a day of departure written YYYY-MM-DD.",
    "passengers": "`passengers` is a whole number from 1 to 9.",
    "max_stops": "`max_stops` is 0 for direct flights only, or 1.",
    "q": "`q` is at most 100 characters of an airport's code, city or name.",
    "limit": "`limit` is a whole number from 1 to 500.",
    "offer_ids": "`offer_ids` is a list of one to eight offer ids, one for each leg, from a search or from the feed.",
    "Idempotency-Key": (
        "The Idempotency-Key header is 1 to 200 printable ASCII characters without spaces; take a new UUID for each new request."
    ),
}
_BODY = "The body is a JSON object with `offer_ids` and `passengers`."


def faults_explain(api: NinjaAPI) -> None:
    """Register the handlers by which `api` answers with problems."""

    def domain(_request: HttpRequest, error: FarewireError | type[FarewireError]) -> HttpResponse:
        assert isinstance(error, FarewireError)
        return problem_of(error)

    def validation(_request: HttpRequest, error: ValidationError | type[ValidationError]) -> HttpResponse:
        assert isinstance(error, ValidationError)
        return problem_of(_explained(error.errors))

    def http(_request: HttpRequest, error: HttpError | type[HttpError]) -> HttpResponse:
        cause = getattr(error, "__cause__", None)
        if isinstance(cause, FarewireError):
            return problem_of(cause)
        return problem_of(InvalidInput(f"The body is not valid JSON. {_BODY}", code="malformed_json"))

    def unauthenticated(_request: HttpRequest, _error: AuthenticationError | type[AuthenticationError]) -> HttpResponse:
        return problem_of(NotAllowed("Send the hold's token in the header `Authorization: Bearer <token>`.", code="token_required"))

    def too_big(_request: HttpRequest, _error: RequestDataTooBig | type[RequestDataTooBig]) -> HttpResponse:
        return problem_of(InvalidInput("The body is larger than any that this API takes.", code="too_large"))

    def cut_off(_request: HttpRequest, _error: UnreadablePostError | type[UnreadablePostError]) -> HttpResponse:
        return problem_of(InvalidInput("The body ended before its announced length.", code="malformed_json"))

    def database(_request: HttpRequest, error: Exception | type[Exception]) -> HttpResponse:
        assert isinstance(error, DatabaseError | InterfaceError)
        explained = database_error(error)
        if explained is None:
            raise error
        return problem_of(explained)

    api.add_exception_handler(FarewireError, domain)
    api.add_exception_handler(ValidationError, validation)
    api.add_exception_handler(HttpError, http)
    api.add_exception_handler(AuthenticationError, unauthenticated)
    api.add_exception_handler(RequestDataTooBig, too_big)
    api.add_exception_handler(UnreadablePostError, cut_off)
    api.add_exception_handler(DatabaseError, database)
    api.add_exception_handler(InterfaceError, database)


def _explained(faults: Sequence[Mapping[str, object]]) -> InvalidInput:
    """Turn pydantic's list into one error, led by the first field at fault."""
    errors = [_field_problem(fault) for fault in faults]
    first = errors[0]
    return InvalidInput(
        _SENTENCES.get(first["field"], _BODY if not first["field"] else f"`{first['field']}`: {first['message']}."),
        code=first["code"],
        data={"errors": errors},
    )


def _field_problem(fault: Mapping[str, object]) -> dict[str, str]:
    location = fault["loc"]
    assert isinstance(location, tuple)
    source, path = location[0], [str(part) for part in location[1:]]
    if source == "body" and path:
        path = path[1:]  # the endpoint's own name for the body
    field = next((part for part in path if not part.isdigit()), "")
    if fault["type"] == "missing":
        code = f"missing_{_snake(field)}"
    elif fault["type"] == "extra_forbidden":
        code = "unknown_field"
    else:
        code = f"invalid_{_snake(field)}"
    return {"field": field, "code": code, "message": str(fault["msg"])}


def _snake(field: str) -> str:
    return field.lower().replace("-", "_") or "body"
