"""Topics in a real Redis."""

import asyncio
import secrets
from dataclasses import dataclass

import pytest
from pydantic import SecretStr

from farewire.platform.redis_client import redis_client
from farewire.platform.settings import RedisSettings
from farewire.platform.topic_store import TopicMark, TopicStore

TOPIC = "market:JFK-LAX:2026-12-01"
OTHER = "market:EWR-SFO:2026-12-01"


@dataclass(frozen=True)
class Document:
    id: str
    version: int

    @property
    def document(self) -> bytes:
        return f'{{"id":"{self.id}","version":{self.version}}}'.encode()


@pytest.fixture
async def store(redis_url):
    client = redis_client(RedisSettings(redis_url=SecretStr(redis_url)))
    store = TopicStore(client, prefix=f"test-{secrets.token_hex(4)}")
    yield store
    await store.close()


async def _merge(store, *flights, topic=TOPIC, **options):
    return (await store.merge({topic: flights}, ts={topic: 7.0}, **options))[topic]


async def _versions(store, topic=TOPIC):
    state = (await store.read([topic]))[topic]
    return {flight.id: (flight.version, flight.seq) for flight in state.flights}


async def test_publishing_to_a_topic_that_nobody_wants_does_nothing(store):
    assert await _merge(store, Document("A", 1)) is None
    assert (await store.read([TOPIC]))[TOPIC] is None


async def test_counts_each_merge_that_changes_something(store):
    epoch = await store.begin(TOPIC)
    first = await _merge(store, Document("A", 1), Document("B", 1), epoch=epoch, complete=True)
    assert (first.epoch, first.seq, first.was_complete, first.flight_ids) == (epoch, 1, False, {"A", "B"})
    second = await _merge(store, Document("A", 2), Document("B", 1))
    assert (second.seq, second.was_complete, second.flight_ids) == (2, True, {"A"})
    third = await _merge(store, Document("A", 2))
    assert (third.seq, third.flight_ids) == (2, frozenset())
    state = (await store.read([TOPIC]))[TOPIC]
    assert state.mark == TopicMark(epoch=epoch, seq=2, complete=True)
    assert state.ts == 7.0
    assert [flight.document for flight in state.flights] == [Document("A", 2).document, Document("B", 1).document]
    assert await _versions(store) == {"A": (2, 2), "B": (1, 1)}


async def test_an_older_version_never_replaces_a_newer_one_in_any_order(store):
    epoch = await store.begin(TOPIC)
    await asyncio.gather(*(_merge(store, Document("A", version)) for version in (10, 9, 100, 3, 99)))
    await _merge(store, Document("A", 50), epoch=epoch, complete=True)
    assert (await _versions(store))["A"][0] == 100


async def test_what_was_read_before_a_flush_is_not_merged_after_it(store):
    epoch = await store.begin(TOPIC)
    await store._redis.delete(*store._keys(TOPIC))
    assert await _merge(store, Document("A", 1), epoch=epoch, complete=True) is None
    assert await store.begin(TOPIC) != epoch
    assert await _merge(store, Document("A", 1), epoch=epoch, complete=True) is None


async def test_two_rebuilds_at_once_share_an_epoch(store):
    assert await store.begin(TOPIC) == await store.begin(TOPIC)


async def test_the_beacon_tells_marks_workers_and_keeps_topics(store):
    epoch = await store.begin(TOPIC)
    await store._redis.pexpire(store._keys(TOPIC)[0], 5_000)
    beacon = await store.beacon([TOPIC, OTHER])
    assert not beacon.worker_alive
    assert beacon.marks == {TOPIC: TopicMark(epoch=epoch, seq=0, complete=False), OTHER: None}
    assert await store._redis.pttl(store._keys(TOPIC)[0]) > 800_000
    await store.beat()
    assert (await store.beacon([])).worker_alive
    assert sorted(await store.watched(limit=10)) == [OTHER, TOPIC]


async def test_the_beacon_takes_any_number_of_topics(store):
    topics = [f"market:AAA-BBB:{number}" for number in range(1203)]
    await store.begin(topics[-1])
    marks = (await store.beacon(topics)).marks
    assert list(marks) == topics
    assert [topic for topic, mark in marks.items() if mark is not None] == topics[-1:]


async def test_a_topic_is_asked_for_once_however_many_want_it(store):
    await asyncio.gather(*(store.want([TOPIC]) for _ in range(5)))
    assert await store.next_wanted(timeout_seconds=1) == TOPIC
    assert await store.next_wanted(timeout_seconds=0.01) is None


async def test_a_complete_topic_is_not_asked_for(store):
    await store.want([OTHER])
    await _merge(store, epoch=await store.begin(TOPIC), complete=True)
    await store.want([TOPIC])
    assert await store.next_wanted(timeout_seconds=1) == OTHER
    assert await store.next_wanted(timeout_seconds=0.01) is None


async def test_topics_that_nobody_watches_are_forgotten(store):
    await store.beacon([TOPIC, OTHER])
    await store._redis.zadd(store._index, {TOPIC: 1})
    assert await store.watched(limit=10) == [OTHER]


async def test_one_worker_in_all_has_its_turn(store):
    assert [await store.turn("x", seconds=10) for _ in range(3)] == [True, False, False]
