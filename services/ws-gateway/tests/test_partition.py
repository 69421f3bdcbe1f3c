"""A network that swallows what is sent, on connections that stay open: nothing is refused, nothing is closed, nothing comes."""

import asyncio
from contextlib import suppress
from urllib.parse import urlsplit

import pytest
from pydantic import SecretStr

from farewire.platform.channel_layer import channel_layers

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHT = "FW123-20261201-JFK"


class Wire:
    """Forwards connections to Redis until it is cut; those that were open then carry nothing more, new ones work."""

    def __init__(self, host: str, port: int) -> None:
        self._target = (host, port)
        self._forwarding: set[asyncio.Task[None]] = set()
        self._writers: list[asyncio.StreamWriter] = []

    async def open(self) -> int:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self._server.sockets[0].getsockname()[1]

    def cut(self) -> None:
        for task in self._forwarding:
            task.cancel()

    async def close(self) -> None:
        self._server.close()
        self.cut()
        for writer in self._writers:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection(*self._target)
        self._writers += [writer, far_writer]
        for source, target in ((reader, far_writer), (far_reader, writer)):
            task = asyncio.create_task(self._forward(source, target))
            self._forwarding.add(task)
            task.add_done_callback(self._forwarding.discard)

    async def _forward(self, source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.CancelledError):
            while data := await source.read(65536):
                target.write(data)
                await target.drain()
            target.close()


@pytest.fixture
async def wire(redis_url):
    address = urlsplit(redis_url)
    wire = Wire(address.hostname, address.port)
    port = await wire.open()
    wire.url = redis_url.replace(f"{address.hostname}:{address.port}", f"127.0.0.1:{port}")
    yield wire
    await wire.close()


async def test_heals_over_new_connections_when_the_old_ones_are_dead(start_gateway, worker, wire, gateway_settings, settings):
    through_wire = {"redis_url": SecretStr(wire.url)}
    settings.CHANNEL_LAYERS = channel_layers(gateway_settings.model_copy(update=through_wire))
    gateway = await start_gateway(**through_wire)
    async with gateway.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 1 and TOPIC not in client.stale, what="snapshot")
        wire.cut()
        worker.change(TOPIC, FLIGHT)
        await client.until(lambda: TOPIC in client.stale, what="stale")
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2 and TOPIC not in client.stale, what="convergence", seconds=30)
        healed = gateway.hub.tally.heals.total()
        worker.change(TOPIC, FLIGHT)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 3, what="a change through the new layer")
        assert gateway.hub.tally.layer_resets == 1
        assert gateway.hub.tally.heals.total() == healed
