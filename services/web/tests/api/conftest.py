from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from farewire_dev.testing.schedule import leg_make, offers_make

TODAY = datetime.now(UTC).date()
DAY = TODAY + timedelta(days=30)


class Api:
    """A client of the API that speaks JSON."""

    def __init__(self):
        # A fault of ours must reach the client as a problem, so it is not raised into the test.
        self.client = Client(raise_request_exception=False)

    def get(self, path, *, token=None, **query):
        return self.client.get(f"/api/v1{path}", query, headers=_bearer(token))

    def delete(self, path, *, token=None):
        return self.client.delete(f"/api/v1{path}", headers=_bearer(token))

    def hold(self, *offer_ids, passengers=1, key="key-1", **headers):
        return self.client.post(
            "/api/v1/holds",
            {"offer_ids": list(offer_ids), "passengers": passengers},
            content_type="application/json",
            headers={**({"Idempotency-Key": key} if key is not None else {}), **headers},
        )


def _bearer(token):
    return {} if token is None else {"Authorization": f"Bearer {token}"}


@pytest.fixture
def api():
    return Api()


@pytest.fixture
def sold():
    """Makes a leg on `DAY` that is priced; answers its state as the feed tells it."""

    def make(*, version=1, amount=12900, **leg):
        return offers_make(leg=leg_make(**{"local_date": DAY, **leg}), version=version, amount=amount)

    return make


def offer_id(flight, brand="basic"):
    return next(offer.offer_id for cabin in flight.cabins for offer in cabin.offers if offer.brand == brand)


def assert_problem(response, status, code):
    """Every error has the same shape, whatever raised it."""
    assert response.status_code == status, response.content
    assert response["Content-Type"] == "application/problem+json"
    assert response["Cache-Control"] == "no-store"
    assert response["X-Request-ID"]
    body = response.json()
    assert body["code"] == code
    assert body["type"] == f"urn:farewire:problem:{code}"
    assert body["status"] == status
    assert body["title"]
    assert body["detail"].endswith(".")
    return body
