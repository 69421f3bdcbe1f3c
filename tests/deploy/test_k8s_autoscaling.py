"""Autoscalers act on figures that exist, and before the alerts do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.deploy.compose_file import ROOT
from tests.deploy.kubernetes_objects import SERVICES, bytes_of, combination, environment, of_kind, workloads
from tests.deploy.metric_names import documented, expressions, family
from tests.deploy.nginx_sizing import nginx_bytes, nginx_sockets

ALERT_SHARE = 0.8
"""FarewireConnectionsNearCapacity's threshold."""


def sockets_per_gateway() -> int:
    objects = combination()
    return int(environment(workloads(objects)["ws-gateway"].main, objects)["FAREWIRE_GATEWAY_MAX_CONNECTIONS"])


def scalers(component: str) -> dict[str, dict[str, Any]]:
    kind = {"hpa": "HorizontalPodAutoscaler", "keda": "ScaledObject"}[component]
    return {name: thing["spec"] for name, thing in of_kind(combination(component), kind).items()}


@pytest.mark.parametrize("component", ["hpa", "keda"])
def test_what_serves_is_scaled_and_never_below_what_runs_without(component: str) -> None:
    plain = workloads(combination())
    found = scalers(component)
    assert set(found) == set(SERVICES)
    for name, spec in found.items():
        assert spec["scaleTargetRef"]["name"] == name
        least = spec.get("minReplicas", spec.get("minReplicaCount"))
        most = spec.get("maxReplicas", spec.get("maxReplicaCount"))
        assert plain[name].spec["replicas"] <= least < most


def test_gateways_are_added_before_the_alert_on_their_connections() -> None:
    assert any(f"farewire:connections:used_ratio > {ALERT_SHARE}" in text for text in expressions())
    (pods,) = [metric["pods"] for metric in scalers("hpa")["ws-gateway"]["metrics"] if metric["type"] == "Pods"]
    (prometheus,) = [trigger["metadata"] for trigger in scalers("keda")["ws-gateway"]["triggers"] if trigger["type"] == "prometheus"]
    assert pods["metric"]["name"] in documented()
    for target in (int(pods["target"]["averageValue"]), int(prometheus["threshold"])):
        assert target < ALERT_SHARE * sockets_per_gateway()


def scaling_down(component: str, name: str) -> dict[str, Any]:
    spec = scalers(component)[name]
    behaviour = spec["behavior"] if component == "hpa" else spec["advanced"]["horizontalPodAutoscalerConfig"]["behavior"]
    return dict(behaviour["scaleDown"])


@pytest.mark.parametrize("name", ["ws-gateway", "nginx"])
def test_who_holds_sockets_is_taken_away_one_at_a_time(name: str) -> None:
    (policy,) = scaling_down("hpa", name)["policies"]
    assert policy["type"] == "Pods"
    assert policy["value"] == 1
    assert policy["periodSeconds"] >= workloads(combination())[name].pod["terminationGracePeriodSeconds"]


@pytest.mark.parametrize("name", SERVICES)
def test_hpa_and_keda_keep_the_same_bounds_and_pace(name: str) -> None:
    hpa, keda = (scalers(component)[name] for component in ("hpa", "keda"))
    assert (hpa["minReplicas"], hpa["maxReplicas"]) == (keda["minReplicaCount"], keda["maxReplicaCount"])
    assert scaling_down("hpa", name) == scaling_down("keda", name)


@pytest.mark.parametrize("way_in", ["ingress", "tls"])
def test_an_nginx_is_added_while_those_that_are_there_have_room(way_in: str) -> None:
    """Its sockets are seen in its memory: as many make an nginx more as make a gateway more, and the page says how many."""
    (hpa,) = [metric["resource"]["target"] for metric in scalers("hpa")["nginx"]["metrics"] if metric["resource"]["name"] == "memory"]
    (keda,) = [trigger for trigger in scalers("keda")["nginx"]["triggers"] if trigger["type"] == "memory"]
    assert keda["metricType"] == hpa["type"] == "Utilization"
    assert int(keda["metadata"]["value"]) == hpa["averageUtilization"]
    (pods,) = [metric["pods"] for metric in scalers("hpa")["ws-gateway"]["metrics"] if metric["type"] == "Pods"]
    objects = combination(way_in)
    target = bytes_of(workloads(objects)["nginx"].main["resources"]["requests"]["memory"]) * hpa["averageUtilization"] / 100
    sockets = int(pods["target"]["averageValue"])
    assert nginx_bytes(objects, sockets) <= target <= nginx_bytes(objects, round(sockets * 1.1))
    assert sockets < ALERT_SHARE * nginx_sockets(objects)


@pytest.mark.parametrize("way_in", ["ingress", "tls"])
def test_the_nginxes_take_the_sockets_of_all_gateways(way_in: str) -> None:
    most = {name: scalers("hpa")[name]["maxReplicas"] for name in ("ws-gateway", "nginx")}
    assert most["nginx"] * nginx_sockets(combination(way_in)) >= most["ws-gateway"] * sockets_per_gateway()


def test_keda_asks_for_metrics_that_are_exported() -> None:
    queries = [
        trigger["metadata"]["query"] for spec in scalers("keda").values() for trigger in spec["triggers"] if trigger["type"] == "prometheus"
    ]
    assert {family(name) for query in queries for name in re.findall(r"farewire_\w+", query)} <= documented()


def test_the_page_says_how_each_that_is_scaled_is_handed_over() -> None:
    """`kubectl apply` would set one replica of whatever it is not made to forget."""
    page = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    (forgetting,) = re.findall(r"annotate deployment (.*) kubectl\.kubernetes\.io/last-applied-configuration-$", page, flags=re.MULTILINE)
    (holding,) = re.findall(r"for name in (.*); do\n.*\n.*--server-side", page)
    assert set(forgetting.split()) == set(holding.split()) == set(scalers("hpa"))


def test_the_page_says_how_many_connections_postgresql_must_allow() -> None:
    objects = combination("hpa")
    most = {name: scalers("hpa")[name]["maxReplicas"] + 2 for name in ("web", "pricing-worker")}
    web = environment(workloads(objects)["web"].main, objects)
    each_web = int(web["FAREWIRE_WEB_WORKERS"]) * int(web["FAREWIRE_DATABASE_POOL_SIZE"]) + 1
    sizing = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    each_worker = int(re.search(r"a worker up to (\d+)", sizing)[1])  # type: ignore[index]
    page = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    assert f"a web pod ({each_web}) and up to {each_worker} a worker" in page
    assert f"makes {most['web'] * each_web + most['pricing-worker'] * each_worker}." in page
