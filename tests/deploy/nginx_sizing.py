"""What one nginx of deploy/k8s takes on, and how much memory that is by what was measured."""

from __future__ import annotations

import re

from farewire_dev.kubernetes.rendering import Manifest
from tests.deploy.compose_file import ROOT
from tests.deploy.kubernetes_objects import environment, workloads


def nginx_sockets(objects: tuple[Manifest, ...]) -> int:
    """How many websockets one nginx takes: each is two connections of one of its processes, the client's and the gateway's."""
    variables = environment(workloads(objects)["nginx"].main, objects)
    return int(variables["FRONT_WORKER_CONNECTIONS"]) // 2 * int(variables["FRONT_WORKER_PROCESSES"])


def nginx_bytes(objects: tuple[Manifest, ...], sockets: int) -> int:
    """The memory of one nginx with so many sockets, by the figures of docs/operations.md and, with TLS, docs/kubernetes.md."""
    sizing = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    found = re.search(r"\| nginx \| (\d+) MiB with two workers \|[^|]*\| (\d+) KiB a socket", sizing)
    assert found is not None, "docs/operations.md no longer says what nginx takes"
    rest, each = int(found[1]), int(found[2])
    if environment(workloads(objects)["nginx"].main, objects)["FRONT_MODE"] == "tls":
        found = re.search(r"(\d+) KiB a socket instead of (\d+)", (ROOT / "docs" / "kubernetes.md").read_text(encoding="utf-8"))
        assert found is not None, "docs/kubernetes.md no longer says what a socket with TLS takes"
        assert int(found[2]) == each
        each = int(found[1])
    return rest * 2**20 + sockets * each * 2**10
