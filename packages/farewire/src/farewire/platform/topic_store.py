"""Each topic's state in Redis: what a gateway reads when it joins or has missed something, and workers rebuild at will.

Only topics that someone watches exist. Publishing to an absent one does nothing; a gateway that finds one absent asks the
workers, who mark it with a new epoch first, then read PostgreSQL, then merge by version. So a commit either precedes the
read, or its publication follows the mark: none can fall between.
"""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, cast

from redis.asyncio import Redis

from farewire.platform.topic_scripts import BEACON, BEGIN, DROP, MERGE, WANT

TOPIC_SECONDS = 900
"""How long a topic is kept after the last gateway has looked at it."""

WORKER_SECONDS = 10
"""How long after its last beat a worker counts as alive."""

_ASKED_SECONDS = 3
_LONGEST_QUEUE = 10_000
_TOPICS_PER_CALL = 500


class VersionedDocument(Protocol):
    """A flight as it is published: JSON that nothing on its way parses."""

    @property
    def id(self) -> str:
        """The flight's id."""
        ...

    @property
    def version(self) -> int:
        """The version that the document shows."""
        ...

    @property
    def document(self) -> bytes:
        """The contract's `Flight` as JSON."""
        ...


@dataclass(frozen=True, slots=True)
class StoredFlight:
    """A flight's contract JSON, with the topic's `seq` when it last changed."""

    id: str
    version: int
    seq: int
    document: bytes


@dataclass(frozen=True, slots=True)
class TopicMark:
    """How far a topic has come; `complete` once a worker has merged all of its flights."""

    epoch: str
    seq: int
    complete: bool


@dataclass(frozen=True, slots=True)
class TopicState:
    """A topic at one instant; `ts` is the last change's commit time in seconds since 1970."""

    mark: TopicMark
    ts: float
    flights: Sequence[StoredFlight]


@dataclass(frozen=True, slots=True)
class Merged:
    """What a merge did: the topic's position after it, and which flights were newer than what was known."""

    epoch: str
    seq: int
    was_complete: bool
    flight_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Beacon:
    """Whether any worker lives, and each topic's mark (None where Redis holds no such topic)."""

    worker_alive: bool
    marks: Mapping[str, TopicMark | None]


