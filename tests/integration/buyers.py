"""Clients who take holds, and remember each that was acknowledged."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

import httpx

from farewire.contracts.topics import MarketTopic


class Buyers:
    """Takes one hold after another while entered, `rate` a second, whatever breaks.

    What was answered 201 was promised: `acknowledged` has each such hold with its token.
    """

    def __init__(self, url: str, topics: Sequence[str], *, rate: float) -> None:
        self.acknowledged: dict[str, str] = {}
        self.statuses: dict[int, int] = {}
        self.unanswered = 0
        self._topics = [MarketTopic.parse(topic) for topic in topics]
        self._url = url
        self._rate = rate
        self._enough = False
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._buy_on())
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def pause(self) -> None:
        """Buy no more; returns once the last answer is in."""
        self._enough = True
        assert self._task is not None
        await self._task

    async def _buy_on(self) -> None:
        number = 0
        async with httpx.AsyncClient(base_url=self._url, timeout=10) as client:
            while not self._enough:
                await self.buy(client, self._topics[number % len(self._topics)])
                number += 1
                await asyncio.sleep(1 / self._rate)

    async def buy(self, client: httpx.AsyncClient, market: MarketTopic) -> None:
        """Search a market and hold one seat of its first flight that has any."""
        try:
            found = await client.get(
                "/api/v1/flights",
                params={
                    "origin": market.origin, "destination": market.destination, "date": market.local_date.isoformat(),
                    "passengers": 1, "max_stops": 0,
                },
            )  # fmt: skip
            self._count(found)
            if found.status_code != httpx.codes.OK:
                return
            offers: list[dict[str, Any]] = [offer for journey in found.json()["journeys"] for offer in journey["offers"]]
            if not offers:
                return
            answer = await client.post(
                "/api/v1/holds", json={"offer_ids": offers[0]["offer_ids"], "passengers": 1}, headers={"Idempotency-Key": str(uuid.uuid4())}
            )
        except httpx.HTTPError:
            self.unanswered += 1
            return
        self._count(answer)
        client.cookies.clear()  # the next one is somebody else
        if answer.status_code == httpx.codes.CREATED:
            self.acknowledged[answer.json()["hold_id"]] = answer.json()["token"]

    def _count(self, answer: httpx.Response) -> None:
        self.statuses[answer.status_code] = self.statuses.get(answer.status_code, 0) + 1
