"""Whatever dies, every connected client comes to show what the database holds, and no hold is lost or given twice."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from contextlib import AsyncExitStack

import pytest

from .market import Market
from .stack import Stack
from .watcher import Watcher

_WATCHERS = 6
_SECONDS = 30.0


async def converge(watchers: list[Watcher], market: Market, *, within: float = _SECONDS) -> float:
    """Wait until all show the database's state and call it live; the answer is how long that took, in seconds."""
    began = time.monotonic()
    differing: list[str] = []
    while time.monotonic() - began < within:
        truth = await asyncio.to_thread(market.truth)
        settled = await asyncio.to_thread(market.settled)
        shown = [
            (watcher, {flight_id: flight.model_dump(mode="json") for flight_id, flight in watcher.flights().items()})
            for watcher in watchers
        ]
        differing = [
            f"{watcher.connection()} live={watcher.live()} differs in {[f for f in truth if flights.get(f) != truth[f]][:3]}"
            for watcher, flights in shown
            if not watcher.live() or flights != truth
        ]
        if settled and truth and not differing:
            return time.monotonic() - began
        await asyncio.sleep(0.1)
    raise AssertionError(f"not within {within:g} s: {differing}")


async def watch(several: AsyncExitStack, stack: Stack, market: Market, count: int = _WATCHERS) -> list[Watcher]:
    """So many watchers, live and in accord with the database."""
    watchers = [await several.enter_async_context(Watcher(stack.url, market.topic)) for _ in range(count)]
    await converge(watchers, market)
    return watchers


async def until(condition: Callable[[], bool], *, what: str, within: float = _SECONDS) -> None:
    """Wait for a condition that is asked in a thread."""
    deadline = time.monotonic() + within
    while not await asyncio.to_thread(condition):
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        await asyncio.sleep(0.1)


async def hold(market: Market, *, passengers: int = 1, flight: int = 0) -> dict[str, object]:
    """Hold seats on one flight of the market."""
    offers = await asyncio.to_thread(market.offers)
    answer = await asyncio.to_thread(market.hold, offers[flight % len(offers)], passengers=passengers, key=secrets.token_hex(16))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def connections(stack: Stack, gateway: str) -> float:
    """How many sockets a gateway says that it has."""
    _, text = stack.internal(gateway, "/metrics")
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("farewire_gateway_connections "))


def ready(stack: Stack, instance: str) -> bool:
    """Whether an instance says that it is ready."""
    try:
        return stack.internal(instance, "/readyz")[0] == 200
    except OSError:
        return False
    except Exception as error:  # the HTTP client's own, while the port is closed
        if "httpx" in type(error).__module__ or "httpcore" in type(error).__module__:
            return False
        raise


@pytest.fixture(autouse=True)
def ledger_kept(market: Market) -> object:
    """After each of these tests the counters still equal the ledger."""
    yield
    assert market.ledger_faults() == []


async def test_two_sockets_on_two_gateways_see_the_same_hold(stack: Stack, market: Market) -> None:
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market, count=4)
        spread = [connections(stack, gateway) for gateway in stack.instances("gateway")]
        assert len(spread) >= 2
        assert min(spread) >= 1, "nginx gave all sockets to one gateway"

        before = watchers[0].flights()
        held = await hold(market, passengers=2)
        (flight_id,) = held["flight_ids"]  # type: ignore[misc]
        await converge(watchers, market)
        for watcher in watchers:
            assert watcher.flights()[flight_id].version > before[flight_id].version


async def test_clients_of_a_killed_gateway_come_back_through_another(stack: Stack, market: Market) -> None:
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market)
        victim = stack.instances("gateway")[0]
        assert connections(stack, victim) >= 1
        names = [watcher.connection() for watcher in watchers]

        stack.kill(victim)
        try:
            await hold(market)
            await converge(watchers, market)
            assert sum(name != watcher.connection() for name, watcher in zip(names, watchers, strict=True)) >= 1
        finally:
            stack.start(victim)
        await until(lambda: ready(stack, victim), what="the gateway is ready again")


