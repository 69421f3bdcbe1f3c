"""People who watch and buy on the composed site, and waiting until they and the database agree."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import httpx

from .buyers import Buyers
from .compose_stack import ComposeStack
from .truth import ledger_mismatches, lost_holds, shown
from .watchers import Crowd

HOLDS_PER_SECOND = 5.0


async def everything_agrees(stack: ComposeStack, crowd: Crowd, buyers: Buyers, topics: list[str], *, within: float) -> float:
    """Wait until each watcher shows the database's state, then audit it; how long that took, in seconds."""
    began = time.monotonic()
    reason: str | None = "never asked"
    while reason is not None:
        if time.monotonic() - began > within:
            unpublished = stack.rows("SELECT leg_id, version, published_version FROM pricing_flightstate WHERE published_version < version")
            raise AssertionError(f"not within {within:g} s: {reason}; not published: {unpublished[:5]}")
        await asyncio.sleep(0.2)
        try:
            waiting = await asyncio.to_thread(stack.rows, "SELECT id FROM outbox_outboxevent LIMIT 1")
            reason = "changes wait to be priced" if waiting else crowd.behind(await asyncio.to_thread(shown, stack, topics))
        except (RuntimeError, subprocess.SubprocessError) as error:  # the database itself is still down
            reason = str(error)
    took = time.monotonic() - began
    assert await asyncio.to_thread(ledger_mismatches, stack) == []
    assert await asyncio.to_thread(lost_holds, stack, buyers.acknowledged) == set()
    return took


@asynccontextmanager
async def watched_and_bought(stack: ComposeStack, topics: list[str], *, size: int) -> AsyncIterator[tuple[Crowd, Buyers]]:
    """A crowd that has seen everything, and then people who buy."""
    async with Crowd(stack.url, topics, size=size) as crowd, AsyncExitStack() as later:
        buyers = Buyers(stack.url, topics, rate=HOLDS_PER_SECOND)
        await everything_agrees(stack, crowd, buyers, topics, within=90)
        yield crowd, await later.enter_async_context(buyers)


async def lasts(seconds: float, buyers: Buyers, *, at_least: int = 0) -> None:
    """Let an outage go on, at least so long that people have tried to buy meanwhile."""
    deadline = time.monotonic() + 30
    before = sum(buyers.statuses.values()) + buyers.unanswered
    await asyncio.sleep(seconds)
    while sum(buyers.statuses.values()) + buyers.unanswered < before + at_least:
        assert time.monotonic() < deadline, "nobody tried to buy during the outage"
        await asyncio.sleep(0.1)


async def sells_again(buyers: Buyers, *, within: float) -> None:
    """Wait until people get holds that they did not have yet."""
    deadline = time.monotonic() + within
    before = len(buyers.acknowledged)
    while len(buyers.acknowledged) < before + 3:
        assert time.monotonic() < deadline, f"no holds are to be had: {buyers.statuses}, {buyers.unanswered} unanswered"
        await asyncio.sleep(0.1)


async def until_ready(stack: ComposeStack, instance: str, *, within: float = 60) -> None:
    """Wait until an instance says that it is ready."""
    deadline = time.monotonic() + within
    while True:
        try:
            status, text = await asyncio.to_thread(stack.internal, instance, "/readyz")
            if status == 200:
                return
        except (httpx.HTTPError, StopIteration) as error:
            text = str(error)
        assert time.monotonic() < deadline, f"{instance} is not ready: {text}"
        await asyncio.sleep(0.2)
