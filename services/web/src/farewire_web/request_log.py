"""Middleware: every request has an id, is counted, and is logged where it failed."""

from __future__ import annotations

import re
import secrets
import time
from collections.abc import Callable
from http import HTTPStatus

import structlog
from django.http import HttpRequest, HttpResponse

from farewire_web.metrics import REQUEST_SECONDS, REQUESTS, REQUESTS_IN_PROGRESS
from farewire_web.refusal_code import refusal_code

HEADER = "X-Request-ID"
_ACCEPTABLE = re.compile(r"[A-Za-z0-9._-]{8,64}")
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

log = structlog.get_logger("farewire_web.requests")


class RequestLog:
    """Take the proxy's request id or make one, bind it to the log, echo it, and count the answer by route and status class."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer one request."""
        given = request.headers.get(HEADER, "")
        request_id = given if _ACCEPTABLE.fullmatch(given) else secrets.token_hex(16)
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id), REQUESTS_IN_PROGRESS.track_inprogress():
            response = self._get_response(request)
            seconds = time.perf_counter() - began
            method = request.method if request.method in _METHODS else "other"
            route = _route(request)
            REQUESTS.labels(method=method, route=route, status=f"{response.status_code // 100}xx").inc()
            REQUEST_SECONDS.labels(method=method, route=route).observe(seconds)
            _tell(method=method, route=route, response=response, seconds=seconds)
        response.headers[HEADER] = request_id
        return response


def _route(request: HttpRequest) -> str:
    """Name the template that matched, never the address itself: labels stay few, and ids out of them."""
    match = request.resolver_match
    return f"/{match.route}" if match is not None else "unmatched"


def _tell(*, method: str, route: str, response: HttpResponse, seconds: float) -> None:
    status, code = response.status_code, refusal_code(response)
    event = {"method": method, "route": route, "status": status, "duration_ms": round(seconds * 1000, 1)}
    if code is not None:
        event["code"] = code
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        log.error("request failed", **event)
    elif status >= HTTPStatus.BAD_REQUEST:
        log.info("request refused", **event)
    else:
        log.debug("request answered", **event)
