"""The gateway as an ASGI application."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "farewire_gateway.settings")

from channels.layers import channel_layers
from channels.routing import ProtocolTypeRouter, URLRouter
from django.core.asgi import get_asgi_application

from farewire_gateway.handshake import SameSite
from farewire_gateway.lifespan import Lifespan
from farewire_gateway.routing import websocket_urlpatterns
from farewire_gateway.settings import ALLOWED_HOSTS, FAREWIRE

application = ProtocolTypeRouter(
    {
        "http": get_asgi_application(),
        "websocket": SameSite(URLRouter(websocket_urlpatterns), ALLOWED_HOSTS),
        "lifespan": Lifespan(FAREWIRE, make_layer=lambda: channel_layers.make_backend("default")),
    }
)
