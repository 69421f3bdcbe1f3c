"""The relay: what a worker committed goes to the topic store, and from there to the gateways.

This is the only place that touches the channel layer for domain events.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Iterable, Mapping, Sequence
from concurrent.futures import TimeoutError as FutureTimeout
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Protocol, Self, TypeVar

import structlog
from django.db import Error as DatabaseError
from django.db import close_old_connections
from django.utils.module_loading import import_string
from prometheus_client import Counter
from redis import RedisError

from farewire.contracts.feed import Flight
from farewire.contracts.layer import FEED_UPDATE, FeedUpdate
from farewire.contracts.topics import MarketTopic
from farewire.domain.errors import Unavailable
from farewire.platform.channel_layer import channel_layers
from farewire.platform.redis_client import redis_client
from farewire.platform.settings import RedisSettings
from farewire.platform.topic_store import Merged, TopicStore

PUBLISHED = Counter("farewire_feed_published_flights", "Flights that were newer than what the topic store held.")
REBUILT = Counter("farewire_feed_rebuilt_topics", "Topics merged afresh from PostgreSQL because a gateway asked for them.")
REPAIRED = Counter("farewire_feed_repaired_flights", "Flights that a reconciliation found newer in PostgreSQL than in the topic store.")
FAILURES = Counter("farewire_feed_publish_failures", "Publications that Redis did not take; they are made up for later.")

RECONCILE_SECONDS = 15
"""How often, over all workers, the watched topics are compared with PostgreSQL."""

_MOST_RECONCILED = 500
_WANTED_SECONDS = 1.0
_PAUSE_SECONDS = 1.0

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")


class PublishError(Unavailable):
    """Redis did not take a publication; what was committed stays marked as unpublished and is published later."""

    code = "publish_failed"


class ChannelLayer(Protocol):
    """The part of a channel layer that publishing needs."""

    async def group_send(self, group: str, message: FeedUpdate) -> None:
        """Send to every channel of the group, at most once."""
        ...


@dataclass(frozen=True, slots=True)
class FlightUpdate:
    """A flight's public state as committed at `committed_at`, in seconds since 1970."""

    topic: str
    flight: Flight
    committed_at: float


LoadTopic = Callable[[str], Sequence[FlightUpdate]]
"""Reads all flights of a topic from PostgreSQL; called in the caller's own thread."""


@dataclass(frozen=True, slots=True)
class _Encoded:
    id: str
    version: int
    document: bytes
    committed_at: float


_TopicChange = dict[str, _Encoded]
"""A topic's flights by id."""


