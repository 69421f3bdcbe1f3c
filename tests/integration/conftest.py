"""A running site for the tests of this directory: as processes, and as containers where there is an engine."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from farewire_dev.servers.waiting import wait_until
from farewire_dev.testing.backend import docker_answers
from farewire_dev.testing.plugin import SYSTEM_PROPERTY

from .compose_stack import ComposeStack
from .market import Market
from .process_stack import ProcessStack
from .stack import Stack

_DAYS = 3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test here, and have the run say on which kinds of system they ran."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.stack)
            system = item.callspec.params.get("stack") if isinstance(item, pytest.Function) and hasattr(item, "callspec") else None
            if system is not None:
                item.user_properties.append((SYSTEM_PROPERTY, str(system)))


@pytest.fixture(scope="session", params=["processes", pytest.param("containers", marks=pytest.mark.containers)])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The whole of Farewire with a few days of departures, and nobody else on it."""
    running: ProcessStack | ComposeStack
    directory = tmp_path_factory.mktemp("stack")
    if request.param == "containers":
        if os.environ.get("_FAREWIRE_TEST_BACKEND_CHOSEN") == "embedded" or not docker_answers():
            pytest.skip("the run is embedded, or no Docker engine answers: compose.yaml is not tested")
        running = ComposeStack(directory, days=_DAYS)
    else:
        running = ProcessStack(directory, days=_DAYS)
    try:
        running.up()
        yield running
    finally:
        running.down()


@pytest.fixture
def market(stack: Stack) -> Market:
    """One busy market of tomorrow."""
    return Market(stack)


@pytest.fixture
def busy(stack: Stack, market: Market) -> Stack:
    """A site on which somebody searched, held and let go: what is counted by label has been counted."""
    answer = market.hold(market.offers()[0], key=secrets.token_hex(8))
    assert answer.status_code in {200, 201}, answer.text
    hold = answer.json()
    released = httpx.delete(f"{stack.url}/api/v1/holds/{hold['hold_id']}", headers={"Authorization": f"Bearer {hold['token']}"})
    assert released.status_code in {200, 204}, released.text
    wait_until(market.settled, what="the hold and the release are priced", seconds=30)
    return stack
