"""What a pod does between being told to stop and being killed fits into the time that it has, by the numbers of each part."""

from __future__ import annotations

import re

import pytest
import yaml

from farewire_dev.settings_table import service_settings
from farewire_gateway import drain, server
from farewire_pricing import worker
from farewire_web import serve
from tests.deploy.compose_file import ROOT, compose_services
from tests.deploy.kubernetes_objects import OVERLAYS, SERVICES, Workload, environment, of_kind, overlay, workloads

SPARE_SECONDS = 5
"""What a slow node may add."""
DNS_CACHE_SECONDS = 30
"""The `ttl` that kubeadm writes into CoreDNS's configuration, and as long as NodeLocal DNSCache keeps an answer."""

every_overlay = pytest.mark.parametrize("name", OVERLAYS)


def prestop_seconds(workload: Workload) -> int:
    return int(workload.main.get("lifecycle", {}).get("preStop", {}).get("sleep", {}).get("seconds", 0))


def setting(name: str, workload: Workload, service: str, field: str) -> float:
    """What the pod sets, else the setting's default."""
    given = environment(workload.main, overlay(name)).get(f"FAREWIRE_{field.upper()}")
    return float(given if given is not None else service_settings()[service].model_fields[field].default)


def seconds_of(text: str) -> float:
    number, unit = re.fullmatch(r"(\d+)(s|m)", text).groups()  # type: ignore[union-attr]
    return int(number) * {"s": 1, "m": 60}[unit]


def stopping_seconds(name: str, service: str) -> float:
    """The longest that an orderly end takes once SIGTERM (SIGQUIT for nginx) has come."""
    workload = workloads(overlay(name))[service]
    if service == "ws-gateway":
        goodbyes = setting(name, workload, service, "drain_seconds")
        return goodbyes + drain._PATIENCE_SECONDS + server._CLOSE_SECONDS
    if service == "web":
        return serve.GRACEFUL_SECONDS
    if service == "pricing-worker":
        # The statement in hand ends, what it claimed is committed and published, then its duties, told at the same time, end.
        return setting(name, workload, service, "database_statement_timeout_ms") / 1000 + worker._CLOSE_SECONDS * 2
    return seconds_of(environment(workload.main, overlay(name))["FRONT_RELOAD_SECONDS"])


@every_overlay
@pytest.mark.parametrize("service", SERVICES)
def test_an_orderly_end_fits_into_the_grace_period(name: str, service: str) -> None:
    workload = workloads(overlay(name))[service]
    needed = prestop_seconds(workload) + stopping_seconds(name, service) + SPARE_SECONDS
    assert needed <= workload.pod["terminationGracePeriodSeconds"]


def unheard_seconds(name: str) -> int:
    """For how long nginx may go by an answer that is no longer true."""
    resolver = environment(workloads(overlay(name))["nginx"].main, overlay(name))["FRONT_RESOLVER"]
    return DNS_CACHE_SECONDS + int(re.search(r"valid=(\d+)s", resolver)[1])  # type: ignore[index]


@every_overlay
@pytest.mark.parametrize("service", ["web", "ws-gateway"])
def test_nginx_has_heard_that_a_pod_goes_before_it_refuses(name: str, service: str) -> None:
    assert prestop_seconds(workloads(overlay(name))[service]) > unheard_seconds(name)


@every_overlay
@pytest.mark.parametrize("service", ["web", "ws-gateway"])
def test_nginx_has_heard_of_a_new_pod_before_an_old_one_goes(name: str, service: str) -> None:
    """Else an update of two could end both that nginx knows of."""
    assert workloads(overlay(name))[service].spec["minReadySeconds"] > unheard_seconds(name)


@every_overlay
def test_load_balancers_have_time_to_leave_nginx(name: str) -> None:
    nginx = workloads(overlay(name))["nginx"]
    readiness = nginx.main["readinessProbe"]
    assert prestop_seconds(nginx) >= readiness["periodSeconds"]


@every_overlay
def test_a_request_that_nginx_waits_for_outlives_no_web_process(name: str) -> None:
    variables = environment(workloads(overlay(name))["nginx"].main, overlay(name))
    assert seconds_of(variables["FRONT_WEB_TIMEOUT"]) >= serve.GRACEFUL_SECONDS
    assert seconds_of(variables["FRONT_FEED_TIMEOUT"]) > setting(
        name, workloads(overlay(name))["ws-gateway"], "ws-gateway", "feed_heartbeat_seconds"
    )


@every_overlay
def test_a_drain_that_sticks_is_seen_before_its_gateway_is_killed(name: str) -> None:
    """The alert lies between what a drain takes and what it is given, with a scrape to spare, here and in compose."""
    groups = yaml.safe_load((ROOT / "deploy/observability/prometheus/rules/alerts.yml").read_text(encoding="utf-8"))["groups"]
    ((group, rule),) = [(group, rule) for group in groups for rule in group["rules"] if rule["alert"] == "FarewireDrainStuck"]
    threshold = float(rule["expr"].rpartition(">")[2])
    assert stopping_seconds(name, "ws-gateway") < threshold
    assert "for" not in rule
    # The kill ends its figures: it is evaluated while they are there, and told of for longer than routes wait to group alerts.
    assert seconds_of(group["interval"]) <= SPARE_SECONDS
    assert seconds_of(rule["keep_firing_for"]) >= seconds_of("5m")
    gateway = workloads(overlay(name))["ws-gateway"]
    left = gateway.pod["terminationGracePeriodSeconds"] - prestop_seconds(gateway) - threshold
    monitors = of_kind(overlay(name), "PodMonitor").values()
    assert all(left >= seconds_of(end["interval"]) * 2 for monitor in monitors for end in monitor["spec"]["podMetricsEndpoints"])
    scraped_every = yaml.safe_load((ROOT / "deploy/observability/prometheus/prometheus.yml").read_text())["global"]["scrape_interval"]
    composed = seconds_of(compose_services()["ws-gateway"]["stop_grace_period"])
    assert composed - threshold >= seconds_of(scraped_every) * 2


@every_overlay
def test_the_page_shows_these_very_numbers(name: str) -> None:
    page = (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8")
    for service in SERVICES:
        workload = workloads(overlay(name))[service]
        parts = (prestop_seconds(workload), stopping_seconds(name, service), workload.pod["terminationGracePeriodSeconds"])
        cells = r" \| ".join(f"{part:g} s" for part in parts)
        assert re.search(rf"^\| {service} \| {cells} \|", page, flags=re.MULTILINE), f"{service}: {cells}"
