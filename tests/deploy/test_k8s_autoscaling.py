"""Autoscalers act on figures that exist, and before the alerts do."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.deploy.kubernetes_objects import combination, environment, of_kind, workloads
from tests.deploy.metric_names import documented, expressions, family

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
    assert set(found) == {"web", "ws-gateway", "pricing-worker"}
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


def test_gateways_are_taken_away_one_at_a_time() -> None:
    behaviours = [
        scalers("hpa")["ws-gateway"]["behavior"],
        scalers("keda")["ws-gateway"]["advanced"]["horizontalPodAutoscalerConfig"]["behavior"],
    ]
    for behaviour in behaviours:
        (policy,) = behaviour["scaleDown"]["policies"]
        assert policy["type"] == "Pods"
        assert policy["value"] == 1
        assert policy["periodSeconds"] >= workloads(combination())["ws-gateway"].pod["terminationGracePeriodSeconds"]


def test_keda_asks_for_metrics_that_are_exported() -> None:
    queries = [
        trigger["metadata"]["query"] for spec in scalers("keda").values() for trigger in spec["triggers"] if trigger["type"] == "prometheus"
    ]
    assert {family(name) for query in queries for name in re.findall(r"farewire_\w+", query)} <= documented()
