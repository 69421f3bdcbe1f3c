"""A copy of the production overlay, changed as its comments say, is the site that was meant."""

from __future__ import annotations

import itertools
import json
import re

import pytest

from farewire_dev.kubernetes.rendering import Manifest, overlay_path
from farewire_dev.kubernetes.validation import faults
from tests.deploy.kubernetes_objects import environment, of_kind, production_copy, workloads

INGRESS = "../../components/ingress"
WAYS_IN = ("ingress", "gateway-api", "tls")
SCALERS = (None, "hpa", "keda")
every_choice = pytest.mark.parametrize(("way_in", "scaler"), list(itertools.product(WAYS_IN, SCALERS)))


def chosen(way_in: str, scaler: str | None = None, *changes: tuple[str, str]) -> tuple[Manifest, ...]:
    """The overlay with another way in, and with an autoscaler where it proposes one."""
    alternatives = [(f"{INGRESS}  #", f"../../components/{way_in}  #")]
    if scaler is not None:
        alternatives.append(("  # - ../../components/hpa ", f"  - ../../components/{scaler} "))
    return production_copy(*alternatives, *changes)


@every_choice
def test_each_choice_that_the_overlay_proposes_fits_the_schemas(way_in: str, scaler: str | None) -> None:
    assert list(faults(chosen(way_in, scaler))) == []


@every_choice
def test_the_sites_name_is_said_once(way_in: str, scaler: str | None) -> None:
    """Of two names, the way in takes the first; web and gateways know both."""
    objects = chosen(way_in, scaler, ("farewire.example.com", "fly.example.aero,www.example.aero"))
    assert "farewire.example.com" not in json.dumps(objects)
    for service in ("web", "ws-gateway"):
        assert environment(workloads(objects)[service].main, objects)["FAREWIRE_ALLOWED_HOSTS"] == "fly.example.aero,www.example.aero"
    for ingress in of_kind(objects, "Ingress").values():
        assert [rule["host"] for rule in ingress["spec"]["rules"]] == ["fly.example.aero"]
        assert [entry["hosts"] for entry in ingress["spec"]["tls"]] == [["fly.example.aero"]]
    for gateway in of_kind(objects, "Gateway").values():
        assert {listener["hostname"] for listener in gateway["spec"]["listeners"]} == {"fly.example.aero"}
    for route in of_kind(objects, "HTTPRoute").values():
        assert route["spec"]["hostnames"] == ["fly.example.aero"]


def test_pods_are_made_anew_where_the_name_changes() -> None:
    """It is in the settings before their digest is taken."""
    before, after = (chosen("ingress", None, *change) for change in ((), (("farewire.example.com", "fly.example.aero"),)))
    for service in ("web", "ws-gateway"):
        assert workloads(before)[service].template != workloads(after)[service].template


def test_keda_counts_the_sockets_of_its_own_namespace() -> None:
    objects = chosen("ingress", "keda", ("namespace: farewire", "namespace: fly"))
    assert set(of_kind(objects, "Namespace")) == {"fly"}
    queries = [
        trigger["metadata"]["query"]
        for scaled in of_kind(objects, "ScaledObject").values()
        for trigger in scaled["spec"]["triggers"]
        if trigger["type"] == "prometheus"
    ]
    assert queries
    assert all(query.count("farewire_") == query.count('{namespace="fly"}') for query in queries)


def test_every_pod_pulls_with_the_secret_of_the_registry() -> None:
    """The patch that stands there as a comment, as whoever needs it would take it."""
    text = (overlay_path("production") / "kustomization.yaml").read_text(encoding="utf-8")
    (proposed,) = re.findall(r"^  # - target: \{ kind: ServiceAccount \}\n(?:  # .*\n)+", text, flags=re.MULTILINE)
    objects = production_copy((proposed, proposed.replace("  # ", "  ")))
    accounts = of_kind(objects, "ServiceAccount")
    assert {workload.pod["serviceAccountName"] for workload in workloads(objects).values()} == set(accounts)
    assert all(account["imagePullSecrets"] == [{"name": "registry"}] for account in accounts.values())
    assert list(faults(objects)) == []


def test_what_a_copy_must_change_is_marked() -> None:
    """Whatever names a registry, a host, a network or a neighbour of the cluster."""
    text = (overlay_path("production") / "kustomization.yaml").read_text(encoding="utf-8")
    marked = "".join(part for part in re.split(r"\n\n|\n(?=  # )", text) if "CHANGE" in part)
    for example in ("registry.example.com", "farewire.example.com", "10.0.0.0/8", "port: 5432", "port: 6379", "serverAddress", "ClassName"):
        assert text.count(example) == marked.count(example) > 0, example
