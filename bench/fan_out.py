"""How many deliveries one core of a gateway makes: Channels as documented, our hub over ASGI, our hub as it runs.

    .venv/bin/python bench/fan_out.py [--sockets 400] [--updates 150]

All three serve the same updates to the same number of real sockets through uvicorn and a Redis-protocol server from its
wheel, one after the other. Each update is published once every socket has had the one before, so nothing is conflated. The
figure is deliveries by CPU-second of the gateway's process, which a busy machine disturbs little; the ratios are what to
compare between machines.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.redis import RedisServer

TOPIC = "market:JFK-LAX:2026-12-01"
GROUP = TOPIC.replace(":", ".")
FLIGHT = "FW123-20261201-JFK"
VARIANTS = {
    "documented": "a consumer per socket, each a member of the topic's group",
    "hub-asgi": "one hub, sends through ASGI",
    "hub": "one hub, each frame built once and written to the transports",
}


def environment(redis_url: str, prefix: str) -> dict[str, str]:
    """The variables of a gateway."""
    return {
        **os.environ,
        "FAREWIRE_REDIS_URL": redis_url,
        "FAREWIRE_REDIS_PREFIX": prefix,
        "FAREWIRE_LOG_LEVEL": "error",
        "FAREWIRE_FEED_BEACON_SECONDS": "1",
        "FAREWIRE_FEED_HEARTBEAT_SECONDS": "600",  # the clients here answer no pings
    }


def serve(variant: str, port: int) -> None:
    """Be the gateway of one variant (in a process of its own)."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "farewire_gateway.settings"
    os.environ["FAREWIRE_BIND"] = f"127.0.0.1:{port}"
    import uvicorn
    import uvloop

    from farewire_gateway.asgi import application
    from farewire_gateway.server import GatewayServer, listen
    from farewire_gateway.settings import FAREWIRE

    if variant == "documented":
        from channels.generic.websocket import AsyncJsonWebsocketConsumer
        from channels.routing import ProtocolTypeRouter, URLRouter
        from django.urls import path

        class Documented(AsyncJsonWebsocketConsumer):
            async def connect(self) -> None:
                await self.accept()
                await self.send_json({"type": "hello"})

            async def receive_json(self, _content: dict[str, object], **_options: object) -> None:
                await self.channel_layer.group_add(GROUP, self.channel_name)
                await self.send_json({"type": "snapshot"})

            async def feed_update(self, event: dict[str, object]) -> None:
                await self.send_json({**event, "type": "update"})

        documented = ProtocolTypeRouter({"websocket": URLRouter([path("ws/flight_updates/", Documented.as_asgi())])})
        config = uvicorn.Config(
            documented,
            fd=listen(FAREWIRE.bind).detach(),
            lifespan="off",
            log_level="error",
            ws_ping_interval=None,
            ws_per_message_deflate=False,
        )
        uvicorn.Server(config).run()
        return
    server = GatewayServer(application, FAREWIRE)
    if variant == "hub-asgi":
        server.config.ws = "websockets-sansio"
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(server.serve(sockets=[listen(FAREWIRE.bind)]))


class Socket(asyncio.Protocol):
    """A client that counts the frames of each kind and looks no closer."""

    def __init__(self, swarm: Swarm) -> None:
        self._swarm = swarm
        self._rest = b""
        self._greeted = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the upgrade."""
        self.transport = transport
        transport.write(  # type: ignore[attr-defined]
            b"GET /ws/flight_updates/ HTTP/1.1\r\nHost: bench\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
        )

    def data_received(self, data: bytes) -> None:
        """Take whole frames off the buffer and count them by kind."""
        self._rest += data
        if not self._greeted:
            head, end, rest = self._rest.partition(b"\r\n\r\n")
            if not end:
                return
            if not head.startswith(b"HTTP/1.1 101"):
                raise RuntimeError(head.decode())
            self._greeted, self._rest = True, rest
            text = json.dumps({"type": "subscribe", "topics": [TOPIC]}).encode()
            self.transport.write(bytes([0x81, 0x80 | len(text), 0, 0, 0, 0]) + text)  # type: ignore[attr-defined]
        while len(self._rest) >= 4:
            short = self._rest[1] & 0x7F
            start, length = (4, int.from_bytes(self._rest[2:4])) if short == 126 else (2, short)
            if len(self._rest) < start + length:
                return
            payload, self._rest = self._rest[start : start + length], self._rest[start + length :]
            self._swarm.count(b'"snapshot"' in payload[:60], b'"update"' in payload)


class Swarm:
    """Many sockets and what they have had."""

    def __init__(self) -> None:
        self.snapshots = self.updates = 0
        self._news = asyncio.Event()

    def count(self, snapshots: int, updates: int) -> None:
        """Add up."""
        if snapshots or updates:
            self.snapshots += snapshots
            self.updates += updates
            self._news.set()

    async def until(self, *, snapshots: int = 0, updates: int = 0) -> None:
        """Wait for totals."""
        async with asyncio.timeout(120):
            while self.snapshots < snapshots or self.updates < updates:
                self._news.clear()
                await self._news.wait()


def cpu_seconds(pid: int) -> float:
    """Time on a core of all the process's threads so far (Linux)."""
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e9


