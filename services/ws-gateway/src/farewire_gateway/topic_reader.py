"""Reads topics from Redis: a new one, one that has missed something, and all of them after an outage."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis import RedisError

from farewire.platform.topic_store import TopicState, TopicStore
from farewire_gateway.feed_link import FeedLink
from farewire_gateway.local_topic import LocalTopic
from farewire_gateway.tally import Tally

LOAD = "load"
"""The reason for a topic's first read, which heals nothing."""

_BATCH = 32
_PAUSE_SECONDS = 0.5

log = structlog.get_logger(__name__)


class TopicReader:
    """One loop, one batch at a time: thousands of topics heal after an outage over one connection.

    A topic's group is joined before its state is read, so that no update can fall between the two.
    """

    def __init__(
        self, *, store: TopicStore, link: FeedLink, tally: Tally, on_read: Callable[[LocalTopic, TopicState], Awaitable[None]]
    ) -> None:
        self._store = store
        self._link = link
        self._tally = tally
        self._on_read = on_read
        self._due: dict[LocalTopic, str] = {}
        self._wake = asyncio.Event()

    def request(self, topic: LocalTopic, reason: str) -> None:
        """Read this topic soon; a topic that waits already is read once."""
        if topic not in self._due:
            self._due[topic] = reason
            self._wake.set()

    def forget(self, topic: LocalTopic) -> None:
        """Do not read it after all."""
        self._due.pop(topic, None)

    async def run(self) -> None:
        """Read what is due, for ever; while Redis does not answer, what is due stays due."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._due:
                batch = [(topic, self._due[topic]) for topic in list(self._due)[:_BATCH]]
                try:
                    await self._read(batch)
                except (RedisError, OSError) as error:
                    log.warning("feed.read_failed", topics=len(self._due), reason=f"{type(error).__name__}: {error}")
                    await asyncio.sleep(_PAUSE_SECONDS)

    async def _read(self, batch: list[tuple[LocalTopic, str]]) -> None:
        for topic, _ in batch:
            if topic.joined != self._link.generation:
                generation = self._link.generation
                await self._link.join(topic.key.group)
                topic.joined = generation
        # Taken off before the read: what is found missing from now on is a reason to read once more.
        for topic, _ in batch:
            self._due.pop(topic, None)
        try:
            states = await self._store.read([topic.name for topic, _ in batch])
            await self._ask_for([topic for topic, _ in batch if not _complete(states[topic.name])])
        except (RedisError, OSError):
            for topic, reason in batch:
                self._due.setdefault(topic, reason)
            raise
        for topic, reason in batch:
            state = states[topic.name]
            if state is not None and state.mark.complete:
                if reason != LOAD:
                    self._tally.heals[reason] += 1
                await self._on_read(topic, state)

    async def _ask_for(self, topics: list[LocalTopic]) -> None:
        if topics:
            await self._store.want([topic.name for topic in topics])


def _complete(state: TopicState | None) -> bool:
    return state is not None and state.mark.complete
