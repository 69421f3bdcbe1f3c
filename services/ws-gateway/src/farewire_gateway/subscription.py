"""One socket's interest in one topic, and what it has to be sent next."""

from __future__ import annotations

from typing import TYPE_CHECKING

from farewire.contracts.feed import Position
from farewire_gateway.frames import Frame
from farewire_gateway.local_topic import LocalTopic, Only

if TYPE_CHECKING:
    from farewire_gateway.feed_socket import FeedSocket


class Subscription:
    """Remembers how far its socket is, not what to send it: however long it waits, it gets the newest state."""

    __slots__ = ("_ended", "_epoch", "_fresh", "_have", "_only", "_revision", "_told_stale", "socket", "topic")

    def __init__(self, socket: FeedSocket, topic: LocalTopic, *, have: Position | None, only: Only) -> None:
        self.socket = socket
        self.topic = topic
        self._have = have
        self._only = only
        self._ended = False
        self._fresh = True
        self._epoch = ""
        self._revision = 0
        self._told_stale = False

    def next_frame(self) -> Frame | None:
        """The next frame that this socket lacks; None when it has everything. What is returned counts as sent."""
        topic = self.topic
        if self._ended:
            return None
        if topic.epoch is not None:
            if self._fresh or self._epoch != topic.epoch:
                return self._first(topic, topic.epoch)
            if self._told_stale and not topic.stale:
                self._told_stale = False
                behind, self._revision = self._revision, topic.revision
                return topic.snapshot_since_revision(behind, only=self._only)
        if topic.stale and not self._told_stale:
            self._told_stale = True
            return topic.stale_frame
        if topic.epoch is not None and self._revision < topic.revision:
            behind, self._revision = self._revision, topic.revision
            return topic.update_since_revision(behind, only=self._only)
        return None

    def end(self) -> None:
        """Have nothing more to send, also where the socket is already about to ask."""
        self._ended = True

    def _first(self, topic: LocalTopic, epoch: str) -> Frame:
        have = self._have
        since = have.seq if self._fresh and have is not None and have.epoch == epoch else None
        self._fresh, self._have, self._told_stale = False, None, False
        self._epoch, self._revision = epoch, topic.revision
        return topic.snapshot(since_seq=since, only=self._only)
