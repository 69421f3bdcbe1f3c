from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from farewire_web.metrics import HOLD_REQUESTS

pytestmark = pytest.mark.django_db


def routes(resolver: URLResolver, before: str = "/") -> Iterator[str]:
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLPattern):
            yield before + str(pattern.pattern)
        else:
            yield from routes(pattern, before + str(pattern.pattern))


def test_each_request_about_a_hold_is_one_whose_failures_are_counted_from_0():
    client = Client()
    taken = {
        (method, route)
        for route in routes(get_resolver())
        if "holds" in route
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE")
        if client.generic(method, route.replace("<str:hold_id>", "h_1").replace("<hold_id>", "h_1")).status_code != 405
    }
    assert taken == set(HOLD_REQUESTS)
