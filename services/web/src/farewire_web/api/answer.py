"""A JSON answer that nobody may keep: seats and prices are those of this moment."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from django.http import HttpResponse


def json_answer(
    body: Mapping[str, object], *, status: HTTPStatus = HTTPStatus.OK, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """Encode plain values that are in a contract's shape already; the tests hold them to it."""
    return HttpResponse(
        orjson.dumps(body), status=status, content_type="application/json", headers={"Cache-Control": "no-store", **(headers or {})}
    )
