"""Which metrics are named where: in rules, dashboards, autoscalers and pages, of which one documents them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml
from prometheus_client.parser import text_string_to_metric_families

ROOT = Path(__file__).parents[2]
OBSERVABILITY = ROOT / "deploy" / "observability"
_NAME = re.compile(r"(?<![\w:])farewire_[a-z0-9_]+")
_OTHERS = frozenset(
    {"farewire_owner", "farewire_app", "farewire_outbox", "farewire_web", "farewire_gateway", "farewire_pricing", "farewire_dev"}
)
"""PostgreSQL's roles, its channel and our packages, which are named like metrics."""
_SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_created")


def family(name: str) -> str:
    """The family of a sample's name: what is left without the suffix that its kind adds."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def jobs() -> set[str]:
    """The jobs under which compose's Prometheus scrapes our services."""
    configuration = yaml.safe_load((OBSERVABILITY / "prometheus" / "prometheus.yml").read_text(encoding="utf-8"))
    return {scrape["job_name"] for scrape in configuration["scrape_configs"]} - {"prometheus"}


def documented() -> set[str]:
    """The families that docs/metrics.md has a row for."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(farewire_[a-z0-9_]+)` \|", text, flags=re.MULTILINE))


@dataclass(frozen=True, slots=True)
class Row:
    """What docs/metrics.md says of one metric."""

    exporter: str
    kind: str
    labels: frozenset[str]


def rows() -> dict[str, Row]:
    """The rows of docs/metrics.md by the metric's family."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    cells = re.findall(r"^\| `(farewire_[a-z0-9_]+)` \| ([^|]*) \| ([^|]*) \| ([^|]*)\|", text, flags=re.MULTILINE)
    return {
        name: Row(exporter.strip(), kind.strip(), frozenset(label.strip() for label in labels.split(",") if label.strip()))
        for name, exporter, kind, labels in cells
    }


def expressions() -> Iterator[str]:
    """Every query of rules and dashboards."""
    for path in OBSERVABILITY.glob("prometheus/rules/*.yml"):
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]:
            yield from (rule["expr"] for rule in group["rules"])
    for path in OBSERVABILITY.glob("grafana/dashboards/*.json"):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            yield from (target["expr"] for target in panel["targets"])


def queried() -> set[str]:
    """The names that rules, dashboards and autoscalers ask Prometheus for, each exactly as asked, suffix and all."""
    return {name for expression in expressions() for name in _NAME.findall(expression)} | scaled_by()


def runbook_queries(page: Path) -> list[str]:
    """What a runbook gives between backticks to ask Prometheus for."""
    codes = [" ".join(code.split()) for code in re.findall(r"(?<!`)`([^`]+)`(?!`)", page.read_text(encoding="utf-8"))]
    return [
        code
        for code in codes
        if re.match(r"(farewire[_:][a-z]|up\{|\w+( by \([^)]*\))? ?\(.*farewire_)", code) and family(code) not in _OTHERS
    ]


def scaled_by() -> set[str]:
    """The names that KEDA's queries, the autoscaler's metrics and what the page gives to prometheus-adapter ask for."""
    paths = [*(ROOT / "deploy/k8s/components").glob("hpa/*.yaml"), *(ROOT / "deploy/k8s/components").glob("keda/*.yaml")]
    adapter = re.findall(r"seriesQuery: (.*)", (ROOT / "docs/kubernetes.md").read_text(encoding="utf-8"))
    return {name for text in [*(path.read_text(encoding="utf-8") for path in paths), *adapter] for name in _NAME.findall(text)}


def matchers() -> set[tuple[str, str, str, str]]:
    """Every (name, label, operator, value) by which a rule or a dashboard picks series."""
    found: set[tuple[str, str, str, str]] = set()
    for expression in expressions():
        for name, braces in re.findall(r"(farewire_[a-z0-9_]+)\{([^}]*)\}", expression):
            found.update((name, *matcher) for matcher in re.findall(r'(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"', braces))
    return found


def series(text: str) -> dict[str, tuple[str, list[dict[str, str]]]]:
    """The families of one scrape: each one's kind, and the labels of each of its samples."""
    found: dict[str, tuple[str, list[dict[str, str]]]] = {}
    for metric in text_string_to_metric_families(text):
        # A counter's time of creation, which prometheus-client exports as a gauge of its own.
        if metric.name.startswith("farewire_") and not metric.name.endswith("_created"):
            found[family(metric.name)] = (metric.type, [dict(sample.labels) for sample in metric.samples])
    return found


def used() -> set[str]:
    """The families that rules, dashboards, autoscalers and any page but metrics.md name."""
    names = queried()
    for path in [*OBSERVABILITY.glob("prometheus/rules/*.yml"), *(ROOT / "docs").rglob("*.md")]:
        if path.name != "metrics.md":
            names.update(_NAME.findall(path.read_text(encoding="utf-8")))
    return {family(name) for name in names - _OTHERS}


def exported(text: str) -> set[str]:
    """The families of one scrape, by its TYPE lines."""
    return {family(name) for name in re.findall(r"^# TYPE (farewire_\w+) ", text, flags=re.MULTILINE)}
