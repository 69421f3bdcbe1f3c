"""A strict client of the feed: every frame has to be of protocol 1, and tests wait for what they expect to see."""

from __future__ import annotations

import asyncio
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from farewire.contracts.feed import (
    Draining,
    Error,
    Flight,
    Hello,
    Message,
    Pong,
    Position,
    Snapshot,
    Stale,
    Update,
    server_message,
)

Kind = TypeVar("Kind", bound=Message)


class FeedClient:
    """One socket. Keeps all frames, and the state that they add up to as a client of protocol 1 keeps it."""

    def __init__(self, url: str, **options: object) -> None:
        self._url = url
        self._options = options
        self._socket: ClientConnection | None = None
        self._reader: asyncio.Task[None] | None = None
        self._news = asyncio.Event()
        self.frames: list[Message] = []
        self.flights: dict[str, dict[str, Flight]] = defaultdict(dict)
        self.positions: dict[str, Position] = {}
        self.stale: set[str] = set()
        self.close_code: int | None = None
        self.closed_at: float | None = None

    async def __aenter__(self) -> Self:
        self._socket = await connect(self._url, **{"compression": None, "max_size": None, **self._options})  # type: ignore[arg-type]
        self._reader = asyncio.create_task(self._read(self._socket))
        await self.until(lambda: bool(self.of(Hello)), what="hello")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the socket."""
        if self._socket is not None:
            await self._socket.close()
        if self._reader is not None:
            await self._reader

    @property
    def socket(self) -> ClientConnection:
        """The underlying connection."""
        if self._socket is None:
            raise RuntimeError("enter the client first")
        return self._socket

    async def send(self, message: object) -> None:
        """Send anything: text and bytes as they are, all else as JSON."""
        await self.socket.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def subscribe(
        self,
        *topics: str,
        have: Mapping[str, Position] | None = None,
        only: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """Subscribe; wait for the snapshots with `until`."""
        message: dict[str, object] = {"type": "subscribe", "topics": topics}
        if have:
            message["have"] = {topic: position.model_dump() for topic, position in have.items()}
        if only:
            message["only"] = {topic: list(flights) for topic, flights in only.items()}
        await self.send(message)

    def of(self, kind: type[Kind]) -> list[Kind]:
        """Every frame of one kind, in order."""
        return [frame for frame in self.frames if isinstance(frame, kind)]

    def errors(self) -> list[str]:
        """The codes of the errors so far."""
        return [error.code for error in self.of(Error)]

    def version(self, topic: str, flight_id: str) -> int:
        """The flight's version as this client knows it; 0 for none."""
        flight = self.flights[topic].get(flight_id)
        return 0 if flight is None else flight.version

    async def until(self, condition: Callable[[], bool], *, what: str, seconds: float = 15.0) -> None:
        """Return once the condition holds; AssertionError with the last frames when it does not in time."""
        try:
            async with asyncio.timeout(seconds):
                while not condition():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"not within {seconds:g} s: {what}; last frames: {self.frames[-5:]}") from None

    async def _read(self, socket: ClientConnection) -> None:
        try:
            async for text in socket:
                self._take(server_message.validate_json(text))
        except ConnectionClosed:
            pass
        finally:
            self.close_code = socket.close_code
            self.closed_at = time.monotonic()
            self._news.set()

    def _take(self, frame: Message) -> None:
        self.frames.append(frame)
        match frame:
            case Snapshot() | Update():
                if isinstance(frame, Snapshot):
                    self.stale.discard(frame.topic)
                self.positions[frame.topic] = Position(epoch=frame.epoch, seq=frame.seq)
                known = self.flights[frame.topic]
                for flight in frame.flights:
                    if flight.id not in known or known[flight.id].version < flight.version:
                        known[flight.id] = flight
            case Stale():
                self.stale.add(frame.topic)
            case Hello() | Pong() | Draining() | Error():
                pass
        self._news.set()
