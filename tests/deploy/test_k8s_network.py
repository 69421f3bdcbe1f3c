"""Who may speak to whom: by the rendered policies exactly what is listed here, and nothing that compose's networks keep apart."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from farewire_dev.kubernetes.validation import faults
from tests.deploy.compose_file import ROOT, compose_services
from tests.deploy.kubernetes_objects import NAME, combination, of_kind, overlay, workloads

COMPONENTS = ("dev-datastores", "network-policies", "gateway-api")
HERE = "farewire-combination"
SPACE_NAME = "kubernetes.io/metadata.name"
DATABASE_CLIENTS = ("web", "pricing-worker", "migrate", "schedule")
REDIS_CLIENTS = ("ws-gateway", "pricing-worker")
OUTSIDE = ("world", "prometheus", "istiod", "nginx-gateway")
"""Whom these policies do not bind; what they say to each other is not asked."""
EDGES = {
    *((client, door, "http") for client in OUTSIDE for door in ("nginx", "gateway")),  # whoever may come to a front door, may
    ("gateway", "nginx", "http"),
    ("gateway", "istiod", "configuration"),
    ("gateway", "nginx-gateway", "configuration"),
    ("nginx", "web", "http"),
    ("nginx", "ws-gateway", "http"),
    *(("prometheus", service, "internal") for service in ("web", "ws-gateway", "pricing-worker")),
    *((client, "postgres", "postgres") for client in DATABASE_CLIENTS),
    *((client, "redis", "redis") for client in REDIS_CLIENTS),
}


@dataclass(frozen=True)
class Pod:
    """Somebody who may call or be called."""

    name: str
    namespace: str
    labels: tuple[tuple[str, str], ...]
    ports: tuple[tuple[str, int], ...] = ()


def gateway_proxy() -> Pod:
    """What a controller makes of the Gateway: pods in its namespace, that bear its name."""
    (name,) = of_kind(combination(*COMPONENTS), "Gateway")
    return Pod("gateway", HERE, (("gateway.networking.k8s.io/gateway-name", name),), (("http", 80),))


def pods() -> Iterator[Pod]:
    for name, workload in workloads(combination(*COMPONENTS)).items():
        ports = tuple((port["name"], port["containerPort"]) for port in workload.main.get("ports", []))
        yield Pod(name, HERE, tuple(workload.labels.items()), ports)
    yield gateway_proxy()
    yield Pod("prometheus", "monitoring", ((NAME, "prometheus"),))
    yield Pod("world", "ingress", ((NAME, "controller"),))
    yield Pod("istiod", "istio-system", (("app", "istiod"),), (("configuration", 15012),))
    yield Pod("nginx-gateway", "nginx-gateway", ((NAME, "nginx-gateway-fabric"),), (("configuration", 8443),))


def selects(selector: dict[str, Any], labels: Iterable[tuple[str, str]]) -> bool:
    held = dict(labels)
    exact = selector.get("matchLabels", {}).items() <= held.items()
    return exact and all(
        part["operator"] == "In" and held.get(part["key"]) in part["values"] for part in selector.get("matchExpressions", [])
    )


def is_peer(peer: dict[str, Any], pod: Pod) -> bool:
    if "ipBlock" in peer:
        return False
    near = selects(peer["namespaceSelector"], [(SPACE_NAME, pod.namespace)]) if "namespaceSelector" in peer else pod.namespace == HERE
    return near and selects(peer.get("podSelector", {}), pod.labels)


def opens(rule: dict[str, Any], side: str, other: Pod, port: tuple[str, int]) -> bool:
    peers, ports = rule.get(side), rule.get("ports")
    return (peers is None or any(is_peer(peer, other) for peer in peers)) and (
        ports is None or any(entry["protocol"] == "TCP" and entry["port"] in port for entry in ports)
    )


def may(direction: str, pod: Pod, other: Pod, port: tuple[str, int]) -> bool:
    """Whether the policies that apply to `pod` let it call `other` on `port`, or be called by it."""
    if pod.namespace != HERE:
        return True
    policies = [thing["spec"] for thing in of_kind(combination(*COMPONENTS), "NetworkPolicy").values()]
    applying = [spec for spec in policies if direction in spec["policyTypes"] and selects(spec["podSelector"], pod.labels)]
    side = {"Ingress": "from", "Egress": "to"}[direction]
    rules = [rule for spec in applying for rule in spec.get(direction.lower(), [])]
    return not applying or any(opens(rule, side, other, port) for rule in rules)


def edges() -> set[tuple[str, str, str]]:
    return {
        (client.name, server.name, port[0])
        for client in pods()
        for server in pods()
        for port in server.ports
        if client.name != server.name
        and HERE in (client.namespace, server.namespace)
        and may("Egress", client, server, port)
        and may("Ingress", server, client, port)
    }


def test_exactly_these_edges_are_open() -> None:
    assert edges() == EDGES


def test_no_edge_crosses_what_compose_keeps_apart() -> None:
    composed = {name: set(service["networks"]) for name, service in compose_services().items()}
    composed["schedule"] = composed["load"]
    for client, server, _ in edges():
        if {client, server} <= set(composed):
            assert composed[client] & composed[server], f"{client} and {server} share no network in compose"


def test_who_shares_a_datastores_network_in_compose_may_reach_it_here() -> None:
    for server, network in (("postgres", "data"), ("redis", "bus")):
        there = {name for name, service in compose_services().items() if network in service["networks"]} - {server, "price"}
        here = {client for client, called, _ in edges() if called == server}
        assert here == {"schedule" if name == "load" else name for name in there}


@pytest.mark.parametrize("name", ["dev", "production"])
def test_everything_is_denied_that_no_policy_allows(name: str) -> None:
    denied = of_kind(overlay(name), "NetworkPolicy")["default-deny"]["spec"]
    assert denied == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def test_a_gateways_proxies_may_ask_for_names() -> None:
    """Before anything else, they look up the controller that configures them."""
    (rule,) = of_kind(combination(*COMPONENTS), "NetworkPolicy")["dns"]["spec"]["egress"]
    assert of_kind(combination(*COMPONENTS), "NetworkPolicy")["dns"]["spec"]["podSelector"] == {}
    assert {(entry["protocol"], entry["port"]) for entry in rule["ports"]} == {("UDP", 53), ("TCP", 53)}


def test_production_reaches_its_datastores_by_their_networks() -> None:
    policies = of_kind(overlay("production"), "NetworkPolicy")
    for name, port in (("to-postgres", 5432), ("to-redis", 6379)):
        (rule,) = policies[name]["spec"]["egress"]
        assert [set(peer) for peer in rule["to"]] == [{"ipBlock"}]
        assert [entry["port"] for entry in rule["ports"]] == [port]


def test_the_pages_policies_can_be_applied() -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    written = [yaml.safe_load(block) for block in re.findall(r"^```yaml\n(apiVersion.*?)^```", page, flags=re.MULTILINE | re.DOTALL)]
    assert [thing["metadata"]["name"] for thing in written] == ["acme-solver"]
    assert list(faults(written)) == []
