"""The hub: one channel of the layer for the whole process, and every socket behind it.

Sockets are no members of groups: each topic's group has this one channel as its member here, and what arrives is fanned
out in this loop, without a thread and without a copy for each reader.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

import structlog
from asgiref.typing import ASGISendCallable
from redis import RedisError

from farewire.contracts.feed import Position
from farewire.contracts.layer import FeedUpdate
from farewire.contracts.topics import MarketTopic
from farewire.platform.topic_store import TopicMark, TopicState, TopicStore
from farewire_gateway.configuration import GatewaySettings
from farewire_gateway.ending import tasks_end
from farewire_gateway.feed_link import FeedLink, Layer
from farewire_gateway.feed_socket import FeedSocket, FrameWriter
from farewire_gateway.local_topic import Applied, LocalTopic, Only
from farewire_gateway.metrics import UPDATE_AGE
from farewire_gateway.subscription import Subscription
from farewire_gateway.tally import Tally
from farewire_gateway.topic_reader import LOAD, TopicReader
from farewire_gateway.watch import Watch

_GRACE_SECONDS = 0.1
"""How long an update that is due may take, when a later one has come: two workers' messages may cross."""

_SOCKETS_PER_STEP = 500
"""After how many sockets a fan-out lets the loop do something else."""

_ABSENCES = 2
"""After how many beacons a topic that Redis does not hold can no longer be vouched for."""

_LOOK_SECONDS = 4.0
"""How long a beacon may take before Redis counts as silent; less would take a busy machine for a broken one."""

log = structlog.get_logger(__name__)


