"""A topic as one gateway knows it: the latest state, and what changed since any reader last heard of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING

from farewire.contracts.topics import MarketTopic
from farewire.platform.topic_store import TopicState
from farewire_gateway.frames import Frame, snapshot_frame, stale_frame, update_frame

if TYPE_CHECKING:
    from farewire_gateway.subscription import Subscription

Only = frozenset[str] | None

_MOST_FRAMES = 64
"""The most frames kept of one state: readers with filters of their own must not fill the memory."""


class Applied(Enum):
    """What an update did to a topic."""

    NEXT = auto()  # the one that was due; the state is whole
    GAP = auto()  # it came ahead of others that may still come, or were lost
    KNOWN = auto()  # nothing new
    FOREIGN = auto()  # not of the epoch that we hold: the topic is to be read


@dataclass(slots=True)
class _Flight:
    version: int
    seq: int  # the topic's, over all gateways, when it last changed: answers `have`
    revision: int  # ours, when we last learnt of it: tells what a socket has not been sent
    document: bytes


@dataclass(eq=False)
class LocalTopic:
    """The state of a topic, and frames of it, each encoded at most once.

    `seq` is the last up to which nothing is missing, and what readers are told: one who comes back with it misses nothing.
    """

    key: MarketTopic
    name: str = ""
    epoch: str | None = None
    seq: int = 0
    revision: int = 0
    ts: float = 0.0
    stale: bool = False
    joined: int = 0  # the link's generation in which we joined the topic's group
    absences: int = 0
    compared_seq: int = 0  # how far we were when the last beacon had looked: Redis was there, and never goes back by itself
    idle_since: float | None = None
    subscriptions: dict[Subscription, None] = field(default_factory=dict)
    _flights: dict[str, _Flight] = field(default_factory=dict)
    _ahead: set[int] = field(default_factory=set)
    _frames: dict[tuple[str, int, Only], Frame | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = str(self.key)
        self.stale_frame = stale_frame(self.name)

    @property
    def gap(self) -> bool:
        """Whether updates are missing below the latest."""
        return bool(self._ahead)

    def apply(self, *, epoch: str, seq: int, ts: float, flights: Sequence[tuple[str, int, bytes]]) -> Applied:
        """Take in one update."""
        if epoch != self.epoch:
            return Applied.FOREIGN
        if seq <= self.seq or seq in self._ahead:
            return Applied.KNOWN
        self.revision += 1
        self._frames.clear()
        for flight_id, version, document in flights:
            self._keep(flight_id, version=version, seq=seq, document=document)
        self.ts = ts
        self._ahead.add(seq)
        self._close_gap()
        return Applied.GAP if self._ahead else Applied.NEXT

    def load(self, state: TopicState) -> None:
        """Take in the whole state as Redis holds it, keeping whatever reached us ahead of it."""
        mark = state.mark
        self.revision += 1
        self._frames.clear()
        if mark.epoch != self.epoch:
            self.epoch, self.seq, self.compared_seq = mark.epoch, mark.seq, 0
            self._flights.clear()
            self._ahead.clear()
        for flight in state.flights:
            self._keep(flight.id, version=flight.version, seq=flight.seq, document=flight.document)
        self.ts = max(self.ts, state.ts)
        self.seq = max(self.seq, mark.seq)
        self._ahead = {seq for seq in self._ahead if seq > self.seq}
        self._close_gap()

    def snapshot(self, *, since_seq: int | None, only: Only) -> Frame:
        """The state, or with `since_seq` only what changed after it."""
        return self._snapshot(("snapshot", -1 if since_seq is None else since_seq, only), lambda flight: flight.seq, since_seq)

    def snapshot_since_revision(self, revision: int, *, only: Only) -> Frame:
        """What changed since `revision`, as the snapshot that ends a stale spell."""
        return self._snapshot(("recovery", revision, only), lambda flight: flight.revision, revision)

    def update_since_revision(self, revision: int, *, only: Only) -> Frame | None:
        """What changed since `revision` as an update; None where nothing of `only` did."""
        cached = ("update", revision, only)
        if cached not in self._frames:
            self._make_room()
            documents = [flight.document for _, flight in self._chosen(only) if flight.revision > revision]
            self._frames[cached] = (
                update_frame(topic=self.name, epoch=self.epoch or "", seq=self.seq, ts=self.ts, documents=documents) if documents else None
            )
        return self._frames[cached]

    def _snapshot(self, cached: tuple[str, int, Only], age: Callable[[_Flight], int], since: int | None) -> Frame:
        frame = self._frames.get(cached)
        if frame is None:
            self._make_room()
            frame = self._frames[cached] = snapshot_frame(
                topic=self.name,
                epoch=self.epoch or "",
                seq=self.seq,
                recovered=since is not None,
                documents=[flight.document for _, flight in self._chosen(cached[2]) if since is None or age(flight) > since],
            )
        return frame

    def _make_room(self) -> None:
        if len(self._frames) >= _MOST_FRAMES:
            self._frames.clear()

    def _chosen(self, only: Only) -> Iterable[tuple[str, _Flight]]:
        return self._flights.items() if only is None else ((key, flight) for key, flight in self._flights.items() if key in only)

    def _keep(self, flight_id: str, *, version: int, seq: int, document: bytes) -> None:
        known = self._flights.get(flight_id)
        if known is None or known.version < version:
            self._flights[flight_id] = _Flight(version, seq, self.revision, document)

    def _close_gap(self) -> None:
        while self.seq + 1 in self._ahead:
            self.seq += 1
            self._ahead.remove(self.seq)
