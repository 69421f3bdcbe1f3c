from __future__ import annotations

import pytest
from django.db import OperationalError
from psycopg import errors as postgres

from farewire_web.api import search
from services.web.tests.api.conftest import assert_problem


def test_an_address_that_leads_nowhere(api):
    assert_problem(api.get("/nothing"), 404, "not_found")
    assert_problem(api.client.get("/api/elsewhere"), 404, "not_found")


def test_a_method_that_an_address_does_not_take_is_told_which_it_takes(api):
    response = api.client.put("/api/v1/holds")
    assert_problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "POST"


def test_a_fault_of_ours_is_told_as_such_and_nothing_of_it(api, monkeypatch):
    monkeypatch.setattr(search, "airports_find", lambda **_: 1 / 0)
    response = api.get("/airports")
    body = assert_problem(response, 500, "internal_server_error")
    assert "ZeroDivision" not in str(body)


@pytest.mark.parametrize("cause", [postgres.LockNotAvailable(), postgres.QueryCanceled(), None])
def test_a_database_that_does_not_answer_in_time_asks_to_come_back(api, monkeypatch, cause):
    def fail(**_):
        raise OperationalError("gone") from cause

    monkeypatch.setattr(search, "airports_find", fail)
    response = api.get("/airports")
    assert_problem(response, 503, "unavailable")
    assert int(response["Retry-After"]) > 0


def test_a_body_larger_than_any_hold_is_refused(api, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert_problem(api.hold("x" * 200), 413, "too_large")


def test_a_host_that_is_not_ours_is_refused(api, settings):
    settings.ALLOWED_HOSTS = ["farewire.example"]
    assert_problem(api.client.get("/api/v1/airports/", headers={"Host": "evil.example"}), 400, "bad_request")


def test_the_proxys_request_id_is_echoed_and_nonsense_is_not(api):
    assert api.client.get("/api/v1/openapi.json", headers={"X-Request-ID": "0123456789abcdef"})["X-Request-ID"] == "0123456789abcdef"
    assert api.client.get("/api/v1/openapi.json", headers={"X-Request-ID": "a b\tc"})["X-Request-ID"] != "a b\tc"
