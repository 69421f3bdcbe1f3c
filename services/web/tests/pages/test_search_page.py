from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from farewire_dev.testing.schedule import leg_make, offers_make
from farewire_web.pages.departures import departures_of

pytestmark = pytest.mark.django_db


_NUMBERS = {("JFK", "LAX"): 100, ("LAX", "JFK"): 200, ("JFK", "BOS"): 300}


def fly(origin: str, destination: str, *, day, count: int, amount: int) -> None:
    for number in range(count):
        leg = leg_make(
            number=_NUMBERS[origin, destination] + number,
            origin=origin,
            destination=destination,
            local_date=day,
            local_time=f"{6 + number}:00",
        )
        offers_make(leg=leg, at=datetime.now(UTC), amount=amount + number * 500)


def test_the_first_page_shows_a_markets_flights_and_lowest_fare(client):
    day = (datetime.now(UTC) + timedelta(days=7)).date()
    fly("JFK", "LAX", day=day, count=3, amount=20000)
    response = client.get("/")
    html = response.content.decode()
    assert "3 flights" in html
    assert "$200" in html
    assert f'data-topic="market:JFK-LAX:{day.isoformat()}"' in html
    assert f'value="{day.isoformat()}"' in html


def test_of_a_way_and_its_way_back_only_the_busier_airports_is_shown(day):
    fly("LAX", "JFK", day=day, count=3, amount=20000)
    fly("JFK", "LAX", day=day, count=2, amount=20000)
    fly("JFK", "BOS", day=day, count=2, amount=9000)
    assert [(each.origin, each.destination) for each in departures_of(local_date=day)] == [("JFK", "LAX"), ("JFK", "BOS")]


def test_a_schedule_that_ends_sooner_shows_tomorrow(client):
    fly("JFK", "LAX", day=(datetime.now(UTC) + timedelta(days=1)).date(), count=1, amount=20000)
    assert "1 flight<" in client.get("/").content.decode().replace("\n", "")


def test_a_site_without_a_schedule_still_has_a_first_page(client):
    response = client.get("/")
    assert response.status_code == 200
    assert "fare-departures" not in response.content.decode()


def test_the_first_page_takes_few_queries(client, django_assert_max_num_queries):
    fly("JFK", "LAX", day=(datetime.now(UTC) + timedelta(days=7)).date(), count=1, amount=20000)
    with django_assert_max_num_queries(4):
        client.get("/")
