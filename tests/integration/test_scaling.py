"""More gateways share the sockets, more workers share the work, and fewer of them lose nothing."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack

import pytest

from .agreement import everything_agrees, lasts, until_ready
from .buyers import Buyers
from .compose_stack import ComposeStack
from .outages import metric_of
from .stack import Kind
from .truth import busiest_topics
from .watchers import Crowd

pytestmark = [pytest.mark.containers, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]

GATEWAYS = 4
SOCKETS = 64
CONNECTIONS, PRICED = "farewire_gateway_connections", "farewire_pricing_events_total"
CHANGES = "SELECT count(*) AS changes FROM inventory_ledgerentry"


async def scaled(stack: ComposeStack, kind: Kind, count: int) -> list[str]:
    """Have so many instances; their names, once each is ready."""
    await asyncio.to_thread(stack.scale, kind, count)
    for name in stack.instances(kind):
        await until_ready(stack, name)
    return stack.instances(kind)


async def all_connected(crowd: Crowd) -> None:
    """Wait until each watcher has its socket."""
    deadline = time.monotonic() + 30
    while not all(watcher.connected for watcher in crowd.watchers):
        assert time.monotonic() < deadline, "not everybody gets a socket"
        await asyncio.sleep(0.05)


async def known_to_nginx(stack: ComposeStack, topics: list[str], names: list[str]) -> None:
    """Wait until nginx gives sockets to each of these gateways, and until none of those that tried it is left."""
    deadline = time.monotonic() + 30
    reached: set[str] = set()
    while reached < set(names):
        assert time.monotonic() < deadline, f"nginx gives no socket to {set(names) - reached}"
        async with Crowd(stack.url, topics, size=2 * len(names)) as trying:
            await all_connected(trying)
            reached = {name for name in names if metric_of(stack, name, CONNECTIONS) > 0}
    while any(metric_of(stack, name, CONNECTIONS) for name in names):
        assert time.monotonic() < deadline, "sockets that their clients closed are still counted"
        await asyncio.sleep(0.1)


async def test_new_sockets_are_spread_over_four_gateways_and_come_back_to_two(stack: ComposeStack) -> None:
    topics = await asyncio.to_thread(busiest_topics, stack, 6)
    usual = len(stack.instances("gateway"))
    try:
        gateways = await scaled(stack, "gateway", GATEWAYS)
        assert len(gateways) == GATEWAYS
        await known_to_nginx(stack, topics, gateways)
        async with Crowd(stack.url, topics, size=SOCKETS) as crowd, Buyers(stack.url, topics, rate=5) as buyers:
            await lasts(0, buyers, at_least=5)
            await all_connected(crowd)
            spread = [metric_of(stack, name, CONNECTIONS) for name in gateways]
            assert sum(spread) == SOCKETS
            assert max(abs(sockets - SOCKETS / GATEWAYS) for sockets in spread) <= 2, spread

            await scaled(stack, "gateway", usual)
            await buyers.pause()
            await everything_agrees(stack, crowd, buyers, topics, within=60)
            assert sum(metric_of(stack, name, CONNECTIONS) for name in stack.instances("gateway")) == SOCKETS
            assert {code for watcher in crowd.watchers for code in watcher.codes} == {1012}
    finally:
        await asyncio.to_thread(stack.scale, "gateway", usual)


async def test_two_workers_price_each_change_once(stack: ComposeStack) -> None:
    """Of all that was sold, each change is priced by one of them: what both count adds up to what happened."""
    topics = await asyncio.to_thread(busiest_topics, stack, 12)
    try:
        workers = await scaled(stack, "pricing", 2)
        assert len(workers) == 2

        async with Crowd(stack.url, topics, size=24) as crowd, AsyncExitStack() as several:
            buying = [Buyers(stack.url, topics[number:] + topics[:number], rate=20) for number in range(3)]
            await everything_agrees(stack, crowd, buying[0], topics, within=60)
            before, (sold_before,) = [metric_of(stack, name, PRICED) for name in workers], stack.rows(CHANGES)
            for buyers in buying:
                await several.enter_async_context(buyers)
            await lasts(0, buying[0], at_least=60)
            await asyncio.gather(*(buyers.pause() for buyers in buying))
            for buyers in buying:
                await everything_agrees(stack, crowd, buyers, topics, within=60)
            each = [metric_of(stack, name, PRICED) - already for name, already in zip(workers, before, strict=True)]
            (sold,) = stack.rows(CHANGES)
            assert sum(len(buyers.acknowledged) for buyers in buying) > 30
            assert sum(each) == sold["changes"] - sold_before["changes"]
            assert min(each) > 0, f"one of two did nothing: {each}"
    finally:
        await asyncio.to_thread(stack.scale, "pricing", 1)
