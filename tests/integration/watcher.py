"""A client of the feed as a page is one: it comes back when its socket ends, and takes up where it was."""

from __future__ import annotations

import asyncio
import random
from types import TracebackType
from typing import Self

from websockets.exceptions import InvalidHandshake, WebSocketException

from farewire.contracts.feed import Flight, Hello, Position
from farewire_dev.testing.feed_client import FeedClient


class Watcher:
    """Watches one topic through the front door, over as many sockets as it takes."""

    def __init__(self, url: str, topic: str) -> None:
        self._url = f"{url.replace('http', 'ws', 1)}/ws/flight_updates/"
        self._topic = topic
        self._position: Position | None = None
        self._known: dict[str, Flight] = {}
        self._task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()
        self.client: FeedClient | None = None
        self.connections: list[str] = []

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._watch())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            try:
                async with FeedClient(self._url) as client:
                    self.client = client
                    self.connections.append(client.of(Hello)[0].connection)
                    if self._known:
                        client.flights[self._topic].update(self._known)
                    await client.subscribe(self._topic, have={self._topic: self._position} if self._position else None)
                    await client.until(lambda client=client: client.close_code is not None, what="the socket ends", seconds=3600)
                    self._known = dict(client.flights[self._topic])
                    self._position = client.positions.get(self._topic)
            except (OSError, AssertionError, InvalidHandshake, WebSocketException):
                pass
            await asyncio.sleep(random.uniform(0.05, 0.4))  # jittered, as pages do it; no test waits for this by time

    def flights(self) -> dict[str, Flight]:
        """What the page would show now."""
        return dict(self.client.flights[self._topic]) if self.client is not None else {}

    def live(self) -> bool:
        """Whether it would say that what it shows is live."""
        client = self.client
        return client is not None and client.close_code is None and self._topic in client.positions and self._topic not in client.stale

    def connection(self) -> str:
        """The present connection's name."""
        return self.connections[-1] if self.connections else ""
