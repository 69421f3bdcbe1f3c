"""compose.yaml as Compose would run it: anchors merged, variables filled in."""

from __future__ import annotations

import json
import subprocess
from functools import cache
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[2]
ONE_SHOT = frozenset({"migrate", "load", "price"})
OURS = frozenset({"migrate", "load", "price", "web", "ws-gateway", "pricing-worker", "shoppers"})


@cache
def compose_services() -> dict[str, dict[str, Any]]:
    """The services of compose.yaml, those of profiles included, with YAML's own merges done."""
    document = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    services: dict[str, dict[str, Any]] = document["services"]
    return services


@cache
def compose_document() -> dict[str, Any]:
    """The whole of compose.yaml."""
    document: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return document


def compose_resolved(*arguments: str) -> dict[str, Any]:
    """What `docker compose config` makes of it; needs Docker's client, but no engine."""
    answer = subprocess.run(
        ["docker", "compose", "--profile", "*", *arguments, "config", "--format", "json"],
        cwd=ROOT, capture_output=True, text=True, check=True, timeout=60,
    )  # fmt: skip
    resolved: dict[str, Any] = json.loads(answer.stdout)
    return resolved
