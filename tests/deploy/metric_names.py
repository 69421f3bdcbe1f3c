"""Which metrics are named where: in rules, dashboards and the page that documents them."""

from __future__ import annotations

import json
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
OBSERVABILITY = ROOT / "deploy" / "observability"
_NAME = re.compile(r"(?<![\w:])farewire_[a-z0-9_]+")
_SUFFIXES = ("_total", "_bucket", "_sum", "_count", "_created")


def family(name: str) -> str:
    """The family of a sample's name: what is left without the suffix that its kind adds."""
    for suffix in _SUFFIXES:
        if name.endswith(suffix):
            return name.removesuffix(suffix)
    return name


def documented() -> set[str]:
    """The families that docs/metrics.md has a row for."""
    text = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
    return set(re.findall(r"^\| `(farewire_[a-z0-9_]+)` \|", text, flags=re.MULTILINE))


def used() -> set[str]:
    """The families that rules, dashboards, runbooks and the operations page name."""
    names: set[str] = set()
    for path in [*OBSERVABILITY.glob("prometheus/rules/*.yml"), *ROOT.glob("docs/runbooks/*.md"), ROOT / "docs" / "operations.md"]:
        if path.exists():
            names.update(_NAME.findall(path.read_text(encoding="utf-8")))
    for path in OBSERVABILITY.glob("grafana/dashboards/*.json"):
        for panel in json.loads(path.read_text(encoding="utf-8"))["panels"]:
            for target in panel["targets"]:
                names.update(_NAME.findall(target["expr"]))
    return {family(name) for name in names}


def exported(text: str) -> set[str]:
    """The families of one scrape, by its TYPE lines."""
    return {family(name) for name in re.findall(r"^# TYPE (farewire_\w+) ", text, flags=re.MULTILINE)}
