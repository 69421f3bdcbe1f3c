"""The overlays of deploy/k8s as the cluster would get them, and questions about their objects."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from farewire_dev.kubernetes.rendering import (
    MANIFESTS,
    Manifest,
    combination_render,
    kustomize,
    manifests_of,
    overlay_names,
    overlay_path,
)

OVERLAYS = tuple(overlay_names())
SERVICES = ("web", "ws-gateway", "pricing-worker", "nginx")
"""What runs all the time and is ours to update without anybody noticing."""
NAME = "app.kubernetes.io/name"


@cache
def overlay(name: str) -> tuple[Manifest, ...]:
    """The objects of an overlay."""
    return tuple(manifests_of(kustomize(overlay_path(name))))


@cache
def combination(*components: str) -> tuple[Manifest, ...]:
    """The objects of the base with these components."""
    with tempfile.TemporaryDirectory() as scratch:
        return tuple(manifests_of(combination_render(components, scratch=Path(scratch))))


@cache
def production_copy(*changes: tuple[str, str]) -> tuple[Manifest, ...]:
    """The objects of somebody's own copy of the production overlay, with each first text replaced by its second."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch).resolve() / "production"
        shutil.copytree(overlay_path("production"), copy)
        written = copy / "kustomization.yaml"
        text = written.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text, f"the overlay no longer says {old!r}"
            text = text.replace(old, new)
        # kustomize takes no absolute paths, and a relative one goes by the real directories.
        written.write_text(text.replace("../../", f"{os.path.relpath(MANIFESTS.resolve(), copy)}/"), encoding="utf-8")
        return tuple(manifests_of(kustomize(copy)))


def of_kind(manifests: tuple[Manifest, ...], kind: str) -> dict[str, Manifest]:
    """The objects of one kind by name."""
    return {manifest["metadata"]["name"]: manifest for manifest in manifests if manifest["kind"] == kind}


@dataclass(frozen=True)
class Workload:
    """Something that makes pods."""

    kind: str
    name: str
    spec: dict[str, Any]

    @property
    def template(self) -> dict[str, Any]:
        return dict(self.spec["template"])

    @property
    def pod(self) -> dict[str, Any]:
        return dict(self.template["spec"])

    @property
    def labels(self) -> dict[str, str]:
        return dict(self.template["metadata"]["labels"])

    @property
    def containers(self) -> list[dict[str, Any]]:
        return [*self.pod.get("initContainers", []), *self.pod["containers"]]

    @property
    def main(self) -> dict[str, Any]:
        return dict(self.pod["containers"][0])


def workloads(manifests: tuple[Manifest, ...]) -> dict[str, Workload]:
    """All of them by name."""
    return {
        manifest["metadata"]["name"]: Workload(manifest["kind"], manifest["metadata"]["name"], manifest["spec"])
        for manifest in manifests
        if manifest["kind"] in {"Deployment", "StatefulSet", "Job"}
    }


def bytes_of(quantity: str) -> int:
    """A quantity of memory as Kubernetes (`Mi`) or compose (`m`) writes it."""
    number, unit = re.fullmatch(r"(\d+)([mg]|[KMG]i)", quantity).groups()  # type: ignore[union-attr]
    return int(number) * 2 ** {"k": 10, "m": 20, "g": 30}[unit[0].lower()]


def environment(container: dict[str, Any], manifests: tuple[Manifest, ...]) -> dict[str, str]:
    """The variables that a container is started with; what only the cluster knows stands as `<path>`."""
    maps = of_kind(manifests, "ConfigMap")
    variables: dict[str, str] = {}
    for source in container.get("envFrom", []):
        variables.update(maps[source["configMapRef"]["name"]]["data"])
    for entry in container.get("env", []):
        variables[entry["name"]] = entry["value"] if "value" in entry else f"<{entry['valueFrom']['fieldRef']['fieldPath']}>"
    return variables


@dataclass(frozen=True)
class SecretFile:
    """One key of one Secret, and the file in the container under which it is read."""

    secret: str
    key: str | None
    path: str


def secret_files(workload: Workload) -> Iterator[SecretFile]:
    """Every file that a pod's containers find secrets in; a key of None stands for all of them."""
    mounts = {mount["name"]: mount["mountPath"] for mount in workload.main["volumeMounts"]}
    for volume in workload.pod.get("volumes", []):
        base = mounts.get(volume["name"], "")
        if "secret" in volume:
            yield SecretFile(volume["secret"]["secretName"], None, base)
        for source in volume.get("projected", {}).get("sources", []):
            for item in source["secret"]["items"]:
                yield SecretFile(source["secret"]["name"], item["key"], f"{base}/{item['path']}")
