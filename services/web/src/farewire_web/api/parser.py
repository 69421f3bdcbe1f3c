"""Bodies are JSON, and say so."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser

from farewire.domain.errors import InvalidInput


class JsonParser(Parser):
    """Reads a body that is declared as JSON; a form of another site cannot send one without asking first."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Parse the body; `InvalidInput` with code `unsupported_media_type` or `malformed_json`."""
        if request.content_type != "application/json":
            raise InvalidInput("Send the body as `Content-Type: application/json`.", code="unsupported_media_type")
        try:
            parsed: dict[str, Any] = json.loads(request.body)
        except (ValueError, RecursionError) as error:
            raise InvalidInput("The body is not valid JSON.", code="malformed_json") from error
        return parsed
