"""From a hold to the frame that shows it on another client's socket, through nginx, on a running stack.

    .venv/bin/python bench/hold_to_frame.py [--url http://127.0.0.1:8080] [--rate 20] [--count 600]

Holds arrive as a Poisson process on boards that the simulated travellers leave alone, and other clients' sockets, which do
nothing but watch, note when each flight's next version arrives. The hold's commit lies between the request and its answer,
so `request -> frame` is never less than `commit -> frame`: the promise (p99 at most 250 ms at 20 holds/s on two cores) is
tested on it. Holds are released at the end. Exits 1 when the promise is broken, or a hold is never seen within five seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import httpx
from figures import HEADER, line, loopback_only, percentile
from websockets.asyncio.client import ClientConnection, connect

BOARDS = ("LGA-DTW", "EWR-IAH", "JFK-BOS", "LGA-CLT", "EWR-CLT", "LGA-MIA", "EWR-BOS", "LGA-DFW")
PROMISE_MS = 250.0
LOST_SECONDS = 5.0


@dataclass
class Sent:
    """One hold: when it was asked for and answered (seconds since 1970), and when each socket saw it."""

    version: int
    requested: float
    answered: float = 0.0
    seen: dict[int, float] = field(default_factory=dict)
    committed: dict[int, float] = field(default_factory=dict)


@dataclass
class Bench:
    """What is under way: the hold that each flight waits for, and the versions that were seen."""

    offers: dict[str, str] = field(default_factory=dict)
    versions: dict[str, int] = field(default_factory=dict)
    waiting: dict[str, Sent] = field(default_factory=dict)
    sockets: int = 0
    done: list[Sent] = field(default_factory=list)
    refusals: Counter[str] = field(default_factory=Counter)
    held: list[tuple[str, str]] = field(default_factory=list)

    def see(self, flight: dict, *, socket: int, arrived: float, committed: float | None) -> None:
        """Note a flight of a frame; `committed` is None for a snapshot, which answers to no hold."""
        name, version = flight["id"], flight["version"]
        if version > self.versions.get(name, 0):
            self.versions[name] = version
            economy = next((cabin for cabin in flight["cabins"] if cabin["cabin"] == "economy"), None)
            if economy and economy["offers"] and economy["seats_left"] == 9 and flight["status"] == "open":
                self.offers[name] = economy["offers"][0]["offer_id"]
            else:
                self.offers.pop(name, None)
        sent = self.waiting.get(name)
        if sent is not None and committed is not None and version > sent.version:
            sent.seen.setdefault(socket, arrived)
            sent.committed.setdefault(socket, committed)
            self.settle(name)

    def settle(self, name: str) -> None:
        """End the wait of a flight's hold once it was answered and every socket has seen it."""
        sent = self.waiting[name]
        if sent.answered and len(sent.seen) == self.sockets:
            self.done.append(self.waiting.pop(name))


