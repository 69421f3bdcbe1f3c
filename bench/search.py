"""How long searches take on a running, loaded stack, through nginx.

    .venv/bin/python bench/search.py [--url http://127.0.0.1:8080] [--count 400] [--concurrency 4]

Markets are drawn by how many flights they have and dates from the next four weeks, so that little is asked for twice; direct
flights and one-stop connections are both searched.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import time
from collections import Counter
from datetime import UTC, datetime, timedelta

import httpx
from figures import HEADER, line, loopback_only

from farewire_dev.shoppers.market import market_draw

PATHS = {"as JSON": "/api/v1/flights", "as a page": "/flights"}


async def searches(
    client: httpx.AsyncClient, path: str, *, count: int, concurrency: int, seed: int
) -> tuple[list[float], Counter[int], float]:
    """Search `count` times, `concurrency` at once; answers seconds each, status codes and searches a second."""
    rng = random.Random(seed)
    today = datetime.now(UTC).date()
    asked = []
    for _ in range(count):
        market = market_draw(rng)
        day = today + timedelta(days=rng.randint(1, 27))
        asked.append({"origin": market.origin, "destination": market.destination, "date": day.isoformat(), "passengers": 1, "max_stops": 1})
    left = iter(asked)
    seconds: list[float] = []
    codes: Counter[int] = Counter()

    async def ask() -> None:
        for query in left:
            began = time.perf_counter()
            response = await client.get(path, params=query)
            seconds.append(time.perf_counter() - began)
            codes[response.status_code] += 1

    began = time.perf_counter()
    await asyncio.gather(*(ask() for _ in range(concurrency)))
    return seconds, codes, count / (time.perf_counter() - began)


async def measure(arguments: argparse.Namespace) -> bool:
    """Warm up, search as JSON and as a page, print."""
    healthy = True
    async with httpx.AsyncClient(base_url=arguments.url, timeout=30, trust_env=False) as client:
        for path in PATHS.values():
            await searches(client, path, count=20, concurrency=arguments.concurrency, seed=arguments.seed + 1)
        print(HEADER)
        for name, path in PATHS.items():
            seconds, codes, rate = await searches(
                client, path, count=arguments.count, concurrency=arguments.concurrency, seed=arguments.seed
            )
            healthy &= set(codes) == {200}
            print(line(name, seconds), f"  {rate:.1f}/s at {arguments.concurrency} at once, answers {dict(codes)}")
    return healthy


def main() -> int:
    """Read the arguments and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", type=loopback_only, default="http://127.0.0.1:8080", help="the front door (%(default)s)")
    parser.add_argument("--count", type=int, default=400, help="searches of each kind, at most 5000 (%(default)s)")
    parser.add_argument("--concurrency", type=int, default=4, help="searches at once, at most 32 (%(default)s)")
    parser.add_argument("--seed", type=int, default=7)
    arguments = parser.parse_args()
    if not 0 < arguments.count <= 5000 or not 0 < arguments.concurrency <= 32:
        parser.error("at most 5000 searches of each kind, 32 at once")
    return 0 if asyncio.run(measure(arguments)) else 1


if __name__ == "__main__":
    sys.exit(main())
