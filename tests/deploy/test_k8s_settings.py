"""Every container of deploy/k8s would start: its variables are settings of its service, and what it refers to exists."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest
import yaml

from farewire.platform.settings import SettingsError, settings_load
from farewire_dev.kubernetes.rendering import MANIFESTS, kubectl
from farewire_dev.settings_table import service_settings
from tests.deploy.compose_file import ROOT
from tests.deploy.kubernetes_objects import OVERLAYS, Workload, environment, of_kind, overlay, secret_files, workloads

SERVICE_OF_IMAGE = {"farewire-web": "web", "farewire-gateway": "ws-gateway", "farewire-pricing": "pricing-worker"}
CONTENT = {
    "app_database_url": "postgresql://farewire_app:word@postgres:5432/farewire",
    "owner_database_url": "postgresql://farewire_owner:word@postgres:5432/farewire",
    "gateway_redis_url": "redis://gateway:word@redis:6379/0",
    "worker_redis_url": "redis://worker:word@redis:6379/0",
    "web_secret_key": "k" * 64,
}


def service_of(image: str) -> str | None:
    return SERVICE_OF_IMAGE.get(image.rpartition(":")[0].rpartition("/")[2])


OURS = [
    pytest.param(name, workload, id=f"{name}-{workload.name}")
    for name in OVERLAYS
    for workload in workloads(overlay(name)).values()
    if service_of(workload.main["image"])
]
ALL = [pytest.param(name, workload, id=f"{name}-{workload.name}") for name in OVERLAYS for workload in workloads(overlay(name)).values()]


@pytest.mark.parametrize(("name", "workload"), OURS)
def test_a_service_takes_its_variables(name: str, workload: Workload, tmp_path: Path) -> None:
    """The very check that the service makes at its start, with the Secrets' files where they are mounted."""
    mounted = {file.path for file in secret_files(workload)}
    for container in workload.containers:
        variables = environment(container, overlay(name))
        for variable, path in variables.items():
            if variable.endswith("_FILE"):
                assert path in mounted, f"{variable} names a file that no Secret brings"
                local = tmp_path / Path(path).name
                local.write_text(CONTENT[local.name], encoding="utf-8")
                variables[variable] = str(local)
        service = service_of(container["image"])
        assert service is not None
        assert [variable for variable in variables if variable.startswith("FAREWIRE_")]
        settings_load(service_settings()[service], variables)


def test_a_variable_that_no_service_knows_would_be_seen() -> None:
    with pytest.raises(SettingsError, match="FAREWIRE_WEB_SERVICE_HOST"):
        settings_load(service_settings()["web"], {"FAREWIRE_WEB_SERVICE_HOST": "10.0.0.1"})


@pytest.mark.parametrize(("name", "workload"), ALL)
def test_a_pod_is_given_the_credentials_of_its_part_and_no_others(name: str, workload: Workload) -> None:
    expected = {
        "web": {"farewire-database-app", "farewire-web"},
        "ws-gateway": {"farewire-redis-gateway"},
        "pricing-worker": {"farewire-database-app", "farewire-redis-worker"},
        "nginx": set(),
        "migrate": {"farewire-database-owner", "farewire-web"},
        "schedule": {"farewire-database-owner", "farewire-web"},
        "postgres": {"farewire-postgres"},
        "redis": {"farewire-redis-users"},
    }
    assert {file.secret for file in secret_files(workload)} == expected[workload.name]


@pytest.mark.parametrize("name", OVERLAYS)
def test_no_secret_and_no_password_is_rendered(name: str) -> None:
    assert of_kind(overlay(name), "Secret") == {}
    for workload in workloads(overlay(name)).values():
        for container in workload.containers:
            for variable in environment(container, overlay(name)):
                if re.search(r"PASSWORD|SECRET|TOKEN|_URL", variable):
                    assert variable.endswith("_FILE")


@pytest.mark.parametrize(("name", "workload"), ALL)
def test_maps_and_mounts_that_a_pod_names_exist(name: str, workload: Workload) -> None:
    maps = of_kind(overlay(name), "ConfigMap")
    volumes = {volume["name"]: volume for volume in workload.pod["volumes"]}
    claims = {claim["metadata"]["name"] for claim in workload.spec.get("volumeClaimTemplates", [])}
    assert {volume["configMap"]["name"] for volume in volumes.values() if "configMap" in volume} <= set(maps)
    for container in workload.containers:
        assert {source["configMapRef"]["name"] for source in container.get("envFrom", [])} <= set(maps)
        assert {mount["name"] for mount in container["volumeMounts"]} <= set(volumes) | claims


@pytest.mark.parametrize("name", OVERLAYS)
def test_nginx_is_given_every_variable_of_its_templates(name: str) -> None:
    variables = environment(workloads(overlay(name))["nginx"].main, overlay(name))
    asked = {word for path in (ROOT / "deploy/nginx/templates").iterdir() for word in re.findall(r"\$\{(\w+)\}", path.read_text())}
    assert asked <= set(variables)
    for part in ("WEB", "GATEWAY"):
        # nginx looks up names in full only, and again and again only where it is told to.
        servers = variables[f"FRONT_{part}_SERVERS"]
        host = r"[a-z-]+\.\$\(POD_NAMESPACE\)\.svc\.cluster\.local"
        assert re.fullmatch(rf"server {host}:8000 resolve max_fails=(0|1 fail_timeout=1s);", servers)
        assert servers.split()[1].partition(".")[0] in of_kind(overlay(name), "Service")


def test_the_script_makes_each_secret_that_is_named_with_its_keys(tmp_path: Path) -> None:
    search = {**os.environ, "PATH": f"{Path(kubectl()).parent}:{os.environ['PATH']}", "KUBECONFIG": str(tmp_path / "none")}
    subprocess.run(["sh", "deploy/secrets.sh", str(tmp_path)], cwd=ROOT, check=True, capture_output=True)
    printed = subprocess.run(
        ["sh", str(MANIFESTS / "secrets.sh"), "farewire-dev", str(tmp_path)], env=search, check=True, capture_output=True, text=True
    ).stdout
    made = {thing["metadata"]["name"]: thing for thing in yaml.safe_load_all(printed) if thing}
    named = [file for workload in workloads(overlay("dev")).values() for file in secret_files(workload)]
    assert set(made) == {file.secret for file in named}
    assert {thing["metadata"]["namespace"] for thing in made.values()} == {"farewire-dev"}
    for file in named:
        assert file.key is None or file.key in made[file.secret]["data"]
    assert set(made["farewire-postgres"]["data"]) == {"postgres_password", "postgres_owner_password", "postgres_app_password"}
    assert set(made["farewire-redis-users"]["data"]) == {"redis_users.acl"}


def test_the_page_names_each_secret_and_key() -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    for workload in workloads(overlay("production")).values():
        for file in secret_files(workload):
            assert re.search(rf"\| `{file.secret}` \| `{file.key}` \|", page), f"docs/kubernetes.md says nothing of {file.secret}"