async def until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Whether the condition holds before so many seconds have passed."""
    for _ in range(round(seconds / 0.02)):
        if condition():
            return True
        await asyncio.sleep(0.02)
    return condition()


async def watch(bench: Bench, socket: ClientConnection, number: int) -> None:
    """Read one socket for as long as it lasts."""
    async for text in socket:
        arrived = time.time()
        frame = json.loads(text)
        if frame["type"] in {"snapshot", "update"}:
            for flight in frame["flights"]:
                bench.see(flight, socket=number, arrived=arrived, committed=frame.get("ts"))


async def hold(bench: Bench, client: httpx.AsyncClient, flight: str) -> None:
    """Hold one seat of a flight and note the times."""
    sent = bench.waiting[flight]
    response = await client.post(
        "/api/v1/holds", json={"offer_ids": [bench.offers[flight]], "passengers": 1}, headers={"Idempotency-Key": str(uuid.uuid4())}
    )
    sent.answered = time.time()
    if response.status_code == 201:
        held = response.json()
        bench.held.append((held["hold_id"], held["token"]))
        bench.settle(flight)
    else:
        bench.refusals[f"{response.status_code} {response.json().get('code')}"] += 1
        del bench.waiting[flight]
        bench.offers.pop(flight, None)


async def run(bench: Bench, client: httpx.AsyncClient, *, rate: float, count: int, seed: int) -> float:
    """Send `count` holds at `rate` a second, each to a flight for which none is under way; answers the rate that it came to."""
    rng = random.Random(seed)
    due = began = time.monotonic()
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            due += rng.expovariate(rate)
            await asyncio.sleep(max(0.0, due - time.monotonic()))
            free = sorted(set(bench.offers) - set(bench.waiting))
            if not free:
                bench.refusals["no flight free"] += 1
                continue
            flight = rng.choice(free)
            bench.waiting[flight] = Sent(version=bench.versions[flight], requested=time.time())
            group.create_task(hold(bench, client, flight))
    took = time.monotonic() - began
    await until(lambda: not bench.waiting, seconds=LOST_SECONDS)
    return count / took


async def release(bench: Bench, client: httpx.AsyncClient) -> int:
    """Release what was held, eight at a time; answers how many were."""
    limit = asyncio.Semaphore(8)

    async def one(hold_id: str, token: str) -> bool:
        async with limit:
            response = await client.delete(f"/api/v1/holds/{hold_id}", headers={"Authorization": f"Bearer {token}"})
            return response.is_success

    return sum(await asyncio.gather(*(one(*held) for held in bench.held)))


def report(bench: Bench, *, rate: float, asked: float, released: int) -> bool:
    """Print the figures; whether the promise held."""
    frames = [(sent, number) for sent in bench.done for number in sent.seen]
    post = [sent.answered - sent.requested for sent in bench.done]
    to_frame = [sent.seen[number] - sent.requested for sent, number in frames]
    print(f"{len(bench.done)} holds at {rate:.1f}/s ({asked:g}/s asked), {bench.sockets} sockets, refused {dict(bench.refusals)}")
    print(HEADER)
    print(line("request -> answer", post))
    print(line("request -> frame", to_frame))
    print(line("answer -> frame", [sent.seen[number] - sent.answered for sent, number in frames]))
    print(line("priced (ts) -> frame", [sent.seen[number] - sent.committed[number] for sent, number in frames]))
    share = percentile(post, 0.5) / percentile(to_frame, 0.5) if frames else float("nan")
    p99 = 1000 * percentile(to_frame, 0.99)
    print(f"half of the answers take {100 * share:.0f} % of what half of the frames take; {released} holds released")
    print(f"never seen: {len(bench.waiting)}; p99 request -> frame {p99:.0f} ms, promised {PROMISE_MS:.0f} ms from the commit")
    return bool(frames) and not bench.waiting and p99 <= PROMISE_MS


async def measure(arguments: argparse.Namespace) -> bool:
    """Open the sockets, warm up, measure, release, report."""
    bench = Bench(sockets=arguments.sockets)
    day = (datetime.now(UTC) + timedelta(days=arguments.days)).date()
    topics = [f"market:{board}:{day}" for board in BOARDS]
    limits = httpx.Limits(max_connections=32, max_keepalive_connections=32)
    async with AsyncExitStack() as stack:
        client = await stack.enter_async_context(httpx.AsyncClient(base_url=arguments.url, timeout=15, limits=limits, trust_env=False))
        watchers = []
        for number in range(arguments.sockets):
            address = arguments.url.replace("http", "ws", 1) + "/ws/flight_updates/"
            socket = await stack.enter_async_context(connect(address, compression=None, max_size=None))
            await socket.send(json.dumps({"type": "subscribe", "topics": topics}))
            watchers.append(asyncio.create_task(watch(bench, socket, number)))
        if not await until(lambda: len(bench.offers) >= 2 * arguments.rate, seconds=20):
            raise SystemExit(f"only {len(bench.offers)} flights have nine seats or more to hold; is the schedule loaded and priced?")
        try:
            await run(bench, client, rate=arguments.rate, count=round(arguments.rate), seed=arguments.seed)
            bench.done.clear()
            rate = await run(bench, client, rate=arguments.rate, count=arguments.count, seed=arguments.seed + 1)
        finally:
            released = await release(bench, client)
            for watcher in watchers:
                watcher.cancel()
    return report(bench, rate=rate, asked=arguments.rate, released=released)


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", type=loopback_only, default="http://127.0.0.1:8080", help="the front door (%(default)s)")
    parser.add_argument("--rate", type=float, default=20.0, help="holds a second, at most 200 (%(default)s)")
    parser.add_argument("--count", type=int, default=600, help="holds in all, at most 2500 (%(default)s)")
    parser.add_argument("--sockets", type=int, default=2, help="clients who watch (%(default)s)")
    parser.add_argument("--days", type=int, default=12, help="how many days ahead the flights are (%(default)s)")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    if not 0 < arguments.rate <= 200 or not 0 < arguments.count <= 2500 or not 0 < arguments.sockets <= 100:
        parser.error("at most 200 holds a second, 2500 in all and 100 sockets")
    return 0 if asyncio.run(measure(arguments)) else 1


if __name__ == "__main__":
    sys.exit(main())
