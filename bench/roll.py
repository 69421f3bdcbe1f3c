"""What travellers notice while web's containers are replaced, on the composed site.

    make up && .venv/bin/python bench/roll.py [--url http://127.0.0.1:8080] [--rounds 8] [--rate 40]

Half of the requests take a hold, half ask for airports, evenly through quiet seconds and through `deploy/roll.sh web`, which
replaces each container of web, `--rounds` times. Holds are released at the end. Promise: nobody is refused because of it.
Exits 1 where a request was not answered, or was answered 5xx.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import sys
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
from figures import HEADER, line, loopback_only

ROOT = Path(__file__).parents[1]
QUIET_SECONDS = 15.0
MARKETS = (("JFK", "LAX"), ("LGA", "ORD"), ("ATL", "LGA"), ("SFO", "LAX"))


@dataclass
class Load:
    """Requests at an even rate until told to end; `during` says under which name they are counted."""

    client: httpx.AsyncClient
    offers: list[list[str]]
    rate: float
    during: str = "quiet"
    ended: bool = False
    seconds: dict[str, list[float]] = field(default_factory=lambda: {"quiet": [], "replaced": []})
    statuses: Counter[str] = field(default_factory=Counter)
    held: list[tuple[str, str]] = field(default_factory=list)

    async def run(self) -> None:
        """Ask until `ended`; returns once the last answer is in."""
        async with asyncio.TaskGroup() as requests:
            for number in itertools.count():
                if self.ended:
                    return
                requests.create_task(self.ask(number))
                await asyncio.sleep(1 / self.rate)

    async def ask(self, number: int) -> None:
        """Send one request and count what became of it."""
        during, began = self.during, time.perf_counter()
        try:
            if number % 2:
                answer = await self.client.get("/api/v1/airports", params={"q": "new"})
            else:
                answer = await self.client.post(
                    "/api/v1/holds",
                    json={"offer_ids": self.offers[number // 2 % len(self.offers)], "passengers": 1},
                    headers={"Idempotency-Key": str(uuid.uuid4())},
                )
        except httpx.HTTPError as error:
            self.statuses[type(error).__name__] += 1
            return
        self.client.cookies.clear()  # the next one is somebody else
        self.seconds[during].append(time.perf_counter() - began)
        self.statuses[str(answer.status_code)] += 1
        if answer.status_code == httpx.codes.CREATED:
            held = answer.json()
            self.held.append((held["hold_id"], held["token"]))


async def offers_of(client: httpx.AsyncClient) -> list[list[str]]:
    """What can be bought tomorrow on some markets, one offer of each journey."""
    date = (datetime.now(UTC) + timedelta(days=1)).date().isoformat()
    found: list[list[str]] = []
    for origin, destination in MARKETS:
        asked = {"origin": origin, "destination": destination, "date": date, "passengers": 1, "max_stops": 0}
        answer = (await client.get("/api/v1/flights", params=asked)).raise_for_status().json()
        found += [journey["offers"][-1]["offer_ids"] for journey in answer["journeys"] if journey["offers"]]
    return found


async def measure(url: str, *, rounds: int, rate: float) -> int:
    """Run the benchmark; the exit code."""
    limits = httpx.Limits(max_connections=200)
    async with httpx.AsyncClient(base_url=url, timeout=30, limits=limits) as client:
        load = Load(client, await offers_of(client), rate)
        under_way = asyncio.create_task(load.run())
        await asyncio.sleep(QUIET_SECONDS)
        load.during = "replaced"
        for _ in range(rounds):
            roll = await asyncio.create_subprocess_exec(
                *("sh", "deploy/roll.sh", "web"), cwd=ROOT, stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL
            )
            if await roll.wait():
                sys.exit("deploy/roll.sh web failed; is the site up, and does the environment name it (COMPOSE_PROJECT_NAME)?")
        load.ended = True
        await under_way
        for hold_id, token in load.held:
            await client.delete(f"/api/v1/holds/{hold_id}", headers={"Authorization": f"Bearer {token}"})
    print(f"{rounds} replacements of web at {rate:g} requests/s; answered: {dict(sorted(load.statuses.items()))}")
    print(HEADER)
    for name, seconds in load.seconds.items():
        print(line(name, seconds))
    lost = sum(count for status, count in load.statuses.items() if not status.isdigit() or status >= "500")
    total = sum(load.statuses.values())
    print(f"refused or lost: {lost} of {total}")
    return 1 if lost else 0


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--url", type=loopback_only, default="http://127.0.0.1:8080")
    parser.add_argument("--rounds", type=int, default=8)
    parser.add_argument("--rate", type=float, default=40.0)
    options = parser.parse_args()
    sys.exit(asyncio.run(measure(options.url, rounds=options.rounds, rate=options.rate)))


if __name__ == "__main__":
    main()
