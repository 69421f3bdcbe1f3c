"""One gateway process: the server, its internal port, and the signals that stop it."""

from __future__ import annotations

import asyncio

import structlog
from asgiref.typing import ASGI3Application
from prometheus_client import REGISTRY

from farewire.platform.health import Health, Heartbeat, InternalServer
from farewire.platform.metrics import build_announce
from farewire_gateway.configuration import GatewaySettings
from farewire_gateway.metrics import HubCollector
from farewire_gateway.server import GatewayServer, listen

_TURN_SECONDS = 1.0
_STUCK_SECONDS = 10.0

log = structlog.get_logger(__name__)


async def serve(application: ASGI3Application, settings: GatewaySettings) -> None:
    """Serve until a signal has drained the gateway. Raises `OSError` where an address cannot be bound."""
    build_announce(service="gateway", release=settings.release)
    server = GatewayServer(application, settings)
    heartbeat = Heartbeat(limit_seconds=_STUCK_SECONDS)
    health = Health(
        live={"loop": heartbeat.check, "hub": lambda: server.hub.alive() if server.started else None},
        ready={"hub": lambda: server.hub.ready() if server.started else "still starting"},
    )
    listener = listen(settings.bind)
    internal = InternalServer(health, bind=settings.internal_bind)
    internal.start()
    server.stop_on_signals()
    turning = asyncio.create_task(_turn(server, health, heartbeat))
    try:
        await server.serve(sockets=[listener])
    finally:
        turning.cancel()
        internal.stop()


async def _turn(server: GatewayServer, health: Health, heartbeat: Heartbeat) -> None:
    while True:
        heartbeat.beat()
        if server.started and not health.started.is_set():
            REGISTRY.register(HubCollector(server.hub))
            health.started.set()
            log.info("gateway.listening", bind=server.settings.bind)
        await asyncio.sleep(_TURN_SECONDS / 10 if not health.started.is_set() else _TURN_SECONDS)
