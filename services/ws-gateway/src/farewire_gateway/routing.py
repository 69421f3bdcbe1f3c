"""Which consumer answers which path."""

from __future__ import annotations

from django.urls import path, re_path

from farewire.contracts.feed import PATH
from farewire_gateway.consumers import FlightConsumer
from farewire_gateway.handshake import NotFound

websocket_urlpatterns = [
    path(PATH, FlightConsumer.as_asgi()),
    re_path(r"", NotFound.as_asgi()),
]