async def test_a_killed_worker_is_made_up_for(stack: Stack, market: Market) -> None:
    """What is held while no worker lives is priced and told by the next one."""
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market)
        (victim,) = stack.instances("pricing")
        stack.kill(victim)
        try:
            await hold(market, passengers=3)
            await hold(market, flight=1)
            assert not market.settled()
            await until(lambda: not any(watcher.live() for watcher in watchers), what="clients are told that nobody prices")
        finally:
            stack.start(victim)
        await converge(watchers, market, within=60)


async def test_a_flushed_redis_is_built_again(stack: Stack, market: Market) -> None:
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market)
        stack.redis_flush()
        await hold(market)
        await converge(watchers, market)
        newcomer = await several.enter_async_context(Watcher(stack.url, market.topic))
        await converge([newcomer], market)


async def test_a_killed_redis_is_waited_for(stack: Stack, market: Market) -> None:
    """Without Redis holds go on and pages say that they are not live; with it they catch up."""
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market)
        (redis,) = stack.instances("redis")
        stack.kill(redis)
        try:
            await until(lambda: not any(watcher.live() for watcher in watchers), what="clients are told that the feed is not live")
            await hold(market)
        finally:
            stack.start(redis)
        await converge(watchers, market, within=60)


async def test_a_killed_database_is_waited_for(stack: Stack, market: Market) -> None:
    """Acknowledged holds outlive PostgreSQL's crash, and everything finds it again."""
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market)
        held = await hold(market)
        (postgres,) = stack.instances("postgres")
        stack.kill(postgres)
        stack.start(postgres)
        for instance in (*stack.instances("web"), *stack.instances("pricing")):
            await until(lambda instance=instance: ready(stack, instance), what=f"{instance} is ready", within=60)
        (row,) = stack.rows(f"SELECT state FROM bookings_hold WHERE id = '{held['hold_id']}'")
        assert row["state"] == "active"
        await hold(market)
        await converge(watchers, market, within=60)


async def test_a_frozen_gateway_holds_up_nobody_elsewhere(stack: Stack, market: Market) -> None:
    """Clients of the other gateways go on as if nothing were, and its own catch up once it runs again."""
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market)
        frozen, *others = stack.instances("gateway")
        expected = sum([await asyncio.to_thread(connections, stack, name) for name in others])
        stack.pause(frozen)
        try:
            held = await hold(market)
            (flight_id,) = held["flight_ids"]  # type: ignore[misc]

            def informed() -> int:
                document = market.truth()[flight_id]
                return sum(watcher.flights()[flight_id].model_dump(mode="json") == document for watcher in watchers)

            await until(lambda: market.settled() and informed() >= expected, what="clients of the other gateways see the hold")
            assert informed() < len(watchers)
        finally:
            stack.resume(frozen)
        await converge(watchers, market)


async def test_gateways_roll_without_a_lost_update(stack: Stack, market: Market) -> None:
    """One after the other is stopped as a deploy does it, while seats are held."""
    async with AsyncExitStack() as several:
        watchers = await watch(several, stack, market)
        for number, gateway in enumerate(stack.instances("gateway")):
            stopping = asyncio.create_task(asyncio.to_thread(stack.stop, gateway))
            await hold(market, flight=number)
            await stopping
            await converge(watchers, market)
            stack.start(gateway)
            await until(lambda gateway=gateway: ready(stack, gateway), what="the gateway is ready again")


async def test_more_gateways_share_the_sockets(stack: Stack, market: Market) -> None:
    usual = len(stack.instances("gateway"))
    stack.scale("gateway", usual + 1)
    try:
        names = stack.instances("gateway")
        assert len(names) == usual + 1
        for name in names:
            await until(lambda name=name: ready(stack, name), what=f"{name} is ready")

        async def all_have_some() -> bool:
            async with AsyncExitStack() as several:
                await watch(several, stack, market, count=2 * len(names))
                return all([await asyncio.to_thread(connections, stack, name) >= 1 for name in names])

        deadline = time.monotonic() + _SECONDS
        while not await all_have_some():
            assert time.monotonic() < deadline, "the new gateway gets no socket"
    finally:
        stack.scale("gateway", usual)
