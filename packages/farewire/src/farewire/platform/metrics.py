"""Metrics common to services: what runs, and how many processes' figures one scrape adds up."""

from __future__ import annotations

import os

from prometheus_client import REGISTRY, CollectorRegistry, Gauge
from prometheus_client.multiprocess import MultiProcessCollector

BUILD = Gauge("farewire_build_info", "Always 1; labelled with what runs.", ["service", "release"], multiprocess_mode="max")


def build_announce(*, service: str, release: str) -> None:
    """Export which service and release this process is."""
    BUILD.labels(service=service, release=release).set(1)


def registry_of_all_processes() -> CollectorRegistry:
    """A registry to scrape: this process's own, or the sum over processes where PROMETHEUS_MULTIPROC_DIR is set."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
