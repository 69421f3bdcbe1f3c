"""A gateway that was told to stop lets its clients go one by one, so that the others are not stormed."""

from __future__ import annotations

import asyncio
import contextlib
import random
import time

import structlog

from farewire_gateway.frames import draining_frame
from farewire_gateway.hub import TopicHub

SERVICE_RESTART = 1012
"""RFC 6455's registry: the service is restarting, come back."""

_PATIENCE_SECONDS = 1.0

log = structlog.get_logger(__name__)


async def drain(hub: TopicHub, *, seconds: float, chance: random.Random) -> None:
    """Tell every client when to come back, and close each at its own time, spread over `seconds`; the feed runs on until then.

    New connections are refused meanwhile. Returns when every connection is closed, at once where all leave by themselves; a
    reader who takes not even the close is dropped within a second.
    """
    hub.draining_since = time.monotonic()
    sockets = list(hub.sockets)
    chance.shuffle(sockets)
    log.info("drain.started", connections=len(sockets), seconds=seconds)
    slot = seconds / max(1, len(sockets))
    goodbyes = [(slot * (place + chance.random()), socket) for place, socket in enumerate(sockets)]
    for after, socket in goodbyes:
        socket.push(draining_frame(reconnect_after_ms=round(after * 1000)))
    started = time.monotonic()
    closing: list[asyncio.Task[None]] = []
    for after, socket in goodbyes:
        with contextlib.suppress(TimeoutError):
            # Those who went by themselves need not be waited for.
            await asyncio.wait_for(hub.empty.wait(), max(0.0, started + after - time.monotonic()))
            break
        closing.append(asyncio.create_task(socket.close(SERVICE_RESTART, patience_seconds=_PATIENCE_SECONDS)))
    if closing:
        await asyncio.wait(closing)
    log.info("drain.finished", connections=len(sockets), seconds=round(time.monotonic() - started, 3))
