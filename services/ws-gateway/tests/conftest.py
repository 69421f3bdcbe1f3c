"""A real gateway in this process, over uvicorn, a real Redis, and a worker whose database is a dictionary."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest
from channels.layers import channel_layers as layers
from channels.routing import ProtocolTypeRouter, URLRouter
from pydantic import SecretStr

from farewire.platform.channel_layer import channel_layers
from farewire_dev.testing.feed_client import FeedClient
from farewire_dev.testing.feed_worker import FeedWorker
from farewire_gateway.configuration import GatewaySettings
from farewire_gateway.handshake import SameSite
from farewire_gateway.hub import TopicHub
from farewire_gateway.lifespan import Lifespan
from farewire_gateway.routing import websocket_urlpatterns
from farewire_gateway.server import GatewayServer, listen

TOPIC = "market:JFK-LAX:2026-12-01"
OTHER = "market:EWR-SFO:2026-12-01"
FLIGHT = "FW123-20261201-JFK"
SECOND = "FW125-20261201-JFK"


@dataclass
class Gateway:
    """A gateway that listens on `url`."""

    url: str
    server: GatewayServer
    task: asyncio.Task[None]

    @property
    def hub(self) -> TopicHub:
        return self.server.hub

    def client(self, **options: object) -> FeedClient:
        return FeedClient(self.url, **options)


StartGateway = Callable[..., Awaitable[Gateway]]


@pytest.fixture
def feed_redis_url(redis_url: str) -> str:
    """The Redis of these tests; a test that kills its Redis gives another."""
    return redis_url


@pytest.fixture
def gateway_settings(feed_redis_url: str) -> GatewaySettings:
    """Settings with a prefix of this test's own and everything quick."""
    return GatewaySettings(
        redis_url=SecretStr(feed_redis_url),
        redis_prefix=f"test-{secrets.token_hex(4)}",
        bind="127.0.0.1:0",
        feed_beacon_seconds=0.2,
        feed_heartbeat_seconds=10,
        feed_linger_seconds=0.3,
        drain_seconds=1,
    )


@pytest.fixture
def worker(gateway_settings: GatewaySettings) -> Iterator[FeedWorker]:
    worker = FeedWorker(gateway_settings)
    worker.commit(TOPIC, FLIGHT, SECOND)
    worker.commit(OTHER, "FW9-20261201-EWR")
    worker.start()
    yield worker
    worker.stop()


@asynccontextmanager
async def running(settings: GatewaySettings) -> AsyncIterator[Gateway]:
    application = ProtocolTypeRouter(
        {
            "websocket": SameSite(URLRouter(websocket_urlpatterns), settings.allowed_hosts.split(",")),
            "lifespan": Lifespan(settings, make_layer=lambda: layers.make_backend("default")),
        }
    )
    server = GatewayServer(application, settings)
    listener = listen(settings.bind)
    port = listener.getsockname()[1]
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.wait([task], timeout=0.01)
        assert not task.done(), "the server ended"
    gateway = Gateway(url=f"ws://127.0.0.1:{port}/ws/flight_updates/", server=server, task=task)
    try:
        yield gateway
    finally:
        server.should_exit = True
        await task


@pytest.fixture
async def start_gateway(gateway_settings: GatewaySettings, settings) -> AsyncIterator[StartGateway]:
    """Start gateways, each with settings of its own; they end with the test."""
    settings.CHANNEL_LAYERS = channel_layers(gateway_settings)
    async with AsyncExitStack() as stack:

        async def start(**overrides: object) -> Gateway:
            return await stack.enter_async_context(running(gateway_settings.model_copy(update=overrides)))

        yield start


@pytest.fixture
async def gateway(start_gateway: StartGateway) -> Gateway:
    return await start_gateway()
