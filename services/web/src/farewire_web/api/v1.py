"""`/api/v1/`: the endpoints and the document that describes them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from farewire_web.api import holds, search
from farewire_web.api.answer import json_answer
from farewire_web.api.document import api_new

api = api_new()
api.add_router("", search.router)
api.add_router("", holds.router)


@api.get("/openapi.json", include_in_schema=False)
def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001  # the framework names it
    """Answer the OpenAPI 3.1 document."""
    return json_answer(api.get_openapi_schema())
