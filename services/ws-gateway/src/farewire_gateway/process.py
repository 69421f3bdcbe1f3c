"""One gateway process: the server, its internal port, and the signals that stop it."""

from __future__ import annotations

import asyncio
import resource
import socket
import sys

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
_OWN_DESCRIPTORS = 128

log = structlog.get_logger(__name__)


async def serve(application: ASGI3Application, settings: GatewaySettings) -> None:
    """Serve until a signal has drained the gateway. Exits with 1 where an address cannot be bound."""
    descriptors_allow(settings.gateway_max_connections + _OWN_DESCRIPTORS)
    build_announce(service="gateway", release=settings.release)
    server = GatewayServer(application, settings)
    heartbeat = Heartbeat(limit_seconds=_STUCK_SECONDS)
    health = Health(
        live={"loop": heartbeat.check, "hub": lambda: server.hub.alive() if server.started else None},
        ready={"hub": lambda: server.hub.ready() if server.started else "still starting"},
    )
    listener, internal = _bind(settings, health)
    internal.start()
    server.stop_on_signals()
    turning = asyncio.create_task(_turn(server, health, heartbeat))
    try:
        await server.serve(sockets=[listener])
    finally:
        turning.cancel()
        internal.stop()


def descriptors_allow(needed: int) -> bool:
    """Raise this process's limit on open files to `needed`; False, and a warning, where the hard limit is below it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    allowed = needed if hard == resource.RLIM_INFINITY else min(needed, hard)
    if soft != resource.RLIM_INFINITY and soft < allowed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (allowed, hard))
    if allowed < needed:
        log.warning("gateway.few_descriptors", needed=needed, allowed=allowed)
    return allowed == needed


def _bind(settings: GatewaySettings, health: Health) -> tuple[socket.socket, InternalServer]:
    bind, variable = settings.bind, "FAREWIRE_BIND"
    try:
        listener = listen(bind)
        bind, variable = settings.internal_bind, "FAREWIRE_INTERNAL_BIND"
        return listener, InternalServer(health, bind=bind)
    except (OSError, ValueError) as error:
        sys.stderr.write(f"farewire-gateway: cannot listen on {bind}: {error}; see {variable}.\n")
        sys.exit(1)


async def _turn(server: GatewayServer, health: Health, heartbeat: Heartbeat) -> None:
    while True:
        heartbeat.beat()
        if server.started and not health.started.is_set():
            REGISTRY.register(HubCollector(server.hub))
            health.started.set()
            log.info("gateway.listening", bind=server.settings.bind)
        await asyncio.sleep(_TURN_SECONDS / 10 if not health.started.is_set() else _TURN_SECONDS)
