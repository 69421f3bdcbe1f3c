from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLResolver, get_resolver

# The front door sends a request to another server where one broke with it (deploy/nginx/templates/proxy.conf.template): what
# is posted twice must do what it does once. A new address belongs here once a test of its own holds it to that.
MAY_BE_SENT_TWICE = {"api/v1/holds", "holds", "holds/<str:hold_id>/release"}


def routes(resolver: URLResolver, *, under: str = "") -> Iterator[str]:
    """Every address that leads to a view."""
    for entry in resolver.url_patterns:
        route = f"{under}{entry.pattern}"
        if isinstance(entry, URLResolver):
            yield from routes(entry, under=route)
        elif entry.name != "api-root":  # by which the framework only makes addresses; nothing is there
            yield route


@pytest.mark.django_db
def test_each_address_that_takes_posts_may_get_them_twice():
    every = list(routes(get_resolver()))
    assert set(every) > MAY_BE_SENT_TWICE
    browser = Client()
    assert {route for route in every if browser.post("/" + re.sub(r"<[^>]+>", "1", route)).status_code != 405} == MAY_BE_SENT_TWICE
