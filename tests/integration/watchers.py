"""Clients of the feed that do what a page does: they keep the newest state, notice that they are cut off, and come back."""

from __future__ import annotations

import asyncio
import json
import random
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import WebSocketException

Flights = dict[str, dict[str, Any]]
BACK_OFF_SECONDS = 1.0
OPEN_AT_ONCE = 25


class Watcher:
    """One open page on one topic: resumes with (epoch, seq) after each connection that it loses."""

    def __init__(self, url: str, topic: str, *, gate: asyncio.Semaphore) -> None:
        self.topic = topic
        self.flights: Flights = {}
        self.position: dict[str, Any] | None = None
        self.connections = 0
        self.recovered = 0
        self.stale = False
        self.connected = False
        self.codes: list[int] = []
        self.refused: Exception | None = None
        self._url = url
        self._gate = gate
        self._pause: float | None = None

    async def run(self) -> None:
        """Watch until cancelled."""
        while True:
            try:
                async with self._gate:
                    socket = await connect(self._url, compression=None, max_size=None, open_timeout=10, close_timeout=1)
            except (OSError, WebSocketException, TimeoutError) as error:
                self.refused = error
                await self._back_off()
                continue
            try:
                await self._watch(socket)
            except WebSocketException:
                pass
            finally:
                self.connected = False
                await socket.close()
            self.codes.append(socket.close_code or 0)
            await self._back_off()

    async def _back_off(self) -> None:
        # Every client draws its own moment, so that a gateway that comes back is not stormed.
        await asyncio.sleep(random.random() * BACK_OFF_SECONDS if self._pause is None else self._pause)
        self._pause = None

    async def _watch(self, socket: ClientConnection) -> None:
        message: dict[str, Any] = {"type": "subscribe", "topics": [self.topic]}
        if self.position is not None:
            message["have"] = {self.topic: self.position}
        await socket.send(json.dumps(message))
        self.connections += 1
        self.connected = True
        async for text in socket:
            self._take(json.loads(text))

    def _take(self, frame: dict[str, Any]) -> None:
        match frame["type"]:
            case "snapshot" | "update":
                if frame["type"] == "snapshot":
                    self.stale = False
                    self.recovered += frame["recovered"]
                self.position = {"epoch": frame["epoch"], "seq": frame["seq"]}
                for flight in frame["flights"]:
                    if flight["version"] > self.flights.get(flight["id"], flight | {"version": 0})["version"]:
                        self.flights[flight["id"]] = flight
            case "stale":
                self.stale = True
            case "draining":
                # The connection is good until the gateway closes it; then one returns when it said.
                self._pause = random.random() * 0.2
            case "error":
                raise AssertionError(frame)


class Crowd:
    """Many watchers, spread over topics."""

    def __init__(self, url: str, topics: Sequence[str], *, size: int) -> None:
        gate = asyncio.Semaphore(OPEN_AT_ONCE)
        feed = f"{url.replace('http', 'ws', 1)}/ws/flight_updates/"
        self.watchers = [Watcher(feed, topics[number % len(topics)], gate=gate) for number in range(size)]
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(watcher.run()) for watcher in self.watchers]
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for task in self._tasks:
            task.cancel()
        ended = await asyncio.gather(*self._tasks, return_exceptions=True)
        failed = [one for one in ended if isinstance(one, Exception)]
        assert not failed, failed[:3]

    def behind(self, truth: Mapping[str, Flights]) -> str | None:
        """None when each watcher is live and shows exactly what the database holds, otherwise how far that is from true."""
        wrong = []
        for number, watcher in enumerate(self.watchers):
            if not watcher.connected or watcher.stale:
                wrong.append(f"{number} is {'stale' if watcher.connected else f'cut off: {watcher.refused!r}'}")
            elif watcher.flights != truth[watcher.topic]:
                differing = [
                    f"{flight} at {watcher.flights.get(flight, {}).get('version')} of {state['version']}"
                    for flight, state in truth[watcher.topic].items()
                    if watcher.flights.get(flight) != state
                ]
                wrong.append(f"{number} on {watcher.topic} (seq {(watcher.position or {}).get('seq')}) has {differing[:2]}")
        return f"{len(wrong)} of {len(self.watchers)}: {'; '.join(wrong[:3])}" if wrong else None
