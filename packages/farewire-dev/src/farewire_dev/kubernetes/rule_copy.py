"""The rules of `deploy/observability` as the object that prometheus-operator takes them in."""

from __future__ import annotations

from pathlib import Path

import yaml

from farewire_dev.kubernetes.rendering import MANIFESTS, ROOT, Manifest

RULES = ROOT / "deploy" / "observability" / "prometheus" / "rules"
COPY = MANIFESTS / "components" / "monitoring" / "rules.yaml"

_HEAD = "# Written by `python -m farewire_dev.kubernetes rules` from deploy/observability/prometheus/rules; edit those, not this.\n"


def prometheus_rule(directory: Path = RULES) -> Manifest:
    """All groups of all files of `directory`, recordings first, since the others read them."""
    groups = [
        group
        for path in sorted(directory.glob("*.yml"), key=lambda path: (path.stem != "recording", path.stem))
        for group in yaml.safe_load(path.read_text(encoding="utf-8"))["groups"]
    ]
    return {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": "farewire"},
        "spec": {"groups": groups},
    }


def rules_write() -> None:
    """Write the copy anew."""
    text = yaml.safe_dump(prometheus_rule(), sort_keys=False, width=140, allow_unicode=True)
    COPY.write_text(_HEAD + text, encoding="utf-8")