class FeedPublisher:
    """Publishes from synchronous code through an event loop in a thread of its own; safe to use from several threads.

    Use it as a context manager, or call `close`.
    """

    def __init__(self, settings: RedisSettings, *, timeout_seconds: float = 10.0) -> None:
        self._timeout = timeout_seconds
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._turn, name="feed-publisher", daemon=True)
        self._thread.start()
        layer = channel_layers(settings)["default"]
        self._layer: ChannelLayer = import_string(layer["BACKEND"])(**layer["CONFIG"])
        self._store = TopicStore(redis_client(settings), prefix=settings.redis_prefix)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def publish(self, updates: Sequence[FlightUpdate]) -> None:
        """Hand what was committed to Redis and to the gateways; returns when Redis has it.

        One message for each topic that someone watches and each second of commits; older versions than the store's change nothing. Raises
        `PublishError`, after which some topics may have been published and publishing again does no harm.
        """
        for batch in _by_second(updates):
            self._run(self._publish(_by_topic(batch)))

    def beat(self) -> None:
        """Tell the gateways that a worker lives; call it from the worker's own loop every few seconds. May raise `PublishError`."""
        self._run(self._store.beat())

    def serve_wanted(self, load_topic: LoadTopic, stop: threading.Event) -> None:
        """Rebuild each topic that a gateway asks for, until `stop`; blocks, so give it a thread."""
        while not stop.is_set():
            try:
                topic = self._run(self._store.next_wanted(timeout_seconds=_WANTED_SECONDS))
                if topic is not None:
                    self._rebuild(topic, load_topic)
                    REBUILT.inc()
            except (PublishError, DatabaseError) as error:
                # Whoever wants the topic asks again in a few seconds, this worker or another.
                log.warning("feed.wanted_failed", reason=f"{type(error).__name__}: {error}")
                close_old_connections()
                stop.wait(_PAUSE_SECONDS)

    def reconcile(self, load_topic: LoadTopic) -> int:
        """Merge the watched topics from PostgreSQL anew, where it is this worker's turn; answers how many flights were behind.

        What it finds was committed and not published: a worker died in between, or Redis lost it.
        """
        if not self._run(self._store.turn("reconcile", seconds=RECONCILE_SECONDS)):
            return 0
        repaired = 0
        for topic in self._run(self._store.watched(limit=_MOST_RECONCILED)):
            repaired += self._rebuild(topic, load_topic)
        REPAIRED.inc(repaired)
        if repaired:
            log.info("feed.repaired", flights=repaired)
        return repaired

    def close(self) -> None:
        """Close the connections and end the thread."""
        if not self._thread.is_alive():
            return
        asyncio.run_coroutine_threadsafe(self._store.close(), self._loop).result(self._timeout)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _turn(self) -> None:
        self._loop.run_forever()
        # In this thread: the layer has wrapped `close` with work of its own, for which the loop runs once more.
        self._loop.close()

    def _rebuild(self, topic: str, load_topic: LoadTopic) -> int:
        # The order is the guarantee: mark, then read PostgreSQL, then merge. See the topic store.
        epoch = self._run(self._store.begin(topic))
        change = _by_topic(load_topic(topic)).get(topic, {})
        return self._run(self._fill(topic, epoch, change))

    async def _fill(self, topic: str, epoch: str, change: _TopicChange) -> int:
        newest = max((flight.committed_at for flight in change.values()), default=0.0)
        merged = (await self._store.merge({topic: list(change.values())}, ts={topic: newest}, epoch=epoch, complete=True))[topic]
        if merged is None:
            return 0  # the topic was lost meanwhile; a gateway that still wants it asks again
        if not merged.was_complete:
            await self._send(topic, merged, [])
            return 0
        if merged.flight_ids:
            await self._send(topic, merged, _newer(change, merged))
        return len(merged.flight_ids)

    async def _publish(self, changes: Mapping[str, _TopicChange]) -> None:
        merges = await self._store.merge(
            {topic: list(change.values()) for topic, change in changes.items()},
            ts={topic: _oldest(change.values()) for topic, change in changes.items()},
        )
        for topic, merged in merges.items():
            if merged is not None and merged.flight_ids:
                await self._send(topic, merged, _newer(changes[topic], merged))
                PUBLISHED.inc(len(merged.flight_ids))

    async def _send(self, topic: str, merged: Merged, flights: Sequence[_Encoded]) -> None:
        message = FeedUpdate(
            type=FEED_UPDATE,
            topic=topic,
            epoch=merged.epoch,
            seq=merged.seq,
            ts=_oldest(flights),
            flights=[(flight.id, flight.version, flight.document) for flight in flights],
        )
        await self._layer.group_send(MarketTopic.parse(topic).group, message)

    def _run(self, work: Coroutine[object, object, Answer]) -> Answer:
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(self._timeout)
        except (RedisError, OSError, FutureTimeout) as error:
            future.cancel()
            FAILURES.inc()
            raise PublishError(
                f"Redis did not take a publication ({type(error).__name__}); it will be made again.", data={"reason": str(error)}
            ) from error


def _by_second(updates: Sequence[FlightUpdate]) -> list[list[FlightUpdate]]:
    """Updates apart by the second of their commit, oldest first: one made up for late does not age the fresh ones of its topic."""
    batches: dict[int, list[FlightUpdate]] = {}
    for update in updates:
        batches.setdefault(int(update.committed_at), []).append(update)
    return [batches[second] for second in sorted(batches)]


def _by_topic(updates: Sequence[FlightUpdate]) -> dict[str, _TopicChange]:
    """Each topic's flights at their highest version, encoded once; of two versions the earlier commit's time counts."""
    changes: dict[str, _TopicChange] = {}
    for update in updates:
        change = changes.setdefault(update.topic, {})
        flight, known = update.flight, change.get(update.flight.id)
        committed_at = update.committed_at if known is None else min(known.committed_at, update.committed_at)
        if known is None or known.version < flight.version:
            change[flight.id] = _Encoded(flight.id, flight.version, flight.model_dump_json().encode(), committed_at)
        else:
            change[flight.id] = replace(known, committed_at=committed_at)
    return changes


def _newer(change: _TopicChange, merged: Merged) -> list[_Encoded]:
    """What of a change the topic store did not know yet."""
    return [flight for flight in change.values() if flight.id in merged.flight_ids]


def _oldest(flights: Iterable[_Encoded]) -> float:
    """The oldest commit among flights that are told of together, so that ages are not flattered; 0 where there is none."""
    return min((flight.committed_at for flight in flights), default=0.0)
