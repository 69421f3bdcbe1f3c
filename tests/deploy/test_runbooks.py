"""What runbooks tell whoever is on call to type names what there is; the ledger's page has a test of its own beside the ledger."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from tests.deploy.compose_file import ROOT, compose_services
from tests.deploy.kubernetes_objects import overlay

PAGES = sorted((ROOT / "docs/runbooks").glob("*.md"))
every_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
VERBS = {"exec", "logs", "ps", "restart", "run", "up"}
VALUED = {"--tail", "--since", "--scale", "-U", "-c", "--user"}
"""Options that take the next word."""


def blocks(page: Path, kind: str) -> list[str]:
    return re.findall(rf"^ *```{kind}\n(.*?)^ *```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def commands(page: Path) -> Iterator[str]:
    """Each command of a page: the lines of its blocks, and what stands between backticks, also over a line's end."""
    text = page.read_text(encoding="utf-8")
    for block in blocks(page, ""):
        yield from (line.strip() for line in block.splitlines())
    for code in re.findall(r"`([^`]+)`", re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)):
        yield from (" ".join(part.split()) for part in code.split(" && "))


def words(command: str) -> list[str]:
    """The words of a command up to its pipe."""
    return shlex.split(command.partition(" | ")[0])


def compose_calls(page: Path) -> list[list[str]]:
    return [words(command.partition("docker compose ")[2]) for command in commands(page) if "docker compose " in command]


def kubectl_calls(page: Path) -> list[list[str]]:
    return [words(command)[1:] for command in commands(page) if command.startswith("kubectl ")]


def service_of(call: list[str]) -> str | None:
    """The first service that a call of `docker compose` names."""
    rest = iter(call[1:])
    for word in rest:
        if word in VALUED:
            next(rest)
        elif not word.startswith("-"):
            return word
    return None


@every_page
def test_docker_compose_is_asked_for_services_that_there_are(page: Path) -> None:
    for call in compose_calls(page):
        assert call[0] in VERBS, call
        service = service_of(call)
        assert service in compose_services() or (service is None and call[0] == "ps"), call
        scaled = [call[index + 1].partition("=")[0] for index, word in enumerate(call) if word == "--scale"]
        assert scaled in ([], [service])
        if call[0] == "run":
            assert "--no-deps" in call, "would run migrate, load and price as well"


@every_page
def test_kubectl_is_asked_for_objects_that_there_are(page: Path) -> None:
    for call in kubectl_calls(page):
        if call[0] == "apply":
            continue
        assert call[0] == "-n", call
        name = {"farewire": "production", "farewire-dev": "dev"}[call[1]]
        there = {(thing["kind"].lower(), thing["metadata"]["name"]) for thing in overlay(name)}
        for word in call[2:]:
            if re.fullmatch(r"(deployment|job|statefulset)/[a-z-]+", word):
                assert tuple(word.split("/")) in there, call
            if word.startswith("app.kubernetes.io/name="):
                assert ("deployment", word.partition("=")[2]) in there, call
        if call[2:4] == ["delete", "job"]:
            assert ("job", call[4]) in there
        if "postgres-0" in call:
            assert ("statefulset", "postgres") in there


@every_page
def test_whatever_is_done_with_compose_is_said_for_kubernetes_too(page: Path) -> None:
    assert not compose_calls(page) or "Kubernetes" in page.read_text(encoding="utf-8")


@every_page
def test_redis_and_postgresql_are_asked_as_somebody_whom_they_know(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    users = set(re.findall(r"^user (\w+) on", (ROOT / "deploy/secrets.sh").read_text(encoding="utf-8"), re.MULTILINE))
    for call in compose_calls(page):
        if "redis-cli" in call:
            assert call[call.index("--user") + 1] in users
        if "psql" in call:
            assert call[call.index("psql") :][:4] == ["psql", "-U", "postgres", "farewire"]
    assert not blocks(page, "sql") or "docker compose exec postgres psql -U postgres farewire" in text


@every_page
def test_scripts_and_targets_and_pages_are_there(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z0-9-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for command in commands(page):
        if command.startswith("make "):
            assert words(command)[1] in targets, command
    for path in re.findall(r"\b((?:deploy|docs|overlays)/[\w./-]*\w)", text):
        assert (ROOT / path).exists() or (ROOT / "deploy/k8s" / path).exists(), path
    for alert in re.findall(r"Farewire[A-Z]\w+", text):
        assert (page.parent / f"{alert}.md").exists(), alert


@pytest.mark.django_db
@pytest.mark.parametrize(
    "page", [page for page in PAGES if blocks(page, "sql") and page.stem != "FarewireLedgerMismatch"], ids=lambda page: page.stem
)
def test_postgresql_understands_the_sql(page: Path) -> None:
    for block in blocks(page, "sql"):
        with connection.cursor() as cursor:
            for statement in block.split(";\n"):
                if statement.strip():
                    cursor.execute(statement)
