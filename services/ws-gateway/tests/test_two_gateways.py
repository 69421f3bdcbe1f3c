"""Gateways side by side: each hears everything, and a reader may come back to either."""

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHT = "FW123-20261201-JFK"
SECOND = "FW125-20261201-JFK"


async def test_both_see_one_publication_at_the_same_position(start_gateway, worker):
    one, two = await start_gateway(), await start_gateway()
    async with one.client() as first, two.client() as second:
        for client in (first, second):
            await client.subscribe(TOPIC)
            await client.until(lambda client=client: client.version(TOPIC, FLIGHT) == 1, what="snapshot")
        worker.change(TOPIC, FLIGHT)
        for client in (first, second):
            await client.until(lambda client=client: client.version(TOPIC, FLIGHT) == 2, what="update")
        assert first.positions == second.positions
        assert worker.loads == [TOPIC]


async def test_come_back_to_another_gateway_and_get_only_what_changed(start_gateway, worker):
    one, two = await start_gateway(), await start_gateway()
    async with one.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 1, what="snapshot")
        have = dict(client.positions)
    worker.change(TOPIC, SECOND)
    # The second gateway has never heard of the topic: what changed since is told by Redis, not by its memory.
    async with two.client() as client:
        await client.subscribe(TOPIC, have=have)
        await client.until(lambda: TOPIC in client.positions, what="snapshot")
        assert client.frames[1].recovered
        assert set(client.flights[TOPIC]) == {SECOND}
