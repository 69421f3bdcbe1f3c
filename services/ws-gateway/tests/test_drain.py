"""A gateway that is told to stop."""

import asyncio
import http.client
import os
import signal
import sys
import time
from contextlib import AsyncExitStack

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from farewire.contracts.feed import Draining
from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.process import Process
from farewire_dev.servers.waiting import wait_until
from farewire_dev.testing.feed_client import FeedClient

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHT = "FW123-20261201-JFK"


async def test_lets_its_clients_go_one_by_one_at_the_times_it_told_them(start_gateway):
    gateway = await start_gateway(drain_seconds=1.0)
    async with AsyncExitStack() as stack:
        clients = [await stack.enter_async_context(gateway.client()) for _ in range(20)]
        started = time.monotonic()
        gateway.server.stop()
        for client in clients:
            await client.until(lambda client=client: client.close_code is not None, what="close")
        assert {client.close_code for client in clients} == {1012}
        told = {client: client.of(Draining)[0].reconnect_after_ms / 1000 for client in clients}
        assert all(told[client] <= client.closed_at - started < told[client] + 0.5 for client in clients)
        # Spread: every quarter of the window has its share.
        assert [sum(quarter / 4 <= after < (quarter + 1) / 4 for after in told.values()) for quarter in range(4)] == [5] * 4
    await asyncio.wait_for(gateway.task, 5)


async def test_the_feed_runs_on_until_the_goodbye(start_gateway, worker):
    gateway = await start_gateway(drain_seconds=3.0)
    async with gateway.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 1, what="snapshot")
        gateway.server.stop()
        await client.until(lambda: bool(client.of(Draining)), what="draining")
        worker.change(TOPIC, FLIGHT)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2, what="an update while draining")
        assert client.close_code is None
        gateway.server.stop()  # the second signal waits for nobody
        await asyncio.wait_for(gateway.task, 5)


async def test_does_not_wait_for_those_who_have_left(start_gateway):
    gateway = await start_gateway(drain_seconds=600)
    async with gateway.client():
        gateway.server.stop()
    await asyncio.wait_for(gateway.task, 10)


async def test_takes_no_new_socket_while_it_drains(start_gateway):
    gateway = await start_gateway(drain_seconds=2.0)
    async with gateway.client():
        gateway.server.stop()
        with pytest.raises((InvalidStatus, OSError)):
            async with connect(gateway.url):
                pass
        assert gateway.hub.ready() == "draining"
        gateway.server.stop()


def _ask(port: int, path: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        connection.close()


async def test_the_process_drains_on_sigterm_and_exits_with_0(redis_url, tmp_path):
    port, internal = free_ports(2)
    process = Process(
        name="gateway",
        command=[sys.executable, "-m", "farewire_gateway"],
        log=tmp_path / "gateway.log",
        environment={
            "PATH": os.environ["PATH"],
            "FAREWIRE_REDIS_URL": redis_url,
            "FAREWIRE_BIND": f"127.0.0.1:{port}",
            "FAREWIRE_INTERNAL_BIND": f"127.0.0.1:{internal}",
            "FAREWIRE_DRAIN_SECONDS": "1",
        },
    )
    process.start()
    try:
        wait_until(
            lambda: _ask(internal, "/readyz")[0] == 200,
            what="ready",
            seconds=20,
            gone=lambda: process.log_tail() if not process.running() else None,
        )
        assert _ask(internal, "/livez")[0] == 200
        assert _ask(internal, "/startupz")[0] == 200
        assert _ask(port, "/ws/flight_updates/")[0] == 426
        assert _ask(port, "/metrics")[0] == 404
        async with FeedClient(f"ws://127.0.0.1:{port}/ws/flight_updates/") as client:
            metrics = _ask(internal, "/metrics")[1].decode()
            assert "farewire_gateway_connections 1.0" in metrics
            process.send(signal.SIGTERM)
            await client.until(lambda: bool(client.of(Draining)), what="draining")
            assert _ask(internal, "/readyz")[0] == 503
            assert _ask(internal, "/livez")[0] == 200
            await client.until(lambda: client.close_code == 1012, what="goodbye")
        assert process.wait(10)
        assert process.exit_code() == 0, process.log_tail()
    finally:
        process.stop()
