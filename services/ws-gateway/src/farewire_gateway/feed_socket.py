"""A connected socket: what it watches, and the one place that writes to it."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from typing import Protocol

from asgiref.typing import ASGISendCallable

from farewire_gateway.frames import PONG, Frame
from farewire_gateway.subscription import Subscription
from farewire_gateway.tally import Tally

_MOST_REPLIES = 16


class FrameWriter(Protocol):
    """Writes prebuilt frames straight to a connection's transport; see `protocol.py`."""

    def writable(self) -> bool:
        """Whether the connection is open and takes a frame without growing its buffer beyond its mark."""
        ...

    def write(self, frame: bytes) -> None:
        """Write one whole frame; only where `writable()`."""
        ...

    async def drained(self) -> bool:
        """Wait until `writable()` may hold again; False once the connection is gone."""
        ...

    def abort(self) -> None:
        """Drop the connection without waiting for what is still buffered."""
        ...


class FeedSocket:
    """Holds a set of dirty subscriptions rather than a queue of messages: a slow reader costs what it watches, no more.

    Where the server offers a `FrameWriter` and the socket is idle, a frame is written at once, in the hub's own step;
    otherwise a task writes what is due as fast as the reader takes it, and ends.
    """

    def __init__(self, *, connection: str, send: ASGISendCallable, writer: FrameWriter | None, tally: Tally) -> None:
        self.connection = connection
        self.subscriptions: dict[str, Subscription] = {}
        self.closed = False
        self._send = send
        self._writer = writer
        self._tally = tally
        self._replies: deque[Frame] = deque()
        self._dirty: dict[Subscription, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._sent_at = time.monotonic()
        self._waiting_since: float | None = None

    def deliver(self, subscription: Subscription) -> None:
        """Send what this subscription lacks, now or as soon as the reader takes it. Never waits."""
        if self.closed:
            return
        writer = self._writer
        if writer is not None and self._task is None:
            while writer.writable():
                frame = subscription.next_frame()
                if frame is None:
                    return
                writer.write(frame.wire)
                self._note_sent()
        elif subscription in self._dirty:
            self._tally.conflated += 1
        self._dirty[subscription] = None
        self._start()

    def push(self, frame: Frame) -> None:
        """Send a frame that belongs to no topic, before anything that is due."""
        if self.closed:
            return
        self._replies.append(frame)
        self._start()

    async def reply(self, frame: Frame) -> None:
        """Answer a client's message; waits while too many answers are unread, so that a client cannot pile them up."""
        self.push(frame)
        while len(self._replies) > _MOST_REPLIES and self._task is not None:
            await asyncio.wait([self._task])

    def heartbeat(self, *, now: float, seconds: float) -> None:
        """Send a pong where nothing was sent for so long."""
        if now - self._sent_at >= seconds and self._task is None:
            self.push(PONG)

    def waiting_seconds(self, *, now: float) -> float:
        """For how long the reader has not taken what is due."""
        return 0.0 if self._waiting_since is None else now - self._waiting_since

    async def close(self, code: int, *, patience_seconds: float) -> None:
        """Close with `code`; a reader that does not even take that in time is dropped."""
        if self.closed:
            return
        self.stop()
        try:
            async with asyncio.timeout(patience_seconds):
                await self._send({"type": "websocket.close", "code": code, "reason": ""})
        except TimeoutError:
            if self._writer is not None:
                self._writer.abort()
        except OSError:
            return  # the client left first

    def stop(self) -> None:
        """Send nothing more."""
        self.closed = True
        if self._task is not None:
            self._task.cancel()

    def _start(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._write_all())

    async def _write_all(self) -> None:
        try:
            while self._replies or self._dirty:
                self._waiting_since = time.monotonic()
                if self._writer is None:
                    frame = self._take()
                    if frame is not None:
                        await self._send({"type": "websocket.send", "text": frame.text, "bytes": None})
                        self._note_sent()
                elif not await self._writer.drained():
                    return
                else:
                    # Taken only now: what was due while we waited has been overtaken by what is newest.
                    frame = self._take()
                    if frame is not None:
                        self._writer.write(frame.wire)
                        self._note_sent()
        except OSError:
            self.closed = True  # the client is gone; the consumer hears of it by its own way
        finally:
            self._waiting_since = None
            self._task = None

    def _take(self) -> Frame | None:
        if self._replies:
            return self._replies.popleft()
        while self._dirty:
            subscription = next(iter(self._dirty))
            frame = subscription.next_frame()
            if frame is not None:
                return frame
            del self._dirty[subscription]
        return None

    def _note_sent(self) -> None:
        self._tally.frames += 1
        self._sent_at = time.monotonic()
