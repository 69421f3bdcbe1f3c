from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pytest
from django.db import connections

from farewire.bookings.models import Hold as HoldRow
from farewire.contracts.api import Hold, HoldCreated
from farewire.inventory.models import Cabin
from farewire_dev.testing.schedule import offers_make
from farewire_web import client as caller
from services.web.tests.api.conftest import Api, assert_problem, offer_id

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def flight(sold):
    return sold(number=1)


def held(flight):
    return Cabin.objects.get(leg__flight_id=flight.id, code="economy").held


def test_a_hold_is_made_read_and_released(api, flight):
    created = api.hold(offer_id(flight), passengers=2)
    assert created.status_code == 201
    body = created.json()
    HoldCreated.model_validate(body)
    assert body["price"] == {"amount": 25800, "currency": "USD"}
    assert (body["state"], body["passengers"], body["flight_ids"]) == ("active", 2, [flight.id])
    assert datetime.fromisoformat(body["expires_at"]).tzinfo is not None
    assert created["Location"] == f"/api/v1/holds/{body['hold_id']}"
    assert held(flight) == 2

    read = api.client.get(created["Location"], headers={"Authorization": f"Bearer {body['token']}"})
    Hold.model_validate(read.json())
    assert {**read.json(), "token": body["token"]} == body

    released = api.delete(f"/holds/{body['hold_id']}", token=body["token"])
    assert (released.status_code, released.json()["state"]) == (200, "released")
    assert api.delete(f"/holds/{body['hold_id']}", token=body["token"]).json()["state"] == "released"
    assert held(flight) == 0


def test_a_connection_is_held_on_every_leg(api, sold, flight):
    onward = sold(number=2, origin="LAX", destination="HNL", local_time="15:00", amount=20000)
    body = api.hold(offer_id(flight), offer_id(onward, "flex")).json()
    assert body["flight_ids"] == [flight.id, onward.id]
    assert body["price"]["amount"] == 12900 + 26000


def test_the_same_key_and_body_give_the_same_answer(api, flight):
    first, again = api.hold(offer_id(flight)), api.hold(offer_id(flight))
    assert (again.status_code, again.json()) == (201, first.json())
    assert held(flight) == 1


def test_the_same_key_with_another_body_is_refused(api, flight):
    api.hold(offer_id(flight))
    assert_problem(api.hold(offer_id(flight), passengers=2), 422, "idempotency_mismatch")
    assert held(flight) == 1


def test_one_key_sent_by_many_at_once_makes_one_hold(flight):
    def send(_):
        try:
            response = Api().hold(offer_id(flight))
            return response.status_code, response.json()["hold_id"]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(send, range(24)))
    assert len(answers) == 1
    assert next(iter(answers))[0] == 201
    assert held(flight) == 1


@pytest.mark.parametrize(
    ("key", "code"), [(None, "missing_idempotency_key"), ("x" * 201, "invalid_idempotency_key"), ("schlüssel", "invalid_idempotency_key")]
)
def test_a_hold_needs_a_key_that_can_be_one(api, flight, key, code):
    assert "Idempotency-Key" in assert_problem(api.hold(offer_id(flight), key=key), 422, code)["detail"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"offer_ids": ["cheap"], "passengers": 1}, 422, "invalid_offer_id"),
        ({"offer_ids": [], "passengers": 1}, 422, "invalid_offer_ids"),
        ({"offer_ids": "cheap", "passengers": 1}, 422, "invalid_offer_ids"),
        ({"offer_ids": ["FW1-20261201-JFK.economy.1.basic"], "passengers": 0}, 422, "invalid_passengers"),
        ({"offer_ids": ["FW1-20261201-JFK.economy.1.basic"], "passengers": True}, 422, "invalid_passengers"),
        ({"offer_ids": ["FW1-20261201-JFK.economy.1.basic"], "passengers": "1"}, 422, "invalid_passengers"),
        ({"offer_ids": ["FW1-20261201-JFK.economy.1.basic"]}, 422, "missing_passengers"),
        ({"offer_ids": ["FW1-20261201-JFK.economy.1.basic"], "passengers": 1, "price": 1}, 422, "unknown_field"),
        ({"offer_ids": ["FW999-20200101-JFK.economy.1.basic"], "passengers": 1}, 404, "unknown_offer"),
        ({"offer_ids": ["FW1-20261201-JFK.economy.1.basic"] * 2, "passengers": 1}, 409, "invalid_journey"),
        ([], 422, "invalid_body"),
    ],
)
def test_a_body_that_makes_no_sense_is_told_why(api, body, status, code):
    response = api.client.post("/api/v1/holds", body, content_type="application/json", headers={"Idempotency-Key": "k"})
    assert_problem(response, status, code)


