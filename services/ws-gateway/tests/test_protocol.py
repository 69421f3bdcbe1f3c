"""Protocol 1 as a client meets it, over a real server."""

import asyncio
import time

import pytest
from websockets.asyncio.client import connect
from websockets.exceptions import InvalidStatus

from farewire.contracts.feed import SUBPROTOCOL, Hello, Pong, Position, Snapshot, Update

TOPIC = "market:JFK-LAX:2026-12-01"
OTHER = "market:EWR-SFO:2026-12-01"
FLIGHT = "FW123-20261201-JFK"
SECOND = "FW125-20261201-JFK"


async def test_greets_with_protocol_and_heartbeat(gateway):
    async with gateway.client() as client:
        hello = client.frames[0]
        assert isinstance(hello, Hello)
        assert (hello.protocol, hello.heartbeat_seconds) == (1, 10)
        assert hello.connection


async def test_sends_the_whole_state_then_each_change(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: bool(client.of(Snapshot)), what="snapshot")
        snapshot = client.of(Snapshot)[0]
        assert not snapshot.recovered
        assert {flight.id: flight.version for flight in snapshot.flights} == {FLIGHT: 1, SECOND: 1}

        before = time.time()
        worker.change(TOPIC, FLIGHT)
        await client.until(lambda: bool(client.of(Update)), what="update")
        update = client.of(Update)[0]
        assert [flight.id for flight in update.flights] == [FLIGHT]
        assert update.flights[0] == worker.truth[TOPIC][FLIGHT]
        assert (update.epoch, update.seq) == (snapshot.epoch, snapshot.seq + 1)
        assert before <= update.ts <= time.time()


