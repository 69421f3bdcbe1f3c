"""What only containers can suffer: a network that breaks, a site that is started again as a whole."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client.parser import text_string_to_metric_families

from .compose_stack import ComposeStack
from .stack import Kind, Server


def docker(*arguments: str) -> str:
    """Run the Docker client; its output."""
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True, timeout=120).stdout


@contextmanager
def cut_off(stack: ComposeStack, kind: Kind | Server, *, network: str) -> Iterator[None]:
    """Take a service's first instance off a network, as a broken switch would, and put it back under its old names."""
    instance, wire = stack.instances(kind)[0], f"{stack.project}_{network}"
    service = docker("inspect", "--format", '{{index .Config.Labels "com.docker.compose.service"}}', instance).strip()
    docker("network", "disconnect", "--force", wire, instance)
    try:
        yield
    finally:
        docker("network", "connect", "--alias", service, "--alias", instance, wire, instance)


@contextmanager
def down(stack: ComposeStack, kind: Kind | Server, *, by: str) -> Iterator[None]:
    """End a service's first instance, by "kill" or "stop", or freeze it by "pause"; bring it back at the end."""
    instance = stack.instances(kind)[0]
    begin, end = {"kill": (stack.kill, stack.start), "stop": (stack.stop, stack.start), "pause": (stack.pause, stack.resume)}[by]
    begin(instance)
    try:
        yield
    finally:
        end(instance)


def metric_of(stack: ComposeStack, instance: str, name: str, **labels: str) -> float:
    """An instance's metric, summed over all labels that are not given."""
    return sum(
        sample.value
        for family in text_string_to_metric_families(stack.internal(instance, "/metrics")[1])
        for sample in family.samples
        if sample.name == name and labels.items() <= sample.labels.items()
    )


def metric(stack: ComposeStack, kind: Kind, name: str, **labels: str) -> float:
    """A metric's sum over a service's instances."""
    return sum(metric_of(stack, instance, name, **labels) for instance in stack.instances(kind))
