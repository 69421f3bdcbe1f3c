"""What the running services export is what docs/metrics.md says, and all that rules and dashboards ask for."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator

import httpx
import pytest

from farewire_dev.dashboards import DASHBOARDS, Dashboard
from farewire_dev.servers.waiting import wait_until
from tests.deploy.metric_names import (
    ROOT,
    documented,
    exported,
    expressions,
    family,
    matchers,
    queried,
    rows,
    runbook_queries,
    series,
    used,
)

from .compose_stack import ComposeStack
from .market import Market
from .stack import Kind, Stack

SERVICES: dict[Kind, str] = {"web": "web", "gateway": "ws-gateway", "pricing": "pricing-worker"}
_CLASS_OF_STATUS = re.compile(r"[1-5]xx")


def scrape(stack: Stack, kind: Kind) -> str:
    """One instance's figures."""
    status, text = stack.internal(stack.instances(kind)[0], "/metrics")
    assert status == 200
    return text


def scrapes(stack: Stack) -> dict[str, str]:
    return {service: scrape(stack, kind) for kind, service in SERVICES.items()}


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


def test_every_metric_is_documented_and_every_documented_one_exported(busy: Stack) -> None:
    found = {name for text in scrapes(busy).values() for name in exported(text)}
    assert found == documented()
    assert used() <= found


def test_each_metric_comes_from_whom_the_page_names_with_its_kind_and_labels(busy: Stack) -> None:
    pages = rows()
    for service, text in scrapes(busy).items():
        for name, (kind, samples) in series(text).items():
            page = pages[name]
            assert page.exporter in {service, "all"}, name
            assert page.kind == kind, name
            for labels in samples:
                # `pid` would be a gauge of web's processes that nobody added up.
                assert set(labels) - {"le"} == page.labels, name


def test_what_rules_and_dashboards_pick_by_label_exists(busy: Stack) -> None:
    pages = rows()
    every = {name: samples for text in scrapes(busy).values() for name, (_, samples) in series(text).items()}
    assert matchers()
    for name, label, operator, value in matchers():
        kept = family(name)
        assert label in pages[kept].labels, f"{name} has no label {label}"
        values = {labels[label] for labels in every[kept]}
        if label == "status":  # a healthy site has failed nobody
            assert _CLASS_OF_STATUS.fullmatch(value)
            assert all(_CLASS_OF_STATUS.fullmatch(found) for found in values)
        elif operator == "=":
            assert value in values, f"{name}: no series has {label}={value}, only {sorted(values)}"
        else:  # what is left out must be there too, else the query leaves out nothing
            assert any(re.fullmatch(value, found) for found in values), f"{name}: none of {sorted(values)} matches {value}"


@pytest.fixture(scope="module")
def prometheus_url(stack: Stack) -> Iterator[str]:
    """The Prometheus of compose.yaml over the composed site."""
    if not isinstance(stack, ComposeStack):
        pytest.skip("Prometheus comes with compose.yaml alone")
    stack.prometheus_start()
    yield f"{stack.prometheus_url}/api/v1"
    stack.prometheus_stop()


@pytest.fixture
def prometheus(busy: Stack, prometheus_url: str) -> Iterator[httpx.Client]:
    """Its HTTP interface."""
    with httpx.Client(base_url=prometheus_url, timeout=10) as client:
        yield client


def answer(prometheus: httpx.Client, path: str, **query: str) -> object:
    reply = prometheus.get(path, params=query)
    assert reply.json()["status"] == "success", f"{query}: {reply.text}"
    return reply.json()["data"]


def test_a_real_prometheus_finds_every_container_and_all_are_up(stack: Stack, prometheus: httpx.Client) -> None:
    expected = {f"farewire-{service}": len(stack.instances(kind)) for kind, service in SERVICES.items()} | {"prometheus": 1}

    def up() -> dict[str, int]:
        targets = answer(prometheus, "/targets", state="active")["activeTargets"]  # type: ignore[index]
        counts: dict[str, int] = {}
        for target in targets:
            counts[target["labels"]["job"]] = counts.get(target["labels"]["job"], 0) + (target["health"] == "up")
        return counts

    wait_until(lambda: up() == expected, what=f"all targets are up: {expected}", seconds=60, interval=1)


def test_a_real_prometheus_has_what_rules_and_dashboards_ask_for(prometheus: httpx.Client) -> None:
    recorded = {word for expression in expressions() for word in re.findall(r"farewire:[a-z0-9_:]+", expression)}
    # Ratios and quantiles of nothing are nothing: these come with the first hold and the first update to a socket.
    always = {name for name in recorded if "update_age" not in name and "slow_sockets" not in name}

    def missing() -> set[str]:
        return (queried() | always) - set(answer(prometheus, "/label/__name__/values"))  # type: ignore[call-overload]

    wait_until(lambda: not missing(), what="every name that is asked for is stored", seconds=60, interval=1)


OCCASIONAL = ("update_age", "slow_sockets:ratio", "heals", "outcome!~")
"""Of what comes with the first socket, the first loss or the first refusal: figures that a site that is well and idle has none of."""


@pytest.mark.parametrize("dashboard", DASHBOARDS, ids=lambda dashboard: dashboard.uid)
def test_a_real_prometheus_answers_every_panel(prometheus: httpx.Client, dashboard: Dashboard) -> None:
    queries = [query.replace("$__rate_interval", "1m") for panel in dashboard.panels for query in panel.queries.values()]
    assert not [query for query in queries if "$" in query], "a variable of Grafana's that nobody has replaced"

    def empty() -> list[str]:
        found = {query: answer(prometheus, "/query", query=query)["result"] for query in queries}  # type: ignore[index]
        return [query for query, series_found in found.items() if not series_found and not any(part in query for part in OCCASIONAL)]

    wait_until(lambda: not empty(), what=f"each panel of {dashboard.uid} shows something", seconds=60, interval=1)


def test_a_real_prometheus_answers_what_runbooks_ask(prometheus: httpx.Client) -> None:
    asked = [query for page in sorted((ROOT / "docs/runbooks").glob("*.md")) for query in runbook_queries(page)]
    assert len(asked) > 15
    for query in asked:
        answer(prometheus, "/query", query=query)


def test_a_real_prometheus_can_evaluate_each_rule_and_finds_the_site_well(prometheus: httpx.Client) -> None:
    def rules() -> list[dict[str, str]]:
        groups = answer(prometheus, "/rules")["groups"]  # type: ignore[index]
        return [rule for group in groups for rule in group["rules"]]

    wait_until(lambda: all(rule["health"] == "ok" for rule in rules()), what="each rule was evaluated", seconds=60, interval=1)
    assert len(rules()) > 20
    assert [rule["name"] for rule in rules() if rule.get("state") == "firing"] == []