async def measure(variant: str, redis_url: str, *, sockets: int, updates: int) -> tuple[float, float]:
    """Deliveries by CPU-second and by second of wall clock."""
    from channels_redis.pubsub import RedisPubSubChannelLayer
    from pydantic import SecretStr

    from farewire.platform.settings import RedisSettings
    from farewire_dev.testing.feed_worker import FeedWorker, flight_make

    prefix = f"bench-{secrets.token_hex(4)}"
    port = free_ports(1)[0]
    gateway = subprocess.Popen(  # noqa: ASYNC220  # before anything is measured
        [sys.executable, __file__, "--serve", variant, "--port", str(port)], env=environment(redis_url, prefix)
    )
    worker = FeedWorker(RedisSettings(redis_url=SecretStr(redis_url), redis_prefix=prefix))
    worker.commit(TOPIC, FLIGHT)
    worker.start()
    layer = RedisPubSubChannelLayer(hosts=[redis_url], prefix=f"{prefix}:layer")
    loop = asyncio.get_running_loop()
    swarm = Swarm()
    transports = []
    try:
        while len(transports) < sockets:
            try:
                transport, _ = await loop.create_connection(lambda: Socket(swarm), "127.0.0.1", port)
                transports.append(transport)
            except OSError:
                if gateway.poll() is not None:
                    raise
                await asyncio.sleep(0.1)
        await swarm.until(snapshots=sockets)
        await asyncio.sleep(2.5)  # the hub's first beacons: nothing of the start is measured
        swarm.updates = 0

        async def publish(version: int) -> None:
            if variant == "documented":
                flight = flight_make(FLIGHT, version).model_dump()
                await layer.group_send(
                    GROUP, {"type": "feed.update", "topic": TOPIC, "epoch": "e", "seq": version, "ts": time.time(), "flights": [flight]}
                )
            else:
                await asyncio.to_thread(worker.change, TOPIC, FLIGHT)

        cpu, wall = cpu_seconds(gateway.pid), time.perf_counter()
        for number in range(1, updates + 1):
            await publish(number)
            await swarm.until(updates=number * sockets)
        cpu, wall = cpu_seconds(gateway.pid) - cpu, time.perf_counter() - wall
    finally:
        for transport in transports:
            transport.close()
        worker.stop()
        gateway.kill()
        gateway.wait()
        await layer.flush()
    return updates * sockets / cpu, updates * sockets / wall


def main() -> None:
    """Measure the variants and print one line for each."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sockets", type=int, default=400)
    parser.add_argument("--updates", type=int, default=150)
    parser.add_argument("--serve", choices=VARIANTS, help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        serve(options.serve, options.port)
        return
    with tempfile.TemporaryDirectory() as directory:
        server = RedisServer(
            directory=Path(directory), port=free_ports(1)[0], password=secrets.token_urlsafe(8), log=Path(directory) / "redis.log"
        )
        server.start()
        try:
            base = 0.0
            for variant, text in VARIANTS.items():
                by_cpu, by_wall = asyncio.run(measure(variant, server.url(), sockets=options.sockets, updates=options.updates))
                base = base or by_cpu
                print(
                    f"{variant:<11} {by_cpu:>10,.0f} deliveries/CPU-s {by_wall:>10,.0f} deliveries/s  x{by_cpu / base:<5.1f} {text}",
                    flush=True,
                )
        finally:
            server.stop()


if __name__ == "__main__":
    main()
