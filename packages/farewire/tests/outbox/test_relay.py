"""The relay, from a worker's synchronous code to the channel layer."""

import asyncio
import secrets
import threading

import pytest
from django.utils.module_loading import import_string
from pydantic import SecretStr

from farewire.contracts.topics import MarketTopic
from farewire.outbox.relay import FeedPublisher, FlightUpdate, PublishError
from farewire.platform.channel_layer import channel_layers
from farewire.platform.redis_client import redis_client
from farewire.platform.settings import RedisSettings
from farewire.platform.topic_store import TopicStore
from farewire_dev.servers.ports import free_ports
from farewire_dev.testing.feed_worker import flight_make

TOPIC = "market:JFK-LAX:2026-12-01"
FLIGHT = "FW123-20261201-JFK"


@pytest.fixture
def redis_settings(redis_url):
    return RedisSettings(redis_url=SecretStr(redis_url), redis_prefix=f"test-{secrets.token_hex(4)}")


@pytest.fixture
def publisher(redis_settings):
    with FeedPublisher(redis_settings) as publisher:
        yield publisher


@pytest.fixture
async def store(redis_settings):
    store = TopicStore(redis_client(redis_settings), prefix=redis_settings.redis_prefix)
    yield store
    await store.close()


@pytest.fixture
async def group(redis_settings):
    """Receive what is sent to the topic's group."""
    layer = channel_layers(redis_settings)["default"]
    layer = import_string(layer["BACKEND"])(**layer["CONFIG"])
    channel = await layer.new_channel()
    await layer.group_add(MarketTopic.parse(TOPIC).group, channel)
    yield lambda: asyncio.wait_for(layer.receive(channel), 10)
    async with asyncio.timeout(5):  # the layer may wait for ever for a receiver that did not hear its cancellation
        await layer.flush()


def _update(version, *, flight_id=FLIGHT, committed_at=5.0):
    return FlightUpdate(topic=TOPIC, flight=flight_make(flight_id, version), committed_at=committed_at)


def _rebuild_once(publisher, load):
    stop = threading.Event()

    def load_and_stop(topic):
        stop.set()
        return load(topic)

    publisher.serve_wanted(load_and_stop, stop)


async def test_rebuilds_what_is_wanted_then_publishes_one_message_for_a_topic(publisher, store, group):
    await store.want([TOPIC])
    await asyncio.to_thread(_rebuild_once, publisher, lambda _topic: [_update(1)])
    loaded = await group()
    assert (loaded["topic"], loaded["seq"], loaded["flights"]) == (TOPIC, 1, [])

    other = "FW125-20261201-JFK"
    await asyncio.to_thread(
        publisher.publish, [_update(2, committed_at=6.2), _update(3, committed_at=6.7), _update(1, flight_id=other, committed_at=6.0)]
    )
    message = await group()
    assert (message["type"], message["epoch"], message["seq"], message["ts"]) == ("feed.update", loaded["epoch"], 2, 6.0)
    assert [(flight_id, version) for flight_id, version, _ in message["flights"]] == [(FLIGHT, 3), (other, 1)]
    assert flight_make(FLIGHT, 3).model_dump_json().encode() == message["flights"][0][2]


async def test_a_flight_that_is_made_up_for_late_does_not_age_a_fresh_one(publisher, store, group):
    await store.want([TOPIC])
    await asyncio.to_thread(_rebuild_once, publisher, lambda _topic: [])
    await group()
    late = _update(1, flight_id="FW125-20261201-JFK", committed_at=5.0)
    await asyncio.to_thread(publisher.publish, [_update(1, committed_at=832.0), late])
    assert [((await group())["ts"]) for _ in range(2)] == [5.0, 832.0]


async def test_what_is_known_already_is_not_sent_again(publisher, store, group):
    await store.want([TOPIC])
    await asyncio.to_thread(_rebuild_once, publisher, lambda _topic: [_update(4)])
    await asyncio.to_thread(publisher.publish, [_update(4)])
    await asyncio.to_thread(publisher.publish, [_update(5)])
    assert [len((await group())["flights"]) for _ in range(2)] == [0, 1]
    assert (await store.read([TOPIC]))[TOPIC].mark.seq == 2


async def test_a_commit_between_mark_and_read_is_not_lost(publisher, store):
    """What is published while the rebuild reads older rows stays the newest."""

    def load(_topic):
        publisher.publish([_update(9)])
        return [_update(8)]

    await store.want([TOPIC])
    await asyncio.to_thread(_rebuild_once, publisher, load)
    assert [flight.version for flight in (await store.read([TOPIC]))[TOPIC].flights] == [9]


async def test_reconciling_repairs_watched_topics_once_in_a_while(publisher, store, group):
    await store.want([TOPIC])
    await asyncio.to_thread(_rebuild_once, publisher, lambda _topic: [_update(1)])
    await store.beacon([TOPIC])
    assert await asyncio.to_thread(publisher.reconcile, lambda _topic: [_update(2)]) == 1
    assert await asyncio.to_thread(publisher.reconcile, lambda _topic: [_update(3)]) == 0
    assert [len((await group())["flights"]) for _ in range(2)] == [0, 1]


async def test_what_reconciling_repairs_is_as_old_as_itself_and_not_as_its_topic(publisher, store, group):
    """The topic's other flights were committed days before; they are known, and say nothing of the age of what is told."""
    known = _update(1, flight_id="FW125-20261201-JFK", committed_at=5.0)
    await store.want([TOPIC])
    await asyncio.to_thread(_rebuild_once, publisher, lambda _topic: [known])
    await group()
    await store.beacon([TOPIC])
    await asyncio.to_thread(publisher.reconcile, lambda _topic: [known, _update(2, committed_at=832.0)])
    message = await group()
    assert ([flight_id for flight_id, *_ in message["flights"]], message["ts"]) == ([FLIGHT], 832.0)


def test_nothing_to_publish_asks_redis_nothing(redis_settings):
    settings = redis_settings.model_copy(update={"redis_url": SecretStr(f"redis://127.0.0.1:{free_ports(1)[0]}/0")})
    with FeedPublisher(settings) as publisher:
        publisher.publish([])


def test_says_when_redis_does_not_take_it(redis_settings):
    settings = redis_settings.model_copy(update={"redis_url": SecretStr(f"redis://127.0.0.1:{free_ports(1)[0]}/0")})
    with FeedPublisher(settings) as publisher:
        with pytest.raises(PublishError):
            publisher.publish([_update(1)])
        with pytest.raises(PublishError):
            publisher.beat()


async def test_a_failed_rebuild_is_survived_and_asked_for_again(publisher, store):
    """PostgreSQL may be away for a moment; the gateway's next beacon asks again."""
    from django.db import OperationalError  # noqa: PLC0415

    stop = threading.Event()
    calls = []

    def load(topic):
        calls.append(topic)
        if len(calls) == 1:
            raise OperationalError("away")
        stop.set()
        return [_update(1)]

    serving = asyncio.create_task(asyncio.to_thread(publisher.serve_wanted, load, stop))
    while not serving.done():
        await store.want([TOPIC])
        await asyncio.wait([serving], timeout=0.2)
    assert calls == [TOPIC, TOPIC]
    assert (await store.read([TOPIC]))[TOPIC].mark.complete
