"""The beacon: what Redis, the workers and our own ears say, compared with what this gateway believes."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

import structlog
from redis import RedisError

from farewire.platform.topic_store import TopicMark, TopicStore
from farewire_gateway.feed_link import DEAF_AFTER, FeedLink
from farewire_gateway.tally import Tally

REDIS = "redis"
WORKER = "worker"
LAYER = "layer"

log = structlog.get_logger(__name__)


class Watch:
    """Knows why the feed cannot be vouched for, if it cannot; `reasons` is empty when all is well."""

    def __init__(
        self,
        *,
        store: TopicStore,
        link: FeedLink,
        tally: Tally,
        topics: Callable[[], list[str]],
        on_marks: Callable[[Mapping[str, TopicMark | None]], Awaitable[None]],
        on_change: Callable[[], None],
    ) -> None:
        self._store = store
        self._link = link
        self._tally = tally
        self._topics = topics
        self._on_marks = on_marks
        self._on_change = on_change
        self.reasons: set[str] = set()
        self.answered = False

    async def look(self, *, seconds: float) -> None:
        """Light one beacon, which may take `seconds`."""
        before = frozenset(self.reasons)
        try:
            async with asyncio.timeout(seconds):
                beacon = await self._store.beacon(self._topics())
                if self._link.unanswered >= DEAF_AFTER:
                    self._tally.layer_resets += 1
                    log.warning("feed.layer_replaced", unanswered=self._link.unanswered)
                    self.reasons.add(LAYER)
                    await self._link.replace()
                await self._link.echo()
        except (RedisError, OSError) as error:
            # What the layer lost meanwhile we cannot know: it has to prove itself again before we vouch for anything.
            self.answered = False
            self.reasons |= {REDIS, LAYER}
            self._changed(before, detail=f"{type(error).__name__}: {error}")
            return
        self.answered = True
        self.reasons.discard(REDIS)
        self.reasons = self.reasons - {WORKER} if beacon.worker_alive else self.reasons | {WORKER}
        self._changed(before, detail="")
        await self._on_marks(beacon.marks)

    def heard(self) -> None:
        """Note that an echo came back: what the layer is sent reaches us."""
        before = frozenset(self.reasons)
        self.reasons.discard(LAYER)
        self._changed(before, detail="")

    def _changed(self, before: frozenset[str], *, detail: str) -> None:
        if before == self.reasons:
            return
        log.warning("feed.health", reasons=sorted(self.reasons), detail=detail)
        self._on_change()
