from __future__ import annotations

from datetime import timedelta

import pytest

from farewire.contracts.api import Airports, Flights
from services.web.tests.api.conftest import DAY, TODAY, assert_problem

pytestmark = pytest.mark.django_db
QUERY = {"origin": "LAX", "destination": "BOS", "date": DAY.isoformat(), "passengers": 1}


def test_a_search_answers_the_contract(api, sold):
    first = sold(number=2, origin="LAX", destination="JFK", local_time="07:00", minutes=310, amount=20000)
    second = sold(number=3, origin="JFK", destination="BOS", local_time="16:30", minutes=75, amount=9000)
    response = api.get("/flights", **QUERY, max_stops=1)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    body = response.json()
    Flights.model_validate(body)
    (journey,) = body["journeys"]
    assert journey["flight_ids"] == [first.id, second.id]
    assert journey["departs_at"].startswith(f"{DAY}T07:00:00-0")
    assert journey["status"] == "open"
    assert [(offer["brand"], offer["amount"]) for offer in journey["offers"]] == [("basic", 29000), ("standard", 35000), ("flex", 41000)]
    assert journey["offers"][0]["offer_ids"] == [f"{first.id}.economy.1.basic", f"{second.id}.economy.1.basic"]
    shown = body["flights"][first.id]
    assert {key: shown[key] for key in ("id", "version", "status", "cabins")} == first.model_dump(mode="json")
    assert (shown["carrier"], shown["number"], shown["origin"], shown["destination"], shown["equipment"]) == ("FW", 2, "LAX", "JFK", "738")
    assert body["topics"] == [f"market:JFK-BOS:{DAY}", f"market:LAX-BOS:{DAY}", f"market:LAX-JFK:{DAY}"]


def test_a_search_takes_at_most_four_queries(api, sold, django_assert_max_num_queries):
    sold(number=1, origin="LAX", destination="BOS")
    sold(number=2, origin="LAX", destination="JFK", local_time="07:00", minutes=310)
    sold(number=3, origin="JFK", destination="BOS", local_time="16:30", minutes=75)
    with django_assert_max_num_queries(4):
        assert api.get("/flights", **QUERY).status_code == 200


def test_codes_may_be_written_small_and_one_passenger_is_understood(api, sold):
    sold(number=1, origin="LAX", destination="BOS")
    body = api.get("/flights", origin="lax", destination="bos", date=DAY.isoformat()).json()
    assert (body["origin"], body["destination"], body["passengers"], len(body["journeys"])) == ("LAX", "BOS", 1, 1)


@pytest.mark.parametrize(
    ("changes", "status", "code"),
    [
        ({"origin": "XXX"}, 404, "unknown_airport"),
        ({"destination": "ZZZ"}, 404, "unknown_airport"),
        ({"destination": "LAX"}, 404, "same_airport"),
        ({"date": (TODAY - timedelta(days=2)).isoformat()}, 404, "date_in_past"),
        ({"origin": "LOSA"}, 422, "invalid_origin"),
        ({"origin": "L\x00X"}, 422, "invalid_origin"),
        ({"date": "tomorrow"}, 422, "invalid_date"),
        ({"date": "0"}, 422, "invalid_date"),
        ({"date": "2026-13-01"}, 422, "invalid_date"),
        ({"passengers": 0}, 422, "invalid_passengers"),
        ({"passengers": 10}, 422, "invalid_passengers"),
        ({"passengers": "two"}, 422, "invalid_passengers"),
        ({"passengers": "1.0"}, 422, "invalid_passengers"),
        ({"max_stops": 2}, 422, "invalid_max_stops"),
    ],
)
def test_a_search_that_makes_no_sense_is_told_why(api, sold, changes, status, code):
    sold(number=1, origin="LAX", destination="BOS")
    body = assert_problem(api.get("/flights", **{**QUERY, **changes}), status, code)
    if status == 422:
        assert next(iter(changes)) in body["detail"]
        assert body["errors"][0]["code"] == code


def test_everything_that_is_missing_is_named(api):
    body = assert_problem(api.get("/flights"), 422, "missing_origin")
    assert [error["field"] for error in body["errors"]] == ["origin", "destination", "date"]


def test_airports_answer_the_contract(api, sold):
    sold(number=1, origin="GRU", destination="LAX")
    body = api.get("/airports", q="sao").json()
    Airports.model_validate(body)
    assert body == {"airports": [{"code": "GRU", "name": "Guarulhos", "city": "São Paulo", "country": "BR", "zone": "America/Sao_Paulo"}]}
    assert len(api.get("/airports").json()["airports"]) == 2


def test_a_search_for_an_airport_is_not_a_novel(api):
    assert_problem(api.get("/airports", q="a" * 101), 422, "invalid_q")
    assert_problem(api.get("/airports", limit=0), 422, "invalid_limit")
