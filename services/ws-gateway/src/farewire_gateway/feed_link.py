"""The process's one channel of the channel layer: it joins groups, receives what they are sent, and proves that it hears."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from typing import Protocol, cast

import structlog
from redis import RedisError

from farewire.contracts.layer import FEED_UPDATE, FeedUpdate
from farewire_gateway.ending import tasks_end

ECHO = "hub.echo"
DEAF_AFTER = 3
"""How many echoes in a row may stay away before the channel counts as deaf."""

_SECONDS = 4.0

log = structlog.get_logger(__name__)


class Layer(Protocol):
    """What we use of a Channels layer."""

    async def new_channel(self) -> str:
        """Open a channel of this process."""
        ...

    async def receive(self, channel: str) -> Mapping[str, object]:
        """Wait for the channel's next message."""
        ...

    async def send(self, channel: str, message: Mapping[str, object]) -> None:
        """Send to one channel."""
        ...

    async def group_add(self, group: str, channel: str) -> None:
        """Make the channel a member of the group."""
        ...

    async def group_discard(self, group: str, channel: str) -> None:
        """End that."""
        ...

    async def flush(self) -> None:
        """Close the layer's connections."""
        ...


class FeedLink:
    """Wraps a layer that is at-most-once and never tells of a reconnect.

    An echo sent to our own channel with each beacon goes the very way that updates come. Where echoes stay away (a half-open
    connection, a receive task that died) the layer is thrown away for a new one, rather than flushed: flushing waits for
    the task that died and raises its error again.
    """

    def __init__(
        self, make_layer: Callable[[], Layer], on_update: Callable[[FeedUpdate], Awaitable[None]], on_echo: Callable[[], None]
    ) -> None:
        self._make_layer = make_layer
        self._on_update = on_update
        self._on_echo = on_echo
        self._layer = make_layer()
        self._channel: str | None = None
        self._receiver: asyncio.Task[None] | None = None
        self._lock = asyncio.Lock()
        self.generation = 1  # of the layer; groups joined in an earlier one have to be joined again
        self.unanswered = 0
        self.unreadable = 0

    async def join(self, group: str) -> None:
        """Receive the group's messages from now on. Raises `RedisError` or `OSError`."""
        async with asyncio.timeout(_SECONDS):
            channel = await self._open()
            await self._layer.group_add(group, channel)

    async def leave(self, group: str) -> None:
        """Receive them no more; where Redis does not answer, what still comes is for no topic and is dropped."""
        if self._channel is None:
            return
        with suppress(RedisError, OSError):
            async with asyncio.timeout(_SECONDS):
                await self._layer.group_discard(group, self._channel)

    async def echo(self) -> None:
        """Send ourselves a message; raises `RedisError` or `OSError`."""
        async with asyncio.timeout(_SECONDS):
            channel = await self._open()
            self.unanswered += 1
            await self._layer.send(channel, {"type": ECHO})

    async def replace(self) -> None:
        """Throw the layer away; every group has to be joined again."""
        await self.close()
        self._layer = self._make_layer()
        self._channel = None
        self.generation += 1
        self.unanswered = 0

    async def close(self) -> None:
        """Stop receiving and close the layer's connections."""
        if self._receiver is not None:
            await tasks_end([self._receiver])
            self._receiver = None
        with suppress(RedisError, OSError, RuntimeError):
            async with asyncio.timeout(_SECONDS):
                await self._layer.flush()

    async def _open(self) -> str:
        async with self._lock:
            if self._channel is None:
                try:
                    self._channel = await self._layer.new_channel()
                except (RedisError, OSError):
                    # A failed attempt leaves its queue in the layer, and an outage may last for many.
                    self._layer = self._make_layer()
                    raise
                self._receiver = asyncio.create_task(self._receive(self._layer, self._channel), name="feed-link")
            return self._channel

    async def _receive(self, layer: Layer, channel: str) -> None:
        while True:
            try:
                message = await layer.receive(channel)
                if message["type"] == ECHO:
                    self.unanswered = 0
                    self._on_echo()
                elif message["type"] == FEED_UPDATE:
                    await self._on_update(cast("FeedUpdate", message))
            except (KeyError, TypeError, ValueError):
                # Of another release, or of somebody else on this prefix. What it may have told is found by the next beacon.
                self.unreadable += 1
                log.exception("feed.unreadable_message")