async def test_a_topic_without_flights_is_an_empty_snapshot(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe("market:AAA-BBB:2026-12-01")
        await client.until(lambda: bool(client.of(Snapshot)), what="snapshot")
        assert client.of(Snapshot)[0].flights == []


async def test_a_late_reader_is_served_from_the_hubs_memory(gateway, worker):
    async with gateway.client() as first, gateway.client() as second:
        await first.subscribe(TOPIC)
        await first.until(lambda: bool(first.of(Snapshot)), what="snapshot")
        loads = len(worker.loads)
        worker.stop()
        await second.subscribe(TOPIC)
        await second.until(lambda: second.version(TOPIC, SECOND) == 1, what="state")
        assert len(worker.loads) == loads


async def test_only_limits_snapshot_and_updates_to_some_flights(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe(TOPIC, only={TOPIC: [SECOND]})
        await client.until(lambda: bool(client.of(Snapshot)), what="snapshot")
        worker.change(TOPIC, FLIGHT)
        worker.change(TOPIC, SECOND)
        await client.until(lambda: client.version(TOPIC, SECOND) == 2, what="the flight that matters")
        assert set(client.flights[TOPIC]) == {SECOND}
        assert all(update.flights for update in client.of(Update))


async def test_unsubscribe_ends_a_topic_and_leaves_the_others(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe(TOPIC, OTHER)
        await client.until(lambda: len(client.of(Snapshot)) == 2, what="both snapshots")
        await client.send({"type": "unsubscribe", "topics": [TOPIC]})
        await client.send({"type": "ping"})
        await client.until(lambda: bool(client.of(Pong)), what="pong")
        worker.change(TOPIC, FLIGHT)
        worker.change(OTHER, "FW9-20261201-EWR")
        await client.until(lambda: client.version(OTHER, "FW9-20261201-EWR") == 2, what="the other topic's change")
        assert client.version(TOPIC, FLIGHT) == 1


async def test_come_back_with_have_and_get_only_what_changed(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: TOPIC in client.positions, what="snapshot")
        position = client.positions[TOPIC]
    worker.change(TOPIC, SECOND)
    async with gateway.client() as client:
        await client.subscribe(TOPIC, have={TOPIC: position})
        await client.until(lambda: bool(client.of(Snapshot)), what="snapshot")
        snapshot = client.of(Snapshot)[0]
        # Perhaps the update itself arrived after the snapshot: together they are what changed, and nothing else.
        await client.until(lambda: client.version(TOPIC, SECOND) == 2, what="what changed")
        assert snapshot.recovered
        assert set(client.flights[TOPIC]) == {SECOND}


async def test_have_of_another_epoch_gets_everything(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe(TOPIC, have={TOPIC: Position(epoch="long ago", seq=7)})
        await client.until(lambda: bool(client.of(Snapshot)), what="snapshot")
        assert not client.of(Snapshot)[0].recovered
        assert len(client.of(Snapshot)[0].flights) == 2


async def test_answers_a_ping(gateway):
    async with gateway.client() as client:
        await client.send({"type": "ping"})
        await client.until(lambda: bool(client.of(Pong)), what="pong")


async def test_an_idle_connection_hears_a_heartbeat(start_gateway):
    gateway = await start_gateway(feed_heartbeat_seconds=0.2)
    async with gateway.client() as client:
        await client.until(lambda: len(client.of(Pong)) >= 3, what="heartbeats")


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("{", "invalid_json"),
        (b"{}", "binary_message"),
        ({"type": "buy"}, "unknown_type"),
        ({"topics": []}, "unknown_type"),
        ([], "invalid_message"),
        ({"type": "subscribe", "topics": TOPIC}, "invalid_message"),
        ({"type": "subscribe", "topics": [], "hurry": True}, "invalid_message"),
        ({"type": "subscribe", "topics": ["market:JFK-LAX"]}, "unknown_topic"),
        ({"type": "subscribe", "topics": ["market:JFK-LAX:2026-02-30"]}, "unknown_topic"),
        ({"type": "ping", "padding": "x" * 70_000}, "message_too_large"),
    ],
)
async def test_explains_what_it_cannot_follow_and_stays(gateway, message, code):
    async with gateway.client() as client:
        await client.send(message)
        await client.until(lambda: bool(client.errors()), what="error")
        assert client.errors() == [code]
        await client.send({"type": "ping"})
        await client.until(lambda: bool(client.of(Pong)), what="still served")


async def test_a_bad_topic_takes_no_good_one_with_it(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe("nonsense", TOPIC)
        await client.until(lambda: bool(client.of(Snapshot)) and bool(client.errors()), what="both answers")
        assert client.errors() == ["unknown_topic"]


async def test_limits_the_topics_of_a_connection(start_gateway, worker):
    gateway = await start_gateway(feed_topics_per_connection=1)
    async with gateway.client() as client:
        await client.subscribe(TOPIC, OTHER)
        await client.until(lambda: bool(client.of(Snapshot)) and bool(client.errors()), what="both answers")
        assert client.errors() == ["too_many_topics"]
        await client.subscribe(TOPIC)
        await client.until(lambda: len(client.of(Snapshot)) == 2, what="a topic that is watched already")


async def test_limits_the_topics_of_a_gateway(start_gateway, worker):
    gateway = await start_gateway(gateway_max_topics=1)
    async with gateway.client() as client:
        await client.subscribe(TOPIC, OTHER)
        await client.until(lambda: bool(client.of(Snapshot)) and bool(client.errors()), what="both answers")
        assert client.errors() == ["gateway_full"]


async def test_listens_more_slowly_to_who_talks_too_fast(start_gateway):
    gateway = await start_gateway(feed_messages_per_second=50)
    async with gateway.client() as client:
        started = time.monotonic()
        for _ in range(520):
            await client.send({"type": "ping"})
        await client.until(lambda: len(client.of(Pong)) == 520, what="every answer")
        # Ten seconds' worth at once, then fifty a second.
        assert time.monotonic() - started >= 20 / 50


async def test_offers_its_subprotocol(gateway):
    async with gateway.client(subprotocols=[SUBPROTOCOL]) as client:
        assert client.socket.subprotocol == SUBPROTOCOL
    async with gateway.client() as client:
        assert client.socket.subprotocol is None


async def _status(url: str, **options: object) -> int:
    with pytest.raises(InvalidStatus) as refused:
        async with connect(url, **options):
            pass
    return refused.value.response.status_code


async def test_refuses_pages_of_other_sites(start_gateway):
    gateway = await start_gateway(allowed_hosts="farewire.example")
    assert await _status(gateway.url, origin="https://elsewhere.example") == 403
    for origin in ("https://farewire.example", gateway.url.replace("ws", "http", 1).partition("/ws/")[0], None):
        async with gateway.client(origin=origin) as client:
            assert client.of(Hello)


async def test_refuses_other_paths(gateway):
    assert await _status(gateway.url.replace("flight_updates", "elsewhere")) == 404


async def test_refuses_more_connections_than_it_takes(start_gateway):
    gateway = await start_gateway(gateway_max_connections=1)
    async with gateway.client():
        assert await _status(gateway.url) == 503


async def test_forgets_sockets_at_once_and_topics_after_a_while(gateway, worker):
    async with gateway.client() as client:
        await client.subscribe(TOPIC)
        await client.until(lambda: bool(client.of(Snapshot)), what="snapshot")
    async with asyncio.timeout(10):
        while gateway.hub.sockets or gateway.hub.topics:
            await asyncio.wait([gateway.task], timeout=0.02)
