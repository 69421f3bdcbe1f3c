"""The life of the hub: it starts before the first socket and ends after the last."""

from __future__ import annotations

from collections.abc import Callable

from asgiref.typing import ASGIReceiveCallable, ASGISendCallable, Scope

from farewire.platform.redis_client import redis_client
from farewire.platform.topic_store import TopicStore
from farewire_gateway.configuration import GatewaySettings
from farewire_gateway.feed_link import Layer
from farewire_gateway.hub import TopicHub

HUB = "hub"
"""The key under which a connection's scope["state"] holds the hub."""


class Lifespan:
    """Answers ASGI's lifespan protocol."""

    def __init__(self, settings: GatewaySettings, *, make_layer: Callable[[], Layer]) -> None:
        self._settings = settings
        self._make_layer = make_layer

    async def __call__(self, scope: Scope, receive: ASGIReceiveCallable, send: ASGISendCallable) -> None:
        """Start the hub, hold it until the server stops, and stop it."""
        await receive()
        store = TopicStore(redis_client(self._settings), prefix=self._settings.redis_prefix)
        hub = TopicHub(store=store, make_layer=self._make_layer, settings=self._settings)
        hub.start()
        scope["state"][HUB] = hub
        await send({"type": "lifespan.startup.complete"})
        await receive()
        await hub.stop()
        await store.close()
        await send({"type": "lifespan.shutdown.complete"})
