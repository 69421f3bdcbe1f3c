"""`kubectl kustomize`, read back as objects."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[5]
MANIFESTS = ROOT / "deploy" / "k8s"

Manifest = dict[str, Any]
"""One Kubernetes object as YAML gives it."""


class RenderingError(Exception):
    """kustomize refused; the message is its own."""


def kubectl() -> str:
    """The path of the kubectl that the lock file pins, beside this interpreter, else of whichever is on PATH."""
    beside = Path(sys.executable).with_name("kubectl")
    found = str(beside) if beside.exists() else shutil.which("kubectl")
    if found is None:
        raise RenderingError("there is no kubectl; `make sync` brings it")
    return found


def overlay_path(name: str) -> Path:
    """The directory of an overlay; RenderingError names those that there are."""
    path = MANIFESTS / "overlays" / name
    if not (path / "kustomization.yaml").exists():
        raise RenderingError(f"there is no overlay {name!r}, only {', '.join(overlay_names())}")
    return path


def overlay_names() -> list[str]:
    """Every overlay."""
    return sorted(path.parent.name for path in (MANIFESTS / "overlays").glob("*/kustomization.yaml"))


def component_names() -> list[str]:
    """Every component that overlays may add to the base."""
    return sorted(path.parent.name for path in (MANIFESTS / "components").glob("*/kustomization.yaml"))


def kustomize(directory: Path) -> str:
    """What `kubectl apply -k` would send, as YAML. Raises `RenderingError`."""
    answer = subprocess.run([kubectl(), "kustomize", str(directory)], capture_output=True, text=True, check=False)
    # A warning is of something deprecated: it would be a fault after an upgrade.
    if answer.returncode != 0 or answer.stderr:
        raise RenderingError(answer.stderr)
    return answer.stdout


def manifests_of(text: str) -> list[Manifest]:
    """The objects of a rendered document."""
    return [document for document in yaml.safe_load_all(text) if document]


def combination_render(components: Iterable[str], *, scratch: Path) -> str:
    """The base with these components, as an overlay in `scratch` would have it."""
    scratch.mkdir(parents=True, exist_ok=True)
    # kustomize takes no absolute paths, and a relative one goes by the real directories.
    up = Path(os.path.relpath(MANIFESTS.resolve(), scratch.resolve()))
    (scratch / "kustomization.yaml").write_text(
        yaml.safe_dump(
            {
                "apiVersion": "kustomize.config.k8s.io/v1beta1",
                "kind": "Kustomization",
                "namespace": "farewire-combination",
                "resources": [str(up / "base")],
                "components": [str(up / "components" / name) for name in components],
            }
        ),
        encoding="utf-8",
    )
    return kustomize(scratch)
