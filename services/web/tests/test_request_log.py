from __future__ import annotations

import pytest
from django.db import OperationalError
from django.test import Client
from structlog.testing import capture_logs

from farewire.domain.errors import Unavailable
from farewire_web.api import holds
from farewire_web.pages import hold_page

pytestmark = pytest.mark.django_db

BUSY = Unavailable("Many are booking these seats right now.", code="busy")
AWAY = OperationalError("the server closed the connection")


def hold_by_api(client: Client):
    return client.post(
        "/api/v1/holds", {"offer_ids": ["x"], "passengers": 1}, content_type="application/json", headers={"Idempotency-Key": "key-1"}
    )


def hold_by_form(client: Client):
    return client.post("/holds", {"offer_ids": "x", "passengers": "1", "idempotency_key": "key-1"})


BY_API = (holds, "hold_create", hold_by_api, "/api/v1/holds")
BY_FORM = (hold_page, "create", hold_by_form, "/holds")


@pytest.mark.parametrize("way", [BY_API, BY_FORM])
@pytest.mark.parametrize(("error", "code", "causes"), [(BUSY, "busy", []), (AWAY, "unavailable", ["OperationalError"])])
def test_a_failed_hold_is_logged_with_what_it_failed_by(monkeypatch, way, error, code, causes):
    module, name, hold, route = way

    def fail(**_):
        raise error

    monkeypatch.setattr(module, name, fail)
    with capture_logs() as logs:
        assert hold(Client()).status_code == 503
    (failed,) = [event for event in logs if event["event"] == "request failed"]
    assert (failed["log_level"], failed["route"], failed["status"], failed["code"]) == ("error", route, 503, code)
    assert [event["error"] for event in logs if event["event"] == "database unavailable"] == causes


def test_a_refusal_that_nobody_of_ours_explained_is_logged_without_a_code():
    with capture_logs() as logs:
        assert Client().get("/nowhere").status_code == 404
    assert [event.get("code") for event in logs if event["event"] == "request refused"] == [None]


def test_a_refused_search_and_a_refused_form_are_logged_with_their_codes():
    with capture_logs() as logs:
        assert Client().get("/flights", {"origin": "JFK", "destination": "JFK", "date": "2030-01-01"}).status_code == 404
        assert Client().post("/holds", {}).status_code == 422
    assert [event.get("code") for event in logs if event["event"] == "request refused"] == ["unknown_airport", "invalid_form"]
