"""What must hold of every pod that deploy/k8s makes, whoever adds the next one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.deploy.compose_file import compose_services
from tests.deploy.kubernetes_objects import NAME, OVERLAYS, SERVICES, Workload, bytes_of, of_kind, overlay, workloads
from tests.deploy.metric_names import jobs

PODS = [pytest.param(name, workload, id=f"{name}-{workload.name}") for name in OVERLAYS for workload in workloads(overlay(name)).values()]
UPDATED = [pytest.param(name, workloads(overlay(name))[service], id=f"{name}-{service}") for name in OVERLAYS for service in SERVICES]
every_pod = pytest.mark.parametrize(("name", "workload"), PODS)
every_service = pytest.mark.parametrize(("name", "workload"), UPDATED)

ALLOWED_VOLUMES = {"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
LOG_BYTES = 500 * 2**20
"""Ten times what kubelet keeps of a container's log unless it is told otherwise: 5 files of 10 MiB."""
COMPOSE_NAMES = {"schedule": "load"}


def compose_of(workload: Workload) -> dict[str, Any]:
    return compose_services()[COMPOSE_NAMES.get(workload.name, workload.name)]


@every_pod
def test_a_pod_is_restricted(name: str, workload: Workload) -> None:
    """Pod Security Standards, restricted; and nothing can be written but where a volume is."""
    pod = workload.pod
    assert not [field for field in ("hostNetwork", "hostPID", "hostIPC", "hostUsers") if pod.get(field)]
    assert {kind for volume in pod["volumes"] for kind in volume if kind != "name"} <= ALLOWED_VOLUMES
    security = pod["securityContext"]
    assert security["runAsNonRoot"] is True
    assert security["runAsUser"] > 0
    assert security["seccompProfile"] == {"type": "RuntimeDefault"}
    assert "sysctls" not in security
    for container in workload.containers:
        own = container["securityContext"]
        assert own["allowPrivilegeEscalation"] is False
        assert own["readOnlyRootFilesystem"] is True
        assert own["capabilities"] == {"drop": ["ALL"]}
        assert not {"privileged", "procMount", "runAsUser", "runAsNonRoot", "seccompProfile"} & set(own)
        assert not [port for port in container.get("ports", []) if "hostPort" in port]


@every_pod
def test_a_pod_has_an_account_of_its_own_and_no_token(name: str, workload: Workload) -> None:
    assert workload.pod["serviceAccountName"] == workload.name
    assert workload.pod["automountServiceAccountToken"] is False
    account = of_kind(overlay(name), "ServiceAccount")[workload.name]
    assert account["automountServiceAccountToken"] is False


@every_pod
def test_no_variable_comes_from_services(name: str, workload: Workload) -> None:
    """A Service named farewire-… would set FAREWIRE_… variables, which stop our services."""
    assert workload.pod["enableServiceLinks"] is False


@every_pod
def test_a_container_asks_for_what_it_needs_and_is_limited(name: str, workload: Workload) -> None:
    for container in workload.containers:
        for kind in ("requests", "limits"):
            assert set(container["resources"][kind]) == {"cpu", "memory", "ephemeral-storage"}
        for resource in ("memory", "ephemeral-storage"):
            assert bytes_of(container["resources"]["requests"][resource]) <= bytes_of(container["resources"]["limits"][resource])


@every_pod
def test_what_a_pod_may_write_is_bounded_and_within_its_limits(name: str, workload: Workload) -> None:
    """An emptyDir in memory counts as its container's memory, one on disk as ephemeral storage, together with logs."""
    limits = workload.main["resources"]["limits"]
    written = {"Memory": 0, "": 0}
    for volume in workload.pod["volumes"]:
        if "emptyDir" in volume:
            written[volume["emptyDir"].get("medium", "")] += bytes_of(volume["emptyDir"]["sizeLimit"])
    assert written["Memory"] <= bytes_of(limits["memory"]) / 2
    assert written[""] + LOG_BYTES <= bytes_of(limits["ephemeral-storage"])


@every_pod
def test_a_container_may_have_the_memory_that_was_measured_for_compose(name: str, workload: Workload) -> None:
    here = workload.main["resources"]["limits"]["memory"]
    assert bytes_of(here) >= bytes_of(compose_of(workload)["deploy"]["resources"]["limits"]["memory"])


@every_pod
def test_an_image_is_composes_at_a_release(name: str, workload: Workload) -> None:
    for container in workload.containers:
        image, _, tag = container["image"].rpartition(":")
        composed, _, composed_tag = compose_of(workload)["image"].partition(":")
        assert image.rpartition("/")[2] == composed
        assert tag not in {"", "latest"}
        if "FAREWIRE_RELEASE" not in composed_tag:
            assert tag == composed_tag


