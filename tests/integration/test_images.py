"""The images that the composed site runs: what is in them, and what is not."""

from __future__ import annotations

import json

import pytest

from .compose_stack import ComposeStack
from .outages import docker
from .stack import Kind

pytestmark = [pytest.mark.containers, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]

# Each service's package, and a few that only another service has any use for.
CONTENTS: dict[Kind, tuple[str, set[str]]] = {
    "web": ("farewire_web", {"farewire_gateway", "farewire_pricing", "uvicorn"}),
    "gateway": ("farewire_gateway", {"farewire_web", "farewire_pricing", "psycopg", "gunicorn"}),
    "pricing": ("farewire_pricing", {"farewire_web", "farewire_gateway", "gunicorn", "uvicorn"}),
}
NEVER = {"farewire_dev", "pytest", "uv", "hatchling"}
LOOK = """
import importlib.util, json, os, sys
names = json.loads(sys.argv[1])
try:
    open("/opt/farewire/probe", "w")
    writable = True
except OSError:
    writable = False
print(json.dumps({"uid": os.getuid(), "writable": writable, "has": [n for n in names if importlib.util.find_spec(n)]}))
"""

each_image = pytest.mark.parametrize("kind", CONTENTS)


def image_of(stack: ComposeStack, kind: Kind) -> str:
    return docker("inspect", "--format", "{{.Config.Image}}", stack.instances(kind)[0]).strip()


@each_image
def test_an_image_answers_help_with_nothing_configured(stack: ComposeStack, kind: Kind) -> None:
    said = docker("run", "--rm", "--read-only", "--network", "none", image_of(stack, kind), "--help")
    assert said.startswith("usage: farewire-")


@each_image
def test_an_image_holds_its_own_service_and_no_other(stack: ComposeStack, kind: Kind) -> None:
    own, others = CONTENTS[kind]
    names = json.dumps([own, *others, *NEVER])
    seen = json.loads(docker("run", "--rm", "--network", "none", "--entrypoint", "python", image_of(stack, kind), "-c", LOOK, names))
    assert seen == {"uid": 10001, "writable": False, "has": [own]}


@each_image
def test_an_image_says_what_it_is(stack: ComposeStack, kind: Kind) -> None:
    labels = json.loads(docker("inspect", "--format", "{{json .Config.Labels}}", image_of(stack, kind)))
    for name in ("title", "description", "vendor", "version", "revision", "base.name"):
        assert labels[f"org.opencontainers.image.{name}"]


@each_image
def test_an_image_names_the_commit_that_it_was_built_of(stack: ComposeStack, kind: Kind) -> None:
    labels = json.loads(docker("inspect", "--format", "{{json .Config.Labels}}", image_of(stack, kind)))
    assert labels["org.opencontainers.image.revision"] == stack.revision
