"""A Redis that is killed, comes back empty, or hangs."""

import secrets
import signal

import pytest

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.redis import RedisServer

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHT = "FW123-20261201-JFK"
SECOND = "FW125-20261201-JFK"


@pytest.fixture
def own_redis(tmp_path):
    server = RedisServer(directory=tmp_path, port=free_ports(1)[0], password=secrets.token_urlsafe(8), log=tmp_path / "redis.log")
    server.start()
    yield server
    server.process.send(signal.SIGCONT)
    server.stop()


@pytest.fixture
def feed_redis_url(own_redis):
    return own_redis.url()


async def _watch(gateway, client):
    await client.subscribe(TOPIC)
    await client.until(lambda: client.version(TOPIC, SECOND) == 1, what="snapshot")
    await client.until(lambda: TOPIC not in client.stale and not gateway.hub.stale_reasons, what="live")


async def test_a_killed_redis_makes_the_feed_stale_until_it_is_back_and_rebuilt(gateway, worker, own_redis):
    async with gateway.client() as client:
        await _watch(gateway, client)
        own_redis.process.send(signal.SIGKILL)
        own_redis.process.wait(5)
        await client.until(lambda: TOPIC in client.stale, what="stale")
        assert gateway.hub.ready() == "Redis does not answer"
        worker.commit(TOPIC, FLIGHT)
        own_redis.start()
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2 and TOPIC not in client.stale, what="convergence")
        assert gateway.hub.ready() is None
        worker.change(TOPIC, SECOND)
        await client.until(lambda: client.version(TOPIC, SECOND) == 2, what="a change of after the outage")


async def test_a_hanging_redis_makes_the_feed_stale_until_it_answers(gateway, worker, own_redis):
    async with gateway.client() as client:
        await _watch(gateway, client)
        own_redis.process.send(signal.SIGSTOP)
        await client.until(lambda: TOPIC in client.stale, what="stale")
        worker.commit(TOPIC, FLIGHT)
        own_redis.process.send(signal.SIGCONT)
        await client.until(lambda: TOPIC not in client.stale, what="live again")
        worker.change(TOPIC, FLIGHT)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 3, what="a change of after the outage")


async def test_a_gateway_that_starts_without_redis_serves_once_there_is_one(start_gateway, own_redis, worker):
    own_redis.process.send(signal.SIGKILL)
    own_redis.process.wait(5)
    gateway = await start_gateway()
    async with gateway.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: TOPIC in client.stale, what="stale")
        own_redis.start()
        await client.until(lambda: client.version(TOPIC, SECOND) == 1 and TOPIC not in client.stale, what="the state")
