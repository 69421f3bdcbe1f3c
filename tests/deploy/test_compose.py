"""What must hold of every container that compose.yaml starts, whoever adds the next one."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.deploy.compose_file import ONE_SHOT, OURS, ROOT, compose_document, compose_services

SERVICES = compose_services()
LONG_RUNNING = sorted(set(SERVICES) - ONE_SHOT)

every_service = pytest.mark.parametrize("name", sorted(SERVICES))
every_long_running = pytest.mark.parametrize("name", LONG_RUNNING)


def networks_of(name: str) -> set[str]:
    return set(SERVICES[name]["networks"])


@every_service
def test_a_container_can_write_nothing_and_become_nobody(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert "cap_add" not in service
    assert "privileged" not in service
    assert service["security_opt"] == ["no-new-privileges:true"]
    user = str(service["user"]).split(":")[0]
    assert user.isdigit()
    assert user != "0"


@every_service
def test_a_container_has_limits_and_bounded_logs(name: str) -> None:
    service = SERVICES[name]
    assert service["deploy"]["resources"]["limits"]["pids"] == 256, "what forks without end takes the machine with it"
    assert re.fullmatch(r"\d+[mg]", service["deploy"]["resources"]["limits"]["memory"])
    assert set(service["logging"]["options"]) == {"max-size", "max-file"}


@every_long_running
def test_a_container_that_stays_tells_its_health_and_is_given_time_to_stop(name: str) -> None:
    service = SERVICES[name]
    if name != "shoppers":  # which serves nobody
        assert service["healthcheck"]["test"][0] == "CMD", "a health check runs a program, not a shell"
    assert "stop_grace_period" in service
    assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("name", sorted(ONE_SHOT))
def test_what_runs_once_is_not_started_again(name: str) -> None:
    assert SERVICES[name]["restart"] == "no"


@pytest.mark.parametrize("name", sorted(OURS))
def test_our_own_images_run_as_10001(name: str) -> None:
    assert SERVICES[name]["user"] == "10001:10001"


@every_service
def test_nothing_starts_before_what_it_needs_is_healthy_or_done(name: str) -> None:
    for needed, condition in SERVICES[name].get("depends_on", {}).items():
        expected = "service_completed_successfully" if needed in ONE_SHOT else "service_healthy"
        assert condition["condition"] == expected


def test_every_one_shot_is_waited_for() -> None:
    """`up --wait` would take a container that ended for a failure unless some service waits for its completion."""
    waited_for = {
        needed for name in LONG_RUNNING + sorted(ONE_SHOT) for needed in SERVICES[name].get("depends_on", {}) if name != "shoppers"
    }
    assert waited_for >= ONE_SHOT


def test_web_never_migrates() -> None:
    assert "command" not in SERVICES["web"]
    assert SERVICES["web"]["environment"]["FAREWIRE_DATABASE_URL_FILE"] == "/run/secrets/app_database_url"
    assert [name for name in SERVICES if SERVICES[name].get("command") == ["migrate"]] == ["migrate"]


def test_only_nginx_and_what_watches_publish_a_port() -> None:
    published = {name: SERVICES[name]["ports"] for name in SERVICES if "ports" in SERVICES[name]}
    assert set(published) == {"nginx", "prometheus", "grafana"}
    for name in ("prometheus", "grafana"):
        assert all(port.startswith("127.0.0.1:") for port in published[name])


def test_networks_keep_apart_what_has_no_business_together() -> None:
    assert networks_of("ws-gateway").isdisjoint(networks_of("postgres")), "a gateway holds no database"
    assert networks_of("web").isdisjoint(networks_of("redis")), "web never publishes"
    assert networks_of("nginx").isdisjoint(networks_of("postgres") | networks_of("redis"))
    assert [name for name in SERVICES if "edge" in networks_of(name) and name != "shoppers"] == ["nginx"]
    inner = {name for name, options in compose_document()["networks"].items() if (options or {}).get("internal")}
    assert inner == {"app", "data", "bus"}


def test_two_gateways_run_and_no_name_stands_in_the_way_of_more() -> None:
    assert SERVICES["ws-gateway"]["deploy"]["replicas"] == 2
    assert not [name for name in SERVICES if "container_name" in SERVICES[name]]


def test_secrets_are_files_that_git_does_not_know() -> None:
    for name, secret in compose_document()["secrets"].items():
        assert secret == {"file": f"${{FAREWIRE_SECRETS:-./secrets}}/{name}"}
    assert "secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()


@every_service
def test_no_secret_stands_in_an_environment(name: str) -> None:
    environment: dict[str, Any] = SERVICES[name].get("environment", {})
    for variable in environment:
        if re.search(r"PASSWORD|SECRET|TOKEN|_URL", variable):
            assert variable.endswith("_FILE"), f"{variable} would be shown by docker inspect"


def test_every_image_is_pinned_to_a_release() -> None:
    for name, service in SERVICES.items():
        image = service["image"]
        if name in OURS:
            assert image.endswith(":${FAREWIRE_RELEASE:-dev}")
        else:
            assert re.search(r":v?\d", image), f"{image} may be another server tomorrow"


def test_no_image_is_built_twice() -> None:
    """Two builds of one tag have two ids: a service that runs the first would be replaced by the next `up`."""
    builders = [service["image"] for service in SERVICES.values() if "build" in service]
    assert len(builders) == len(set(builders))
    assert set(builders) == {SERVICES[name]["image"] for name in OURS}
    assert {name for name in OURS if "build" not in SERVICES[name]} == ONE_SHOT
    assert all(SERVICES[name]["pull_policy"] == "never" for name in ONE_SHOT), "our images come from no registry"


def test_every_build_is_told_its_release_and_commit() -> None:
    for service in SERVICES.values():
        if "build" in service:
            assert service["build"]["args"] == {"RELEASE": "${FAREWIRE_RELEASE:-dev}", "REVISION": "${FAREWIRE_REVISION:-unknown}"}


def test_nginx_runs_as_many_workers_as_its_limit_was_measured_with() -> None:
    """By itself it would start one for each core, and each takes its memory before it has a socket."""
    assert SERVICES["nginx"]["environment"]["FRONT_WORKER_PROCESSES"] == "2"
    assert int(SERVICES["nginx"]["environment"]["FRONT_OPEN_FILES"]) <= SERVICES["nginx"]["ulimits"]["nofile"]


def test_redis_keeps_nothing_and_postgres_keeps_everything() -> None:
    assert "volumes" not in SERVICES["redis"]
    assert "postgres-data:/var/lib/postgresql/data" in SERVICES["postgres"]["volumes"]


def test_nginx_never_holds_a_gateway_to_be_gone() -> None:
    """It takes a failure back only when a socket ends, hours later: one refusal would keep all others out."""
    said = [
        line for line in (ROOT / "deploy/nginx/defaults.env").read_text(encoding="utf-8").splitlines() if line.startswith("FRONT_GATEWAY")
    ]
    assert said == ["FRONT_GATEWAY_SERVERS=server ws-gateway:8000 resolve max_fails=0;"]
