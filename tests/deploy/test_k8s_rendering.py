"""Overlays and combinations of components render, fit the schemas and carry the one configuration that compose has too."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys

import pytest
import yaml

from farewire_dev.kubernetes.combinations import COMBINATIONS, EXCLUSIVE
from farewire_dev.kubernetes.rendering import RenderingError, component_names, overlay_path
from farewire_dev.kubernetes.rule_copy import COPY, prometheus_rule
from farewire_dev.kubernetes.validation import faults
from tests.deploy.compose_file import ROOT
from tests.deploy.kubernetes_objects import OVERLAYS, SERVICES, combination, of_kind, overlay, workloads

every_overlay = pytest.mark.parametrize("name", OVERLAYS)
every_combination = pytest.mark.parametrize("components", COMBINATIONS, ids=lambda components: "+".join(components) or "base")


@every_overlay
def test_an_overlay_fits_the_schemas(name: str) -> None:
    assert list(faults(overlay(name))) == []


@every_combination
def test_a_combination_fits_the_schemas(components: tuple[str, ...]) -> None:
    assert list(faults(combination(*components))) == []


@pytest.mark.parametrize(
    ("manifest", "said"),
    [
        ({"apiVersion": "v1", "kind": "Service", "metadata": {"name": "a"}, "spec": {"prots": []}}, "prots"),
        ({"apiVersion": "monitoring.coreos.com/v1", "kind": "PodMonitor", "metadata": {"name": "a"}, "spec": {}}, "selector"),
        ({"apiVersion": "example.com/v1", "kind": "Nothing", "metadata": {"name": "a"}}, "Nothing"),
    ],
)
def test_a_misspelt_field_a_missing_one_and_an_unknown_kind_are_refused(manifest: dict[str, object], said: str) -> None:
    found = list(faults([manifest]))
    assert found
    assert any(said in fault for fault in found)


def test_components_that_may_meet_meet_somewhere() -> None:
    together = {frozenset(pair) for components in COMBINATIONS for pair in itertools.combinations(components, 2)}
    wanted = {frozenset(pair) for pair in itertools.combinations(component_names(), 2)} - set(EXCLUSIVE)
    assert wanted == together
    assert {(name,) for name in component_names()} <= set(COMBINATIONS)


@every_overlay
def test_objects_are_there_once_and_in_the_overlays_namespace(name: str) -> None:
    identities = [(thing["kind"], thing["metadata"]["name"]) for thing in overlay(name)]
    assert len(identities) == len(set(identities))
    (namespace,) = of_kind(overlay(name), "Namespace")
    assert {thing["metadata"]["namespace"] for thing in overlay(name) if thing["kind"] != "Namespace"} == {namespace}


@every_overlay
def test_every_object_and_every_pod_is_labelled_as_part_of_farewire(name: str) -> None:
    label = {"app.kubernetes.io/part-of": "farewire"}
    for thing in overlay(name):
        assert label.items() <= thing["metadata"].get("labels", {}).items(), thing["metadata"]["name"]
    for workload in workloads(overlay(name)).values():
        assert label.items() <= workload.labels.items()


def test_each_week_the_schedule_is_loaded_as_it_was_at_first() -> None:
    objects = combination("network-policies", "monitoring", "hpa", "ingress", "weekly-schedule")
    (weekly,) = of_kind(objects, "CronJob").values()
    once = of_kind(objects, "Job")["schedule"]["spec"]
    again = weekly["spec"]["jobTemplate"]["spec"]
    assert again == once
    assert weekly["spec"]["concurrencyPolicy"] == "Forbid"
    assert int(once["template"]["spec"]["containers"][0]["args"][-2]) > 7, "the days that one load reaches must outlast the week"


@every_overlay
def test_pods_that_may_more_than_restricted_are_refused_by_the_namespace_itself(name: str) -> None:
    (namespace,) = of_kind(overlay(name), "Namespace").values()
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"


def test_nginx_reads_the_very_templates_that_compose_mounts() -> None:
    maps = {name.rpartition("-")[0]: thing["data"] for name, thing in of_kind(combination(), "ConfigMap").items()}
    for kept, directory in (("nginx-templates", "templates"), ("nginx-pages", "pages")):
        files = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "deploy/nginx" / directory).iterdir()}
        assert maps[kept] == files


def test_postgres_is_made_by_the_script_that_compose_mounts() -> None:
    maps = of_kind(combination("dev-datastores"), "ConfigMap")
    (data,) = [thing["data"] for name, thing in maps.items() if name.startswith("postgres-init-")]
    assert data == {"10-roles.sh": (ROOT / "deploy/postgres/roles.sh").read_text(encoding="utf-8")}


def test_the_rules_are_those_of_observability() -> None:
    assert yaml.safe_load(COPY.read_text(encoding="utf-8")) == prometheus_rule(), "python -m farewire_dev.kubernetes rules"


def test_the_dashboards_are_those_of_observability() -> None:
    data = of_kind(combination("monitoring"), "ConfigMap")["grafana-dashboards"]["data"]
    kept = ROOT / "deploy/observability/grafana/dashboards"
    assert {name: json.loads(text) for name, text in data.items()} == {path.name: json.loads(path.read_text()) for path in kept.iterdir()}


def test_a_changed_setting_changes_the_pods_that_read_it_and_no_others() -> None:
    plain, exposed = workloads(combination()), workloads(combination("ingress"))
    changed = {name for name in plain if plain[name].template != exposed[name].template}
    assert changed == {"web", "nginx", "migrate", "schedule"}


@pytest.mark.parametrize("autoscaler", ["hpa", "keda"])
def test_who_is_scaled_by_an_autoscaler_has_no_number_of_its_own(autoscaler: str) -> None:
    scaled = workloads(combination(autoscaler))
    assert [name for name in SERVICES if "replicas" in scaled[name].spec] == []


@pytest.mark.parametrize("autoscaler", ["hpa", "keda"])
def test_an_autoscaler_takes_over_the_numbers_of_production(autoscaler: str) -> None:
    scaled = workloads(combination("../overlays/production/size", autoscaler))
    assert [name for name in SERVICES if "replicas" in scaled[name].spec] == []


def test_production_has_three_gateways_and_no_datastore_of_its_own() -> None:
    found = workloads(overlay("production"))
    assert found["ws-gateway"].spec["replicas"] == 3
    assert found["nginx"].spec["replicas"] == 3, "each of them holds as many sockets as a gateway"
    assert not {"postgres", "redis"} & set(found)


def test_dev_has_everything_inside() -> None:
    assert {"postgres", "redis", "web", "ws-gateway", "pricing-worker", "nginx", "migrate", "schedule"} == set(workloads(overlay("dev")))


def test_an_overlay_that_is_not_there_is_answered_with_those_that_are() -> None:
    with pytest.raises(RenderingError, match="production"):
        overlay_path("staging")


def test_the_command_prints_what_it_renders() -> None:
    command = [sys.executable, "-m", "farewire_dev.kubernetes", "render", "dev"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert tuple(thing for thing in yaml.safe_load_all(printed) if thing) == overlay("dev")
