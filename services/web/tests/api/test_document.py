from __future__ import annotations

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, settings

from farewire.contracts import api as contracts
from farewire_dev.testing.schedule import leg_make, offers_make
from farewire_web.wsgi import application
from services.web.tests.api.conftest import DAY

ADDRESS = "/api/v1/openapi.json"


@pytest.fixture
def document():
    return Client().get(ADDRESS).json()


schema = schemathesis.openapi.from_wsgi(ADDRESS, application)


@pytest.fixture
def _market(transactional_db):
    """A small schedule, so that what is valid also finds something."""
    offers_make(leg=leg_make(number=1, local_date=DAY))


@schema.parametrize()
@pytest.mark.usefixtures("_market")
@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_document_says(case):
    """Schemathesis' own checks, all of them, over generated requests."""
    case.call_and_validate()


def test_the_document_names_every_endpoint(document):
    assert document["openapi"].startswith("3.1")
    operations = {(path, method) for path, methods in document["paths"].items() for method in methods}
    assert operations == {
        ("/api/v1/airports", "get"),
        ("/api/v1/flights", "get"),
        ("/api/v1/holds", "post"),
        ("/api/v1/holds/{hold_id}", "get"),
        ("/api/v1/holds/{hold_id}", "delete"),
    }


def test_every_operation_is_complete(document):
    for methods in document["paths"].values():
        for operation in methods.values():
            assert operation["summary"]
            assert operation["description"]
            assert operation["operationId"]
            for status, response in operation["responses"].items():
                expected = "application/json" if status < "400" else "application/problem+json"
                assert list(response["content"]) == [expected]
            assert "503" in operation["responses"]


def test_every_answer_has_an_example_that_is_one(document):
    for methods in document["paths"].values():
        for operation in methods.values():
            for response in operation["responses"].values():
                (media,) = response["content"].values()
                shape = getattr(contracts, media["schema"]["$ref"].rpartition("/")[2])
                shape.model_validate(media["example"])


def test_holds_need_their_key_and_their_token(document):
    paths = document["paths"]
    (key,) = paths["/api/v1/holds"]["post"]["parameters"]
    assert (key["in"], key["name"], key["required"]) == ("header", "Idempotency-Key", True)
    assert paths["/api/v1/holds/{hold_id}"]["get"]["security"] == [{"HoldBearer": []}]
    assert document["components"]["securitySchemes"]["HoldBearer"]["scheme"] == "bearer"
