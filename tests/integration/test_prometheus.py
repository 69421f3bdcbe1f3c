"""A real Prometheus, with our configuration, rules and dashboards, over the composed site."""

from __future__ import annotations

import re
from collections.abc import Iterator

import httpx
import pytest

from farewire_dev.dashboards import DASHBOARDS, Dashboard
from farewire_dev.servers.waiting import wait_until
from tests.deploy.metric_names import ROOT, expressions, queried, runbook_queries

from .compose_stack import ComposeStack
from .stack import SERVICES

pytestmark = [pytest.mark.containers, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]


@pytest.fixture(scope="module")
def prometheus_url(stack: ComposeStack) -> Iterator[str]:
    """The Prometheus of compose.yaml over the composed site."""
    stack.prometheus_start()
    yield f"{stack.prometheus_url}/api/v1"
    stack.prometheus_stop()


@pytest.fixture
def prometheus(busy: ComposeStack, prometheus_url: str) -> Iterator[httpx.Client]:
    """Its HTTP interface."""
    with httpx.Client(base_url=prometheus_url, timeout=10) as client:
        yield client


def answer(prometheus: httpx.Client, path: str, **query: str) -> object:
    reply = prometheus.get(path, params=query)
    assert reply.json()["status"] == "success", f"{query}: {reply.text}"
    return reply.json()["data"]


def test_it_finds_every_container_and_all_are_up(stack: ComposeStack, prometheus: httpx.Client) -> None:
    expected = {f"farewire-{service}": len(stack.instances(kind)) for kind, service in SERVICES.items()} | {"prometheus": 1}

    def up() -> dict[str, int]:
        targets = answer(prometheus, "/targets", state="active")["activeTargets"]  # type: ignore[index]
        counts: dict[str, int] = {}
        for target in targets:
            counts[target["labels"]["job"]] = counts.get(target["labels"]["job"], 0) + (target["health"] == "up")
        return counts

    wait_until(lambda: up() == expected, what=f"all targets are up: {expected}", seconds=60, interval=1)


def test_it_has_what_rules_and_dashboards_ask_for(prometheus: httpx.Client) -> None:
    recorded = {word for expression in expressions() for word in re.findall(r"farewire:[a-z0-9_:]+", expression)}
    # Ratios and quantiles of nothing are nothing: these come with the first hold and the first update to a socket.
    always = {name for name in recorded if "update_age" not in name and "slow_sockets" not in name}

    def missing() -> set[str]:
        return (queried() | always) - set(answer(prometheus, "/label/__name__/values"))  # type: ignore[call-overload]

    wait_until(lambda: not missing(), what="every name that is asked for is stored", seconds=60, interval=1)


OCCASIONAL = ("update_age", "slow_sockets:ratio", "heals", "outcome!~")
"""Of what comes with the first socket, the first loss or the first refusal: figures that a site that is well and idle has none of."""


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_it_answers_every_panel(prometheus: httpx.Client, dashboard: Dashboard) -> None:
    queries = [query.replace("$__rate_interval", "1m") for panel in dashboard.panels for query in panel.queries.values()]
    assert not [query for query in queries if "$" in query], "a variable of Grafana's that nobody has replaced"

    def empty() -> list[str]:
        found = {query: answer(prometheus, "/query", query=query)["result"] for query in queries}  # type: ignore[index]
        return [query for query, series_found in found.items() if not series_found and not any(part in query for part in OCCASIONAL)]

    wait_until(lambda: not empty(), what=f"each panel of {dashboard.uid} shows something", seconds=60, interval=1)


def test_it_answers_what_runbooks_ask(prometheus: httpx.Client) -> None:
    asked = [query for page in sorted((ROOT / "docs/runbooks").glob("*.md")) for query in runbook_queries(page)]
    assert len(asked) > 15
    for query in asked:
        answer(prometheus, "/query", query=query)


def test_it_can_evaluate_each_rule_and_finds_the_site_well(prometheus: httpx.Client) -> None:
    def rules() -> list[dict[str, str]]:
        groups = answer(prometheus, "/rules")["groups"]  # type: ignore[index]
        return [rule for group in groups for rule in group["rules"]]

    wait_until(lambda: all(rule["health"] == "ok" for rule in rules()), what="each rule was evaluated", seconds=60, interval=1)
    assert len(rules()) > 20
    assert [rule["name"] for rule in rules() if rule.get("state") == "firing"] == []
