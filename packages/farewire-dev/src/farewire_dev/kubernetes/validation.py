"""Every field of every object against a schema: Kubernetes' own, strictly, and ours for what its neighbours define."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from functools import cache

import jsonschema
import kubernetes_validate

from farewire_dev.kubernetes.rendering import MANIFESTS, Manifest

SCHEMAS = MANIFESTS / "schemas"
KUBERNETES_VERSIONS = ("1.30", kubernetes_validate.latest_version())
"""The oldest that knows `preStop: sleep`, and the newest that has schemas."""


def faults(manifests: Iterable[Manifest]) -> Iterator[str]:
    """A sentence for each object that a schema refuses or that none describes."""
    for manifest in manifests:
        name = f"{manifest.get('kind')} {manifest.get('metadata', {}).get('name')}"
        for fault in _faults(json.dumps(manifest, sort_keys=True)):
            yield f"{name}: {fault}"


@cache
def _faults(text: str) -> tuple[str, ...]:
    """By content, since overlays and combinations share most of their objects."""
    manifest = json.loads(text)
    group, _, version = str(manifest["apiVersion"]).rpartition("/")
    own = SCHEMAS / f"{str(manifest['kind']).lower()}-{group}-{version}.json"
    if own.exists():
        checker = jsonschema.Draft202012Validator(json.loads(own.read_text(encoding="utf-8")))
        return tuple(f"{error.json_path}: {error.message}" for error in checker.iter_errors(manifest))
    return tuple(fault for version in KUBERNETES_VERSIONS if (fault := _kubernetes_fault(manifest, version)))


def _kubernetes_fault(manifest: Manifest, version: str) -> str | None:
    try:
        kubernetes_validate.validate(manifest, version, strict=True)
    except kubernetes_validate.ValidationError as error:
        return f"{error.json_path}: {error.message} (Kubernetes {version})"
    except kubernetes_validate.SchemaNotFoundError as error:
        return str(error.message)
    return None
