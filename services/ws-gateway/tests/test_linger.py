"""A topic that nobody watches any more is kept for a while, then left; one that somebody watches never is."""

import asyncio

import pytest

from farewire.contracts.topics import MarketTopic

TOPIC = "market:JFK-LAX:2026-12-01"
OTHER = "market:EWR-SFO:2026-12-01"
FLIGHT = "FW123-20261201-JFK"


async def _left(gateway, topic):
    async with asyncio.timeout(15):
        while topic in gateway.hub.topics:
            await asyncio.wait([gateway.task], timeout=0.02)


@pytest.mark.usefixtures("worker")
async def test_a_topic_without_readers_is_left_after_a_while(gateway):
    async with gateway.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 1, what="snapshot")
        await client.send({"type": "unsubscribe", "topics": [TOPIC]})
        await _left(gateway, TOPIC)


async def test_a_reader_who_comes_while_another_topic_is_being_left_is_kept(gateway, worker):
    """Leaving a group takes a round trip, in which a reader may come to the next topic whose time had passed."""
    hub = gateway.hub
    async with gateway.client() as client:
        await client.subscribe(OTHER, TOPIC)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 1, what="snapshot")
        socket = next(iter(hub.sockets))
        leave, left = hub._link.leave, []

        async def leave_and_meet_a_reader(group):
            left.append(group)
            if len(left) == 1:
                hub.subscribe(socket, MarketTopic.parse(TOPIC))
            await leave(group)

        hub._link.leave = leave_and_meet_a_reader
        await client.send({"type": "unsubscribe", "topics": [OTHER, TOPIC]})
        await _left(gateway, OTHER)
        worker.change(TOPIC, FLIGHT)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2, what="a change of the topic with one")
        assert left == [MarketTopic.parse(OTHER).group]
