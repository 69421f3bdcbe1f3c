"""Writing to a socket that reads, that does not, and that is gone."""

import asyncio
from datetime import date

import orjson
import pytest

from farewire.contracts.topics import MarketTopic
from farewire.platform.topic_store import TopicMark, TopicState
from farewire_gateway.feed_socket import FeedSocket
from farewire_gateway.frames import PONG
from farewire_gateway.local_topic import LocalTopic
from farewire_gateway.subscription import Subscription
from farewire_gateway.tally import Tally


class Reader:
    """A connection's other end: takes frames while `reading`."""

    def __init__(self) -> None:
        self.messages: list[dict] = []
        self.reading = asyncio.Event()
        self.reading.set()
        self.gone = False
        self.aborted = False
        self.news = asyncio.Event()

    # As a FrameWriter.
    def writable(self) -> bool:
        return self.reading.is_set() and not self.gone

    def write(self, frame: bytes) -> None:
        assert self.writable()
        self._take(orjson.loads(frame[frame.index(b"{") :]))

    async def drained(self) -> bool:
        await self.reading.wait()
        return self.writable()

    def abort(self) -> None:
        self.aborted = True

    # As ASGI's send.
    async def send(self, message) -> None:
        await self.reading.wait()
        if self.gone:
            raise OSError("gone")
        self._take(orjson.loads(message["text"]) if "text" in message else message)

    def _take(self, message: dict) -> None:
        self.messages.append(message)
        self.news.set()

    async def until(self, count: int) -> None:
        async with asyncio.timeout(5):
            while len(self.messages) < count:
                self.news.clear()
                await self.news.wait()

    @property
    def kinds(self) -> list[str]:
        return [message["type"] for message in self.messages]


@pytest.fixture
async def reader() -> Reader:
    return Reader()


@pytest.fixture(params=["transport", "asgi"])
async def socket(request, reader) -> FeedSocket:
    return FeedSocket(connection="c", send=reader.send, writer=reader if request.param == "transport" else None, tally=Tally())


@pytest.fixture
def topic() -> LocalTopic:
    topic = LocalTopic(MarketTopic("JFK", "LAX", date(2026, 12, 1)))
    topic.load(TopicState(mark=TopicMark("e", 0, complete=True), ts=0.0, flights=[]))
    return topic


def _change(topic: LocalTopic, flight: str = "A") -> None:
    seq = topic.seq + 1
    document = orjson.dumps({"id": flight, "version": seq})
    topic.apply(epoch="e", seq=seq, ts=float(seq), flights=[(flight, seq, document)])


async def test_a_slow_reader_gets_the_newest_state_and_nothing_in_between(socket, reader, topic):
    subscription = Subscription(socket, topic, have=None, only=None)
    socket.deliver(subscription)
    await reader.until(1)
    reader.reading.clear()
    for _ in range(1000):
        _change(topic)
        socket.deliver(subscription)
    # What waits is one mark for the topic (and, through ASGI, the one frame that send() already holds).
    assert len(socket._dirty) == 1
    reader.reading.set()
    await reader.until(2)
    while socket._task is not None:
        await asyncio.wait([socket._task])
    assert reader.messages[-1]["seq"] == 1000
    assert len(reader.messages) <= 3
    assert reader.messages[-1]["flights"] == [{"id": "A", "version": 1000}]


async def test_a_reader_who_reads_gets_each_update(socket, reader, topic):
    subscription = Subscription(socket, topic, have=None, only=None)
    for count in range(5):
        socket.deliver(subscription)
        await reader.until(count + 1)
        _change(topic)
    assert [message["seq"] for message in reader.messages] == [0, 1, 2, 3, 4]


async def test_stale_is_told_once_and_ended_by_what_was_missed(socket, reader, topic):
    subscription = Subscription(socket, topic, have=None, only=None)
    socket.deliver(subscription)
    await reader.until(1)
    topic.stale = True
    socket.deliver(subscription)
    socket.deliver(subscription)
    await reader.until(2)
    _change(topic)
    topic.stale = False
    socket.deliver(subscription)
    await reader.until(3)
    assert reader.kinds == ["snapshot", "stale", "snapshot"]
    assert reader.messages[2]["recovered"]
    assert [flight["id"] for flight in reader.messages[2]["flights"]] == ["A"]


async def test_a_new_epoch_reaches_a_reader_as_a_whole_snapshot(socket, reader, topic):
    subscription = Subscription(socket, topic, have=None, only=None)
    socket.deliver(subscription)
    await reader.until(1)
    topic.load(TopicState(mark=TopicMark("f", 0, complete=True), ts=0.0, flights=[]))
    socket.deliver(subscription)
    await reader.until(2)
    assert (reader.messages[1]["type"], reader.messages[1]["epoch"], reader.messages[1]["recovered"]) == ("snapshot", "f", False)


async def test_an_ended_subscription_sends_nothing_that_was_due(socket, reader, topic):
    subscription = Subscription(socket, topic, have=None, only=None)
    reader.reading.clear()
    socket.push(PONG)
    socket.deliver(subscription)
    subscription.end()
    reader.reading.set()
    await reader.until(1)
    while socket._task is not None:
        await asyncio.wait([socket._task])
    assert reader.kinds == ["pong"]


async def test_a_client_who_asks_without_reading_waits_for_its_own_answers(socket, reader):
    reader.reading.clear()
    asking = asyncio.create_task(_ask(socket, 1000))
    await asyncio.wait([asking], timeout=0.05)
    assert not asking.done()
    assert len(socket._replies) <= 17
    reader.reading.set()
    await asking
    await reader.until(1000)


async def _ask(socket: FeedSocket, count: int) -> None:
    for _ in range(count):
        await socket.reply(PONG)


async def test_a_client_who_leaves_ends_the_writing(socket, reader, topic):
    reader.reading.clear()
    socket.deliver(Subscription(socket, topic, have=None, only=None))
    reader.gone = True
    reader.reading.set()
    while socket._task is not None:
        await asyncio.wait([socket._task])
    assert reader.messages == []


async def test_heartbeats_are_for_who_has_heard_nothing(socket, reader):
    sent_at = socket._sent_at
    socket.heartbeat(now=sent_at + 9, seconds=10)
    socket.heartbeat(now=sent_at + 11, seconds=10)
    await reader.until(1)
    assert reader.kinds == ["pong"]


async def test_who_does_not_take_the_close_is_dropped(reader):
    socket = FeedSocket(connection="c", send=reader.send, writer=reader, tally=Tally())
    reader.reading.clear()
    await socket.close(1012, patience_seconds=0.01)
    assert reader.aborted
