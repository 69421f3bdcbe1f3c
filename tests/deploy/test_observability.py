"""Rules, alerts, runbooks and dashboards agree with each other; the integration tests hold them to the running stack."""

from __future__ import annotations

import json
import re
import subprocess

import pytest
import yaml

from farewire_dev.dashboards import DASHBOARDS, dashboards_write
from tests.deploy.metric_names import OBSERVABILITY, ROOT, documented, jobs, scaled_by, used

ALERTS = [
    rule
    for group in yaml.safe_load((OBSERVABILITY / "prometheus/rules/alerts.yml").read_text(encoding="utf-8"))["groups"]
    for rule in group["rules"]
]


def promtool(*arguments: str, directory: str = ".") -> subprocess.CompletedProcess[str]:
    image = "prom/prometheus:v3.5.0"
    mount = f"{OBSERVABILITY / 'prometheus'}:/prometheus-configuration:ro"
    return subprocess.run(
        [
            "docker",
            "run",
            "--rm",
            "--network=none",
            "--entrypoint=promtool",
            "-v",
            mount,
            "-w",
            f"/prometheus-configuration/{directory}",
            image,
            *arguments,
        ],
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.containers
def test_promtool_finds_no_fault_in_the_rules_and_the_configuration() -> None:
    checked = promtool("check", "rules", "rules/recording.yml", "rules/alerts.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    checked = promtool("check", "config", "--syntax-only", "prometheus.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr


@pytest.mark.containers
def test_each_alert_fires_on_its_symptom_and_is_quiet_on_what_resembles_it() -> None:
    tested = promtool("test", "rules", "alerts.yml", directory="tests")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_each_alert_has_a_firing_and_a_quiet_test() -> None:
    cases = yaml.safe_load((OBSERVABILITY / "prometheus/tests/alerts.yml").read_text(encoding="utf-8"))["tests"]
    expected = {case["alert_rule_test"][0]["alertname"]: set() for case in cases}
    for case in cases:
        test = case["alert_rule_test"][0]
        expected[test["alertname"]].add(bool(test["exp_alerts"]))
    assert expected == {rule["alert"]: {True, False} for rule in ALERTS}


def test_each_alert_has_a_runbook_and_each_runbook_an_alert() -> None:
    names = {rule["alert"] for rule in ALERTS}
    assert {page.stem for page in (ROOT / "docs/runbooks").glob("*.md")} == names
    for rule in ALERTS:
        page = ROOT / rule["annotations"]["runbook_url"]
        text = page.read_text(encoding="utf-8")
        assert page.stem == rule["alert"]
        assert [line for line in text.splitlines() if line.startswith("## ")] == [
            "## Meaning",
            "## Impact",
            "## Diagnosis",
            "## Mitigation",
        ]


def test_the_dashboards_are_what_their_table_of_panels_makes(tmp_path) -> None:
    dashboards_write(tmp_path)
    kept = OBSERVABILITY / "grafana" / "dashboards"
    assert {path.name for path in kept.iterdir()} == {f"{dashboard.uid}.json" for dashboard in DASHBOARDS}
    for path in tmp_path.iterdir():
        assert json.loads(path.read_text(encoding="utf-8")) == json.loads((kept / path.name).read_text(encoding="utf-8"))


def test_recorded_figures_that_are_used_are_recorded() -> None:
    rules = yaml.safe_load((OBSERVABILITY / "prometheus/rules/recording.yml").read_text(encoding="utf-8"))["groups"]
    recorded = {rule["record"] for group in rules for rule in group["rules"]}
    texts = [rule["expr"] for rule in ALERTS] + [
        query for board in DASHBOARDS for panel in board.panels for query in panel.queries.values()
    ]
    named = {word for text in texts for word in text.replace("(", " ").split() if word.startswith("farewire:")}
    assert named <= recorded


def test_rules_and_runbooks_name_jobs_that_are_scraped_and_that_no_other_team_has() -> None:
    assert all(job.startswith("farewire-") for job in jobs())
    texts = [*(rule["expr"] for rule in ALERTS), *(page.read_text(encoding="utf-8") for page in (ROOT / "docs/runbooks").glob("*.md"))]
    matchers = [matcher for text in texts for matcher in re.findall(r'job(=~?)"([^"]*)"', text)]
    assert {value for operator, value in matchers if operator == "="} == jobs()
    for operator, value in matchers:
        assert operator == "=" or {job for job in jobs() if re.fullmatch(value, job)} == jobs()


def test_what_autoscalers_and_the_page_about_them_ask_for_is_found() -> None:
    assert {"farewire_gateway_connections", "farewire_outbox_events"} <= scaled_by() <= used()


def test_every_metric_that_is_used_is_documented() -> None:
    assert used() <= documented()
