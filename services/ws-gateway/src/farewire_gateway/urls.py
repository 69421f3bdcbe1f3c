"""Plain HTTP: the feed speaks websocket, and says so to whoever asks otherwise."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from farewire.contracts.feed import PATH


def upgrade_required(_request: HttpRequest) -> HttpResponse:
    """Answer 426 to a request that is no websocket handshake."""
    return HttpResponse("The feed is a websocket.\n", status=426, content_type="text/plain", headers={"Upgrade": "websocket"})


urlpatterns: list[URLPattern] = [path(PATH, upgrade_required)]