@pytest.mark.parametrize(
    ("data", "content_type", "status", "code"),
    [
        ("", "application/json", 422, "missing_body"),
        ("null", "application/json", 422, "invalid_body"),
        ("{", "application/json", 400, "malformed_json"),
        ("[" * 100_000, "application/json", 400, "malformed_json"),
        ("offer_ids=1", "application/x-www-form-urlencoded", 415, "unsupported_media_type"),
    ],
)
def test_a_body_that_is_not_an_object_is_refused(api, data, content_type, status, code):
    response = api.client.post("/api/v1/holds", data, content_type=content_type, headers={"Idempotency-Key": "k"})
    assert_problem(response, status, code)


def test_more_seats_than_are_left_are_sold_out_and_no_row_id_is_told(api, sold):
    flight = sold(number=5, seats={"economy": 2})
    body = assert_problem(api.hold(offer_id(flight), passengers=3), 409, "sold_out")
    assert "cabin_id" not in body


def test_an_offer_of_long_ago_has_expired(api, flight):
    assert_problem(api.hold(offer_id(flight).replace(".1.", ".7.")), 409, "offer_expired")


def test_a_superseded_offer_is_still_honoured_at_its_price(api, flight):
    leg = Cabin.objects.get(leg__flight_id=flight.id).leg
    offers_make(leg=leg, version=2, amount=99900)
    assert api.hold(offer_id(flight)).json()["price"]["amount"] == 12900


def test_a_closed_flight_sells_nothing(api, flight):
    leg = Cabin.objects.get(leg__flight_id=flight.id).leg
    leg.status = "closed"
    leg.save()
    assert_problem(api.hold(offer_id(flight)), 409, "fare_closed")


def test_over_the_limit_one_is_told_when_to_come_back(api, flight, settings):
    settings.FAREWIRE = settings.FAREWIRE.model_copy(update={"holds_per_address": 1})
    headers = {"X-Real-IP": "203.0.113.9"}
    assert api.hold(offer_id(flight), key="a", **headers).status_code == 201
    response = api.hold(offer_id(flight), key="b", **headers)
    body = assert_problem(response, 429, "too_many_holds")
    assert 0 < int(response["Retry-After"]) <= 900
    assert body["retry_after"] == int(response["Retry-After"])
    assert api.hold(offer_id(flight), key="c", **{"X-Real-IP": "203.0.113.10"}).status_code == 201


@pytest.mark.parametrize("method", ["get", "delete"])
def test_a_hold_is_only_for_who_has_its_token(api, flight, method):
    call = getattr(api, method)
    hold = api.hold(offer_id(flight)).json()
    response = call(f"/holds/{hold['hold_id']}")
    assert_problem(response, 401, "token_required")
    assert response["WWW-Authenticate"].startswith("Bearer")
    assert_problem(call(f"/holds/{hold['hold_id']}", token="guess"), 404, "unknown_hold")
    assert_problem(call("/holds/h_other", token=hold["token"]), 404, "unknown_hold")
    assert HoldRow.objects.get().state == "active"


def test_addresses_are_kept_as_keyed_digests_only(api, flight):
    api.hold(offer_id(flight), **{"X-Real-IP": "203.0.113.9"})
    row = HoldRow.objects.get()
    assert len(row.address) == 64
    assert "203" not in row.address


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.9", "203.0.113.9", True),
        ("203.0.113.9", "203.0.113.8", False),
        ("2001:db8::1", "2001:db8::ffff", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("203.0.113.9", "::ffff:203.0.113.9", True),
    ],
)
def test_an_ipv6_network_counts_as_one_address(rf, one, other, same):
    digests = {caller.client_address(rf.get("/", headers={"X-Real-IP": text})) for text in (one, other)}
    assert (len(digests) == 1) is same
    assert "" not in digests


def test_without_a_proxy_in_front_its_header_is_anybodys(rf, settings):
    settings.FAREWIRE = settings.FAREWIRE.model_copy(update={"trust_proxy": False})
    spoofed = caller.client_address(rf.get("/", headers={"X-Real-IP": "203.0.113.9"}, REMOTE_ADDR="198.51.100.1"))
    assert spoofed == caller.client_address(rf.get("/", REMOTE_ADDR="198.51.100.1"))


def test_an_address_that_is_none_counts_for_nobody(rf):
    assert caller.client_address(rf.get("/", headers={"X-Real-IP": "unix:"}, REMOTE_ADDR="")) == ""