class TopicHub:
    """Everything that one gateway process knows."""

    def __init__(self, *, store: TopicStore, make_layer: Callable[[], Layer], settings: GatewaySettings) -> None:
        self.settings = settings
        self.tally = Tally()
        self.topics: dict[str, LocalTopic] = {}
        self.sockets: set[FeedSocket] = set()
        self.draining_since: float | None = None
        self.empty = asyncio.Event()  # set while there is no socket
        self.empty.set()
        self._store = store
        self._link = FeedLink(make_layer, self._take_update, self._hear)
        self._reader = TopicReader(store=store, link=self._link, tally=self.tally, on_read=self._take_state)
        self._watch = Watch(
            store=store,
            link=self._link,
            tally=self.tally,
            topics=lambda: list(self.topics),
            on_marks=self._compare,
            on_change=self._judge,
        )
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to look, to read and to beat."""
        loops = {"reader": self._reader.run(), "beacon": self._beacon(), "heartbeat": self._heartbeat()}
        self._tasks = [asyncio.create_task(loop, name=f"hub-{name}") for name, loop in loops.items()]

    @property
    def unreadable_messages(self) -> int:
        """How many messages of the layer were not what they should be."""
        return self._link.unreadable

    async def stop(self) -> None:
        """End all of it."""
        await tasks_end(self._tasks)
        await self._link.close()

    def alive(self) -> str | None:
        """Tell which of the hub's loops has ended, which none may; None when all is well."""
        ended = [task.get_name() for task in self._tasks if task.done()]
        return f"ended: {', '.join(ended)}" if ended else None

    def ready(self) -> str | None:
        """Tell why no new socket should come here; None when all is well."""
        if self.draining:
            return "draining"
        return None if self._watch.answered else "Redis does not answer"

    @property
    def draining(self) -> bool:
        """Whether this gateway lets its clients go."""
        return self.draining_since is not None

    @property
    def stale_reasons(self) -> frozenset[str]:
        """Why the feed cannot be vouched for; empty when it can."""
        return frozenset(self._watch.reasons)

    def connect(self, *, send: ASGISendCallable, writer: FrameWriter | None) -> FeedSocket:
        """Take in an accepted connection."""
        socket = FeedSocket(connection=secrets.token_hex(8), send=send, writer=writer, tally=self.tally)
        self.sockets.add(socket)
        self.empty.clear()
        self.tally.connections += 1
        return socket

    def disconnect(self, socket: FeedSocket) -> None:
        """Forget a connection; calling it twice does no harm."""
        socket.stop()
        self.sockets.discard(socket)
        if not self.sockets:
            self.empty.set()
        for name in list(socket.subscriptions):
            self.unsubscribe(socket, name)

    def subscribe(self, socket: FeedSocket, key: MarketTopic, *, have: Position | None = None, only: Only = None) -> None:
        """Send the topic's state and then its changes; subscribing again starts over, with another `only` if one is given."""
        name = str(key)
        self.unsubscribe(socket, name)
        topic = self.topics.get(name)
        if topic is None:
            topic = self.topics[name] = LocalTopic(key, stale=bool(self._watch.reasons))
            self._reader.request(topic, LOAD)
        topic.idle_since = None
        subscription = Subscription(socket, topic, have=have, only=only)
        topic.subscriptions[subscription] = None
        socket.subscriptions[name] = subscription
        socket.deliver(subscription)

    def unsubscribe(self, socket: FeedSocket, name: str) -> None:
        """Send nothing more of this topic; a topic without readers lingers for a while."""
        subscription = socket.subscriptions.pop(name, None)
        if subscription is None:
            return
        subscription.end()
        topic = subscription.topic
        del topic.subscriptions[subscription]
        if not topic.subscriptions:
            topic.idle_since = time.monotonic()

    async def _take_update(self, message: FeedUpdate) -> None:
        topic = self.topics.get(message["topic"])
        if topic is None:
            return
        self.tally.updates += 1
        applied = topic.apply(epoch=message["epoch"], seq=message["seq"], ts=message["ts"], flights=message["flights"])
        if applied is Applied.FOREIGN:
            self._reader.request(topic, LOAD if topic.epoch is None else "epoch")
        elif applied is not Applied.KNOWN:
            if applied is Applied.GAP:
                asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._heal_gap, topic)
            await self._deliver(topic)
            UPDATE_AGE.observe(max(0.0, time.time() - message["ts"]))

    async def _take_state(self, topic: LocalTopic, state: TopicState) -> None:
        topic.load(state)
        topic.absences = 0
        topic.stale = bool(self._watch.reasons)
        await self._deliver(topic)

    async def _deliver(self, topic: LocalTopic) -> None:
        for count, subscription in enumerate(list(topic.subscriptions), 1):
            subscription.socket.deliver(subscription)
            if count % _SOCKETS_PER_STEP == 0:
                await asyncio.sleep(0)

    def _heal_gap(self, topic: LocalTopic) -> None:
        if topic.gap and self.topics.get(topic.name) is topic:
            self._reader.request(topic, "gap")

    def _heal_behind(self, topic: LocalTopic, mark: TopicMark) -> None:
        if topic.epoch == mark.epoch and topic.seq < mark.seq and self.topics.get(topic.name) is topic:
            self._reader.request(topic, "behind")

    async def _compare(self, marks: Mapping[str, TopicMark | None]) -> None:
        for name, mark in marks.items():
            topic = self.topics.get(name)
            if topic is None:
                continue
            if topic.joined != self._link.generation or mark is None or not mark.complete:
                topic.absences += 1
                self._reader.request(topic, LOAD if topic.epoch is None else "absent")
                if topic.absences == _ABSENCES and not topic.stale:
                    topic.stale = True
                    await self._deliver(topic)
            elif topic.epoch != mark.epoch:
                self._reader.request(topic, LOAD if topic.epoch is None else "epoch")
            elif mark.seq < topic.compared_seq:
                await self._give_up_epoch(topic, mark)
            elif topic.stale and not self._watch.reasons:
                self._reader.request(topic, "recovered")
            elif topic.seq < mark.seq:
                # The update may be on its way.
                asyncio.get_running_loop().call_later(_GRACE_SECONDS, self._heal_behind, topic, mark)
            topic.compared_seq = topic.seq

    async def _give_up_epoch(self, topic: LocalTopic, mark: TopicMark) -> None:
        """Have a topic rebuilt that Redis holds at a lower seq than it had: a failover to a replica that lagged, or a restored copy.

        The seqs that it counts out again would be taken for known, and readers who come back would be told too little.
        """
        log.warning("feed.went_back", topic=topic.name, seq=mark.seq, known=topic.compared_seq)
        with suppress(RedisError, OSError):  # the next beacon finds it again
            await self._store.drop(topic.name, epoch=mark.epoch)

    def _hear(self) -> None:
        self._watch.heard()

    def _judge(self) -> None:
        """Act on a change of what can be vouched for: say so at once, or read everything and then take it back."""
        sick = bool(self._watch.reasons)
        for topic in self.topics.values():
            if not sick:
                self._reader.request(topic, LOAD if topic.epoch is None else "recovered")
            elif not topic.stale:
                topic.stale = True
                for subscription in list(topic.subscriptions):
                    subscription.socket.deliver(subscription)

    async def _beacon(self) -> None:
        seconds = self.settings.feed_beacon_seconds
        while True:
            await self._watch.look(seconds=max(_LOOK_SECONDS, seconds))
            await self._sweep(now=time.monotonic())
            await asyncio.sleep(seconds)

    async def _sweep(self, *, now: float) -> None:
        linger = self.settings.feed_linger_seconds
        for topic in list(self.topics.values()):
            # Asked of each when its turn has come: while one group was being left, a reader may have come to the next topic.
            if topic.idle_since is None or now - topic.idle_since < linger:
                continue
            del self.topics[topic.name]
            self._reader.forget(topic)
            await self._link.leave(topic.key.group)

    async def _heartbeat(self) -> None:
        seconds = self.settings.feed_heartbeat_seconds
        while True:
            await asyncio.sleep(seconds / 5)
            now = time.monotonic()
            for socket in list(self.sockets):
                socket.heartbeat(now=now, seconds=seconds * 0.8)
