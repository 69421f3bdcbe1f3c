"""Middleware: whatever goes wrong under `/api/` is answered as a problem, also where no endpoint was reached."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from farewire_web.problems import MEDIA_TYPE, problem

PREFIX = "/api/"
_SENTENCES = {
    HTTPStatus.BAD_REQUEST: "The request is malformed.",
    HTTPStatus.FORBIDDEN: "The request is not allowed.",
    HTTPStatus.NOT_FOUND: "Nothing is at this address; /api/v1/openapi.json lists what there is.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address does not take that method; the Allow header lists those that it takes.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The request is larger than any that this API takes.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something broke on our side; it was logged under this answer's X-Request-ID.",
}


class ApiProblems:
    """Replace the body of an error under `/api/` that is not a problem yet, and keep its status and headers."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        response = self._get_response(request)
        if (
            response.status_code < HTTPStatus.BAD_REQUEST
            or not request.path.startswith(PREFIX)
            or response.headers.get("Content-Type", "").startswith(MEDIA_TYPE)
        ):
            return response
        status = HTTPStatus(response.status_code)
        replaced = problem(
            status=status,
            code=status.phrase.lower().replace(" ", "_").replace("-", "_"),
            detail=_SENTENCES.get(status, f"{status.phrase}."),
        )
        for name in ("Allow", "Retry-After", "WWW-Authenticate"):
            if name in response.headers:
                replaced[name] = response.headers[name]
        return replaced
