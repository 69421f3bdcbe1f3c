import json
from datetime import UTC, datetime
from random import Random

import httpx
import pytest

from farewire.domain.clock import FixedClock
from farewire_dev.shoppers.journey import Hold
from farewire_dev.shoppers.site import HttpSite
from farewire_dev.shoppers.traveller import Crowding, traveller_draw
from farewire_dev.shoppers.visit import Done, Found, Held, Refused, Release, Search, TakeHold, Unreachable

TRAVELLER = traveller_draw(number=4, rng=Random(1), crowding=Crowding())
CLOCK = FixedClock(datetime(2026, 12, 1, 12, 0, tzinfo=UTC))
SEARCH = Search("JFK", "LAX", 7, 2)
HOLD = Hold("h_abc", "secret", 20_000)


def site(answer):
    return HttpSite(url="http://127.0.0.1:8080", connections=2, clock=CLOCK, transport=httpx.MockTransport(answer))


async def perform(answer, action):
    async with site(answer) as there:
        return await there.enter(TRAVELLER).perform(action)


async def test_a_search_asks_for_the_day_and_reads_the_journeys():
    def answer(request):
        assert request.url.path == "/api/v1/flights"
        assert dict(request.url.params) == {
            "origin": "JFK",
            "destination": "LAX",
            "date": "2026-12-08",
            "passengers": "2",
            "max_stops": "1",
        }
        offer = {"brand": "basic", "offer_ids": ["a"], "amount": 100, "currency": "USD", "seats_left": 9}
        journey = {"journey_id": "j", "stops": 0, "departs_at": "2026-12-08T09:00:00-05:00", "status": "open", "offers": [offer]}
        return httpx.Response(200, json={"journeys": [journey]})

    found = await perform(answer, SEARCH)
    assert isinstance(found, Found)
    assert found.journeys[0].departs_at.hour == 9
    assert found.journeys[0].options[0].amount == 100


async def test_a_hold_bears_a_key_that_a_repeated_attempt_repeats_and_another_run_does_not():
    keys = []

    def answer(request):
        keys.append(request.headers["Idempotency-Key"])
        assert json.loads(request.content) == {"offer_ids": ["a", "b"], "passengers": 2}
        return httpx.Response(201, json={"hold_id": "h_1", "token": "t", "price": {"amount": 5, "currency": "USD"}})

    for _ in range(2):
        async with site(answer) as there:
            session = there.enter(TRAVELLER)
            assert await session.perform(TakeHold(("a", "b"), 2, 1)) == Held(Hold("h_1", "t", 5))
            await session.perform(TakeHold(("a", "b"), 2, 1))
            await session.perform(TakeHold(("a", "b"), 2, 2))
    assert keys[0] == keys[1] != keys[2]
    assert len(set(keys)) == 4


async def test_a_release_shows_the_token():
    def answer(request):
        assert (request.method, request.url.path) == ("DELETE", "/api/v1/holds/h_abc")
        assert request.headers["Authorization"] == "Bearer secret"
        return httpx.Response(204)

    assert await perform(answer, Release(HOLD)) == Done()


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("Tue, 01 Dec 2026 12:00:30 GMT", 30.0), ("Tue, 01 Dec 2026 11:00:00 GMT", 0.0), ("soon", None), ("", None)],
)
async def test_retry_after_is_read_as_seconds_or_as_a_date(header, seconds):
    answer = await perform(lambda _request: httpx.Response(429, json={"code": "too_many_holds"}, headers={"Retry-After": header}), SEARCH)
    assert answer == Refused(429, "too_many_holds", seconds)


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"{}", b'{"journeys": [{}]}', b"null", b"\xff"])
async def test_an_answer_that_is_not_one_is_a_refusal_and_no_crash(body):
    assert isinstance(await perform(lambda _request: httpx.Response(200, content=body), SEARCH), Refused)
    assert isinstance(await perform(lambda _request: httpx.Response(502, content=body), SEARCH), Refused)


async def test_no_answer_is_no_crash():
    def answer(request):
        raise httpx.ConnectError("refused", request=request)

    assert await perform(answer, SEARCH) == Unreachable()


async def test_visits_share_connections_but_no_cookies():
    seen = []

    def answer(request):
        seen.append(request.headers.get("Cookie"))
        return httpx.Response(200, json={"journeys": []}, headers={"Set-Cookie": "session=1"})

    async with site(answer) as there:
        first, second = there.enter(TRAVELLER), there.enter(TRAVELLER)
        await first.perform(SEARCH)
        await first.perform(SEARCH)
        await first.close()
        await second.perform(SEARCH)
    assert seen == [None, "session=1", None]
