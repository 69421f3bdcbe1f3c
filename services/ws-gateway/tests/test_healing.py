"""Whatever Redis or pub/sub loses, every client converges to what was committed."""

import asyncio

from farewire.contracts.feed import Snapshot, Stale, Update

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHT = "FW123-20261201-JFK"
SECOND = "FW125-20261201-JFK"


class Lossy:
    """A channel layer in whose place messages vanish."""

    async def group_send(self, group, message):
        """Lose it, as at-most-once may."""


def publish_lost(worker, updates):
    """Publish as a worker whose message pub/sub loses: the topic store has it, no gateway hears of it."""
    publisher = worker._publisher
    layer, publisher._layer = publisher._layer, Lossy()
    try:
        worker.publish(updates)
    finally:
        publisher._layer = layer


async def _watch(gateway, client):
    await client.subscribe(TOPIC)
    await client.until(lambda: client.version(TOPIC, SECOND) == 1, what="snapshot")
    # The gateway may have started before the worker's first beat.
    await client.until(lambda: TOPIC not in client.stale and not gateway.hub.stale_reasons, what="live")
    client.frames.clear()
    gateway.hub.tally.heals.clear()


async def test_a_lost_message_is_found_by_the_beacon(gateway, worker):
    async with gateway.client() as client:
        await _watch(gateway, client)
        publish_lost(worker, worker.commit(TOPIC, FLIGHT))
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2, what="what was lost")
        assert gateway.hub.tally.heals["behind"] == 1
        assert [type(frame) for frame in client.frames[-1:]] == [Update]


async def test_a_gap_is_healed_without_waiting_for_the_beacon(start_gateway, worker):
    gateway = await start_gateway(feed_beacon_seconds=60)
    async with gateway.client() as client:
        await _watch(gateway, client)
        before = client.positions[TOPIC].seq
        publish_lost(worker, worker.commit(TOPIC, FLIGHT))
        worker.change(TOPIC, SECOND)
        await client.until(lambda: client.version(TOPIC, SECOND) == 2, what="the update after the gap")
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2, what="what was lost")
        assert gateway.hub.tally.heals["gap"] == 1
        # Who left between the two would have come back with a position that does not skip what was lost.
        assert [update.seq - before for update in client.of(Update)] == [0, 2]


async def test_what_was_never_published_is_found_by_reconciling(gateway, worker):
    async with gateway.client() as client:
        await _watch(gateway, client)
        worker.commit(TOPIC, FLIGHT)
        while not await gateway.hub._reader._store.watched(limit=1):
            await asyncio.wait([gateway.task], timeout=0.02)
        assert worker.reconcile() == 1
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2, what="what was not published")


async def test_a_flushed_redis_is_rebuilt_under_a_new_epoch(gateway, worker, gateway_settings):
    async with gateway.client() as client:
        await _watch(gateway, client)
        epoch = client.positions[TOPIC].epoch
        worker.commit(TOPIC, FLIGHT)
        await gateway.hub._reader._store._redis.flushall()
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2, what="the state of after the flush")
        assert client.positions[TOPIC].epoch != epoch
        assert not client.of(Snapshot)[-1].recovered
        worker.change(TOPIC, SECOND)
        await client.until(lambda: client.version(TOPIC, SECOND) == 2, what="a change of after the flush")


async def test_a_redis_that_went_back_is_rebuilt_under_a_new_epoch(gateway, worker):
    """A failover to a replica that lagged: the seqs that Redis counts out again are not those that were seen before."""
    async with gateway.client() as client:
        await _watch(gateway, client)
        store = gateway.hub._reader._store
        keys = store._keys(TOPIC)
        before = [await store._redis.hgetall(key) for key in keys]
        for _ in range(3):
            worker.change(TOPIC, FLIGHT)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 4, what="what the replica does not have")
        topic, epoch = gateway.hub.topics[TOPIC], client.positions[TOPIC].epoch
        while topic.compared_seq < topic.seq:
            await asyncio.wait([gateway.task], timeout=0.02)
        for key, held in zip(keys, before, strict=True):
            await store._redis.hset(key, mapping=held)
        worker.change(TOPIC, SECOND)
        await client.until(lambda: client.version(TOPIC, SECOND) == 2, what="a change under a seq that was seen before")
        await client.until(lambda: client.positions[TOPIC].epoch != epoch, what="a new epoch")
        assert client.version(TOPIC, FLIGHT) == 4


async def test_says_stale_when_the_workers_are_gone_and_takes_it_back(gateway, worker, gateway_settings):
    async with gateway.client() as client:
        await _watch(gateway, client)
        worker.stop()
        # Its heartbeat expires within ten seconds; here it does so now.
        await gateway.hub._reader._store._redis.delete(f"{gateway_settings.redis_prefix}:worker")
        await client.until(lambda: TOPIC in client.stale, what="stale")
        await gateway.hub._reader._store.beat()
        await client.until(lambda: TOPIC not in client.stale, what="a snapshot that ends it")
        assert client.of(Snapshot)[-1].recovered
        assert client.of(Snapshot)[-1].flights == []
        assert len(client.of(Stale)) == 1


async def test_a_reader_who_comes_while_stale_gets_what_is_known_and_is_told(gateway, worker, gateway_settings):
    async with gateway.client() as first, gateway.client() as second:
        await _watch(gateway, first)
        worker.stop()
        await gateway.hub._reader._store._redis.delete(f"{gateway_settings.redis_prefix}:worker")
        await first.until(lambda: TOPIC in first.stale, what="stale")
        await second.subscribe(TOPIC, "market:AAA-BBB:2026-12-01")
        await second.until(lambda: len(second.stale) == 2, what="stale, for both")
        assert [snapshot.topic for snapshot in second.of(Snapshot)] == [TOPIC]


async def test_a_deaf_layer_is_replaced(gateway, worker):
    async with gateway.client() as client:
        await _watch(gateway, client)
        # What an error that channels-redis does not foresee does to it: its receive task ends, and nothing tells.
        layer = gateway.hub._link._layer
        for shard in layer._shards:
            shard._receive_task.cancel()
        await client.until(lambda: gateway.hub.tally.layer_resets == 1, what="replacement")
        await client.until(lambda: TOPIC not in client.stale and not gateway.hub.stale_reasons, what="recovery")
        worker.change(TOPIC, FLIGHT)
        await client.until(lambda: client.version(TOPIC, FLIGHT) == 2, what="a change through the new layer")
        assert gateway.hub.tally.heals["behind"] == 0
