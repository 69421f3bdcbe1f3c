"""The API object, and the parts of its OpenAPI document that every operation shares."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from farewire.domain.clock import SystemClock
from farewire_web import __version__
from farewire_web.api.examples import problem_example, success_example
from farewire_web.api.faults import faults_explain
from farewire_web.api.parser import JsonParser
from farewire_web.problems import MEDIA_TYPE

EXAMPLE_DAYS_AHEAD = 14

_REQUEST_ID = {"description": "Names this request in our logs.", "schema": {"type": "string"}}
_RETRY_AFTER = {"description": "In how many seconds to come back.", "schema": {"type": "integer", "minimum": 0}, "required": True}
_HEADERS: dict[str, dict[str, dict[str, Any]]] = {
    "201": {"Location": {"description": "Where the hold is read and released.", "schema": {"type": "string"}, "required": True}},
    "401": {"WWW-Authenticate": {"description": "`Bearer`.", "schema": {"type": "string"}, "required": True}},
    "429": {"Retry-After": _RETRY_AFTER},
    "503": {"Retry-After": _RETRY_AFTER},
}
_DESCRIPTION = """Search flights, read live prices and hold seats.

Amounts are integers in minor units of their currency. Every error is `application/problem+json` with a stable `code` and a
sentence in `detail`. Prices move: the live feed at `/ws/flight_updates/` tells of every change on the `topics` of a search, and an
offer is honoured for two minutes after a newer one took its place."""


class FarewireApi(NinjaAPI):
    """Django Ninja's API with our errors, our parser and a complete document."""

    def get_openapi_schema(self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None) -> OpenAPISchema:
        """Build the document: errors under their own media type, with the headers that come with them."""
        document = super().get_openapi_schema(path_prefix=path_prefix, path_params=path_params)
        example = (SystemClock().now() + timedelta(days=EXAMPLE_DAYS_AHEAD)).date().isoformat()
        for operations in document["paths"].values():
            for operation in operations.values():
                for parameter in operation["parameters"]:
                    if parameter["name"] == "date":
                        parameter["examples"] = [example]
                    if "examples" in parameter:  # a parameter's examples are named, a schema's are listed
                        parameter["examples"] = {f"example{n}": {"value": value} for n, value in enumerate(parameter["examples"], start=1)}
                operation["responses"] = {str(status): _response(str(status), found) for status, found in operation["responses"].items()}
        return document


def _response(status: str, found: dict[str, Any]) -> dict[str, Any]:
    (media,) = found["content"].values()
    if status < "400":
        content = {"application/json": {**media, "example": success_example(media["schema"]["$ref"].rpartition("/")[2])}}
    else:
        content = {MEDIA_TYPE: {**media, "example": problem_example(int(status))}}
    return {**found, "content": content, "headers": {"X-Request-ID": _REQUEST_ID, **_HEADERS.get(status, {})}}


def api_new() -> FarewireApi:
    """Make the API without endpoints; routers are added to it."""
    api = FarewireApi(
        title="Farewire",
        version=__version__,
        description=_DESCRIPTION,
        openapi_url=None,
        docs_url=None,
        servers=[{"url": "/", "description": "This site"}],
        urls_namespace="api",
        parser=JsonParser(),
        openapi_extra={
            "tags": [
                {"name": "search", "description": "Airports and flights."},
                {"name": "holds", "description": "Seats kept at a price for a quarter of an hour."},
            ]
        },
    )
    faults_explain(api)
    return api
