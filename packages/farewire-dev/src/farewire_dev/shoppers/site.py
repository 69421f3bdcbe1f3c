"""The site as travellers reach it: the public HTTP API, each visit with cookies of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Any, Protocol, Self

import httpx

from farewire.domain.clock import Clock
from farewire_dev.shoppers.journey import hold_read, journeys_read
from farewire_dev.shoppers.traveller import Traveller
from farewire_dev.shoppers.visit import Action, Answer, Done, Found, Held, Pay, Refused, Release, Search, TakeHold, Unreachable

_UNREADABLE = "unreadable_answer"


class Session(Protocol):
    """One visit's way to the site."""

    async def perform(self, action: Action) -> Answer:
        """Do it, and say how it ended; never raises for what a site or a network may do."""
        ...

    async def close(self) -> None:
        """Leave."""
        ...


class Site(Protocol):
    """Where travellers go."""

    def enter(self, traveller: Traveller) -> Session:
        """Begin a visit."""
        ...


class _SharedTransport(httpx.AsyncBaseTransport):
    """One pool of connections for all visits, which a visit's end leaves open."""

    def __init__(self, transport: httpx.AsyncBaseTransport) -> None:
        self._transport = transport

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._transport.handle_async_request(request)


class HttpSite:
    """The site at `url`; at most `connections` requests at once, the others queue."""

    def __init__(self, *, url: str, connections: int, clock: Clock, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._url = url
        self._clock = clock
        # Keys of another run must not be met again: the same seed would be answered with that run's holds.
        self._run = uuid.uuid4()
        limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
        self._pool = transport or httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._pool.aclose()

    def enter(self, traveller: Traveller) -> HttpSession:
        """Begin a visit, with a cookie jar of its own."""
        client = httpx.AsyncClient(
            base_url=self._url,
            transport=_SharedTransport(self._pool),
            timeout=httpx.Timeout(15, pool=60),
            trust_env=False,
            headers={"User-Agent": "farewire-shoppers", "Accept": "application/json"},
        )
        return HttpSession(client=client, clock=self._clock, keys=uuid.uuid5(self._run, str(traveller.number)))


class HttpSession:
    """One visit over HTTP."""

    def __init__(self, *, client: httpx.AsyncClient, clock: Clock, keys: uuid.UUID) -> None:
        self._client = client
        self._clock = clock
        self._keys = keys

    async def close(self) -> None:
        """Forget the cookies."""
        await self._client.aclose()

    async def perform(self, action: Action) -> Answer:
        """Send the request that the action stands for."""
        try:
            return await self._send(action)
        except httpx.RequestError:
            return Unreachable()

    async def _send(self, action: Action) -> Answer:
        match action:
            case Search():
                day = self._clock.now().date() + timedelta(days=action.days_ahead)
                query: dict[str, str | int] = {
                    "origin": action.origin,
                    "destination": action.destination,
                    "date": day.isoformat(),
                    "passengers": action.passengers,
                    "max_stops": 1,
                }
                response = await self._client.get("/api/v1/flights", params=query)
                return self._read(response, 200, lambda document: Found(journeys_read(document)))
            case TakeHold():
                response = await self._client.post(
                    "/api/v1/holds",
                    json={"offer_ids": list(action.offer_ids), "passengers": action.passengers},
                    headers={"Idempotency-Key": str(uuid.uuid5(self._keys, str(action.attempt)))},
                )
                return self._read(response, 201, lambda document: Held(hold_read(document)))
            case Release():
                response = await self._client.delete(
                    f"/api/v1/holds/{action.hold.hold_id}", headers={"Authorization": f"Bearer {action.hold.token}"}
                )
                return Done() if response.is_success else self._refusal(response)
            case Pay():
                # The site takes no payment yet: this is where an order will be placed.
                return Refused(404, "not_offered")
            case _:
                raise AssertionError(f"{action!r} is not done at the site")

    def _read(self, response: httpx.Response, expected: int, read: Any) -> Answer:
        if response.status_code != expected:
            return self._refusal(response)
        try:
            answer: Answer = read(response.json())
        except (KeyError, TypeError, ValueError):
            return Refused(response.status_code, _UNREADABLE)
        return answer

    def _refusal(self, response: httpx.Response) -> Refused:
        try:
            problem = response.json()
        except ValueError:
            problem = None
        code = problem.get("code") if isinstance(problem, Mapping) else None
        return Refused(response.status_code, code if isinstance(code, str) else "no_code", self._retry_after(response))

    def _retry_after(self, response: httpx.Response) -> float | None:
        """RFC 9110 §10.2.3: seconds, or a date."""
        text = response.headers.get("Retry-After", "").strip()
        if text.isdigit():
            return float(text)
        try:
            moment: datetime = parsedate_to_datetime(text)
        except ValueError:
            return None
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return max(0.0, (moment - self._clock.now()).total_seconds())