@every_pod
def test_a_container_runs_what_composes_does(name: str, workload: Workload) -> None:
    composed = [re.sub(r"\$\{\w+:-(\w+)\}", r"\1", word) for word in compose_of(workload).get("command", [])]
    assert workload.main.get("args", []) == composed
    assert "command" not in workload.main


@every_service
def test_an_update_never_drops_below_capacity(name: str, workload: Workload) -> None:
    strategy = workload.spec["strategy"]
    assert strategy["type"] == "RollingUpdate"
    assert strategy["rollingUpdate"]["maxUnavailable"] == 0
    assert strategy["rollingUpdate"]["maxSurge"] >= 1
    assert workload.spec["minReadySeconds"] > 0


@every_service
def test_a_disruption_takes_one_at_a_time(name: str, workload: Workload) -> None:
    budget = of_kind(overlay(name), "PodDisruptionBudget")[workload.name]["spec"]
    assert budget["maxUnavailable"] == 1
    assert budget["selector"] == workload.spec["selector"]


@every_service
def test_pods_are_spread_over_zones_and_nodes(name: str, workload: Workload) -> None:
    spread = workload.pod["topologySpreadConstraints"]
    assert {constraint["topologyKey"] for constraint in spread} == {"topology.kubernetes.io/zone", "kubernetes.io/hostname"}
    for constraint in spread:
        assert constraint["labelSelector"] == workload.spec["selector"]
        assert constraint["matchLabelKeys"] == ["pod-template-hash"], "an update would count the pods that it replaces"


@every_service
def test_each_probe_asks_what_it_is_for(name: str, workload: Workload) -> None:
    container = workload.main
    asked = {probe: container[f"{probe}Probe"]["httpGet"] for probe in ("startup", "liveness", "readiness")}
    assert {get["port"] for get in asked.values()} == {"internal"}
    if workload.name == "nginx":
        assert {get["path"] for get in asked.values()} == {"/livez"}, "nginx is ready by itself: it tells when web is down"
    else:
        assert {probe: get["path"] for probe, get in asked.items()} == {
            "startup": "/startupz",
            "liveness": "/livez",
            "readiness": "/readyz",
        }
    liveness, readiness = container["livenessProbe"], container["readinessProbe"]
    patience = liveness["periodSeconds"] * liveness["failureThreshold"]
    assert patience > readiness["periodSeconds"] * readiness["failureThreshold"], "it is taken out of service before it is killed"
    assert all(container[f"{probe}Probe"]["timeoutSeconds"] <= 5 for probe in asked)


@every_service
def test_ports_that_probes_and_services_name_are_there(name: str, workload: Workload) -> None:
    ports = {port["name"] for port in workload.main["ports"]}
    assert "internal" in ports
    service = of_kind(overlay(name), "Service").get(workload.name)
    if service is not None:
        assert service["spec"]["selector"].items() <= workload.labels.items()
        assert {port["targetPort"] for port in service["spec"]["ports"]} <= ports


@pytest.mark.parametrize("name", OVERLAYS)
def test_nginx_sees_each_pod_behind_it(name: str) -> None:
    services = of_kind(overlay(name), "Service")
    assert [services[service]["spec"]["clusterIP"] for service in ("web", "ws-gateway")] == ["None", "None"]
    assert "internal" not in {port["name"] for port in services["nginx"]["spec"]["ports"]}


@pytest.mark.parametrize("name", [name for name in OVERLAYS if of_kind(overlay(name), "PodMonitor")])
def test_monitors_find_every_service_by_the_job_that_rules_know(name: str) -> None:
    monitors = [*of_kind(overlay(name), "ServiceMonitor").values(), *of_kind(overlay(name), "PodMonitor").values()]
    found = set()
    for monitor in monitors:
        spec = monitor["spec"]
        assert spec["jobLabel"] == NAME
        (endpoint,) = spec.get("endpoints", spec.get("podMetricsEndpoints"))
        assert endpoint["port"] == "internal"
        assert endpoint["relabelings"] == [{"sourceLabels": ["job"], "targetLabel": "job", "replacement": "farewire-$1"}]
        found.update(spec["selector"].get("matchLabels", {}).values())
        found.update(value for part in spec["selector"].get("matchExpressions", []) for value in part["values"])
    assert {f"farewire-{service}" for service in found} == jobs()
    assert "internal" in {port["name"] for port in of_kind(overlay(name), "Service")["web"]["spec"]["ports"]}


@pytest.mark.parametrize("name", OVERLAYS)
def test_the_web_container_never_migrates(name: str) -> None:
    found = workloads(overlay(name))
    assert found["migrate"].main["args"] == ["migrate"]
    assert found["migrate"].kind == found["schedule"].kind == "Job"
    assert "args" not in found["web"].main
    assert "initContainers" not in found["web"].pod