class TopicStore:
    """The topics of one site. Every method raises `redis.RedisError` or `OSError` where Redis does not answer."""

    def __init__(self, client: Redis, *, prefix: str) -> None:
        self._redis = client
        self._prefix = prefix
        self._worker = f"{prefix}:worker"
        self._queue = f"{prefix}:wanted"
        self._index = f"{prefix}:topics"

    async def merge(
        self, changes: Mapping[str, Sequence[VersionedDocument]], *, ts: Mapping[str, float], epoch: str = "", complete: bool = False
    ) -> dict[str, Merged | None]:
        """Merge flights into each topic, the highest version of each winning; one round trip.

        None for a topic that is absent, or whose epoch is not `epoch` where one is given. `complete` says that these are
        all of the topic's flights.
        """
        pipeline = self._redis.pipeline(transaction=False)
        for topic, flights in changes.items():
            arguments: list[str | bytes | int | float] = [epoch, int(complete), repr(ts[topic]), TOPIC_SECONDS * 1000]
            for flight in flights:
                arguments += [flight.id, flight.version, flight.document]
            pipeline.eval(MERGE, 2, *self._keys(topic), *arguments)
        answers: list[list[bytes] | None] = await pipeline.execute()
        return {topic: None if answer is None else _merged(answer) for topic, answer in zip(changes, answers, strict=True)}

    async def begin(self, topic: str) -> str:
        """Mark an absent topic with a new epoch; answers the epoch, old or new, to merge all of its flights into."""
        epoch = await self._eval(BEGIN, 2, *self._keys(topic), secrets.token_hex(8), TOPIC_SECONDS * 1000)
        return cast("bytes", epoch).decode()

    async def read(self, topics: Sequence[str]) -> dict[str, TopicState | None]:
        """Each topic's whole state, all at one instant; one round trip."""
        pipeline = self._redis.pipeline(transaction=True)
        for topic in topics:
            meta, flights = self._keys(topic)
            pipeline.hmget(meta, ["epoch", "seq", "complete", "ts"])
            pipeline.hgetall(flights)
        answers = await pipeline.execute()
        states: dict[str, TopicState | None] = {}
        for topic, meta_answer, flights_answer in zip(topics, answers[::2], answers[1::2], strict=True):
            states[topic] = None if meta_answer[0] is None else _state(meta_answer, flights_answer)
        return states

    async def beacon(self, topics: Sequence[str]) -> Beacon:
        """Look whether a worker lives and how far each topic is, and keep these topics; a round trip for every 500 topics."""
        alive = False
        marks: dict[str, TopicMark | None] = {}
        for start in range(0, max(1, len(topics)), _TOPICS_PER_CALL):
            some = topics[start : start + _TOPICS_PER_CALL]
            keys = [self._worker, self._index, *(key for topic in some for key in self._keys(topic))]
            answer = cast("list[int | list[bytes] | None]", await self._eval(BEACON, len(keys), *keys, TOPIC_SECONDS * 1000, *some))
            alive = bool(answer[0])
            for topic, mark in zip(some, answer[1:], strict=True):
                marks[topic] = _mark(mark) if isinstance(mark, list) else None
        return Beacon(worker_alive=alive, marks=marks)

    async def drop(self, topic: str, *, epoch: str) -> None:
        """Forget a topic whose position cannot be trusted, so that it comes back under a new epoch; nothing where it did already."""
        await self._eval(DROP, 2, *self._keys(topic), epoch)

    async def want(self, topics: Sequence[str]) -> None:
        """Ask the workers for topics that are absent or incomplete; asking again within 3 s changes nothing."""
        pipeline = self._redis.pipeline(transaction=False)
        for topic in topics:
            meta, _ = self._keys(topic)
            keys = (meta, self._queue, f"{self._prefix}:asked:{topic}")
            pipeline.eval(WANT, 3, *keys, topic, _ASKED_SECONDS * 1000, _LONGEST_QUEUE)
        await pipeline.execute()

    async def next_wanted(self, *, timeout_seconds: float) -> str | None:
        """Take the next topic that a gateway asked for, or None when none was within `timeout_seconds` (below the client's own)."""
        popped = await cast("Awaitable[list[bytes] | None]", self._redis.blpop([self._queue], timeout=timeout_seconds))
        return None if popped is None else popped[1].decode()

    async def watched(self, *, limit: int) -> list[str]:
        """Topics that some gateway has looked at lately, the latest first; those long unseen are forgotten."""
        seconds, _ = cast("tuple[int, int]", await cast("Awaitable[object]", self._redis.time()))
        await self._redis.zremrangebyscore(self._index, "-inf", f"({seconds * 1000}")
        found = cast("list[bytes]", await self._redis.zrange(self._index, 0, limit - 1, desc=True))
        return [topic.decode() for topic in found]

    async def turn(self, name: str, *, seconds: float) -> bool:
        """Whether it is this caller's turn to do what one worker in all does every `seconds`."""
        return bool(await self._redis.set(f"{self._prefix}:turn:{name}", "1", nx=True, px=int(seconds * 1000)))

    async def beat(self) -> None:
        """Tell the gateways that a worker lives."""
        await self._redis.set(self._worker, "1", px=WORKER_SECONDS * 1000)

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()

    def _keys(self, topic: str) -> tuple[str, str]:
        return f"{self._prefix}:topic:{{{topic}}}:meta", f"{self._prefix}:topic:{{{topic}}}:flights"

    def _eval(self, script: str, keys: int, *arguments: str | bytes | float) -> Awaitable[object]:
        return cast("Awaitable[object]", self._redis.eval(script, keys, *cast("tuple[str, ...]", arguments)))


def _mark(answer: Sequence[bytes]) -> TopicMark:
    return TopicMark(epoch=answer[0].decode(), seq=int(answer[1]), complete=answer[2] == b"1")


def _merged(answer: Sequence[bytes]) -> Merged:
    return Merged(
        epoch=answer[0].decode(),
        seq=int(answer[1]),
        was_complete=answer[2] == b"1",
        flight_ids=frozenset(flight_id.decode() for flight_id in answer[3:]),
    )


def _state(meta: Sequence[bytes], flights: Mapping[bytes, bytes]) -> TopicState:
    stored = []
    for flight_id, value in sorted(flights.items()):
        version, seq, document = value.split(b"|", 2)
        stored.append(StoredFlight(flight_id.decode(), int(version), int(seq), document))
    return TopicState(mark=_mark(meta), ts=float(meta[3]), flights=stored)
