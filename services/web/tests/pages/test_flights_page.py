from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest

from farewire.pricing.models import FlightState

from .board_page import BoardPage

pytestmark = pytest.mark.django_db


def numbers(page: BoardPage) -> list[str]:
    return ["+".join(part.partition("-")[0] for part in journey.split("~")) for journey in page.shown]


def read(client, address, **more) -> BoardPage:
    response = client.get(*address(**more))
    assert response.status_code == 200
    return BoardPage(response.content.decode())


def test_a_board_lists_direct_flights_and_connections_by_departure(client, market, address):
    page = read(client, address)
    assert numbers(page) == ["FW100", "FW501+FW502", "NB300"]
    assert [button["value"].count(",") for button in page.buttons] == [0, 0, 0, 1, 1, 1, 0, 0, 0]


def test_a_button_names_the_offers_of_the_price_on_it(client, market, address):
    html = client.get(*address()).content.decode()
    page = BoardPage(html)
    basic = page.buttons[3]
    assert [part.partition("-")[0] for part in basic["value"].split(",")] == ["FW501", "FW502"]
    assert all(part.endswith(".basic") for part in basic["value"].split(","))
    assert "$200" in html


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ({"stops": "direct"}, ["FW100", "NB300"]),
        ({"depart": "evening"}, ["NB300"]),
        ({"carrier": "NB"}, ["NB300"]),
        ({"sort": "price"}, ["FW501+FW502", "NB300", "FW100"]),
        ({"sort": "duration"}, ["FW100", "NB300", "FW501+FW502"]),
        ({"sort": "nonsense", "stops": "seven"}, ["FW100", "FW501+FW502", "NB300"]),
    ],
)
def test_filters_and_sorting_work_on_the_server(client, market, address, chosen, expected):
    assert numbers(read(client, address, **chosen)) == expected


def test_the_lowest_fare_of_what_is_shown_is_marked_once(client, market, address):
    assert ["data-lowest" in button for button in read(client, address).buttons].count(True) == 1
    marked = [button["value"] for button in read(client, address, stops="direct").buttons if "data-lowest" in button]
    assert [value.partition("-")[0] for value in marked] == ["NB300"]


def test_another_cabin_shows_its_own_fares(client, market, address):
    page = read(client, address, cabin="business")
    values = [button["value"] for button in page.buttons]
    assert all(".business." in value for value in values[:3])
    assert values[3:] == [""] * 6
    assert all("disabled" in button for button in page.buttons[3:])


def test_a_fare_with_fewer_seats_than_passengers_cannot_be_clicked(client, market, address):
    page = read(client, address, passengers="3")
    assert [bool(button["value"]) for button in page.buttons] == [True] * 6 + [False] * 3


def test_the_start_state_has_a_version_for_every_flight_and_its_topics(client, market, address):
    html = client.get(*address()).content.decode()
    found = re.search(r'<script id="start-state" type="application/json">(.*?)</script>', html, re.DOTALL)
    state = json.loads(found[1])
    assert {flight["id"] for flight in state["flights"]} == {flight_id for ids in state["only"].values() for flight_id in ids}
    assert all(flight["version"] == 1 for flight in state["flights"])
    assert set(state["only"]) == set(state["topics"])
    assert len(state["topics"]) == 3


def test_cities_lead_to_the_address_with_their_airports(client, market, address):
    response = client.get(*address(origin="new york", destination="Los Ang", sort="price"))
    assert response.status_code == 302
    assert "origin=JFK&destination=LAX" in response["Location"]
    assert "sort=price" in response["Location"]


@pytest.mark.parametrize(
    ("typed", "refusal"),
    [
        ({"origin": "Atlantis"}, (422, "origin", "no airport called")),
        ({"origin": "XXX"}, (404, "origin", "We do not fly there")),
        ({"destination": "JFK"}, (404, "destination", "another destination")),
        ({"date": "yesterday"}, (422, "date", "YYYY-MM-DD")),
        ({"date": ""}, (422, "date", "Choose a day")),
        ({"date": "9999-12-31"}, (422, "date", "No schedule reaches that day")),
        ({"date": "0001-01-01"}, (422, "date", "No schedule reaches that day")),
        ({"passengers": "0"}, (422, "passengers", "1 to 9")),
        ({"passengers": "10"}, (422, "passengers", "1 to 9")),
    ],
)
def test_a_search_that_cannot_be_says_why_beside_its_field(client, market, address, typed, refusal):
    status, field, words = refusal
    response = client.get(*address(**typed))
    assert response.status_code == status
    html = response.content.decode()
    error = re.search(rf'id="{field}-error">(.*?)</p>', html)
    assert words in error[1]
    assert html.count("field__error") == 1


def test_a_past_day_is_refused_with_the_day_that_it_is(client, market, address, day):
    response = client.get(*address(date=(day - timedelta(days=30)).isoformat()))
    assert response.status_code == 404
    assert "choose that day or a later one" in response.content.decode()


def test_a_day_without_flights_says_so_and_offers_the_days_beside_it(client, market, address, day):
    response = client.get(*address(date=(day + timedelta(days=1)).isoformat()))
    html = response.content.decode()
    assert "Nothing flies from New York to Los Angeles that day" in html
    assert f"date={day.isoformat()}" in html


def test_a_cancelled_flight_is_shown_as_such_and_sells_nothing(client, market, address):
    state = FlightState.objects.get(leg=market["NB300"])
    state.document["status"] = "cancelled"
    state.save()
    html = client.get(*address()).content.decode()
    assert [bool(button["value"]) for button in BoardPage(html).buttons[6:]] == [False] * 3
    assert "Cancelled" in html


def test_a_page_of_results_takes_at_most_eight_queries(client, market, address, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        client.get(*address())


def test_pages_run_nothing_but_our_own_files(client, market, address):
    for path, query in (("/", {}), address()):
        response = client.get(path, query)
        policy = response["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert BoardPage(response.content.decode()).refused == []
