"""What an operator does on the second day: copies, restores, upgrades, goes back, changes passwords."""

from __future__ import annotations

import asyncio
import os
import subprocess
from pathlib import Path

import httpx
import pytest

from .agreement import everything_agrees, lasts, watched_and_bought
from .buyers import Buyers
from .compose_stack import ComposeStack
from .outages import docker
from .truth import busiest_topics, facts

pytestmark = [pytest.mark.containers, pytest.mark.outages, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]

NEXT_RELEASE = "test-next"


def operate(stack: ComposeStack, script: str, *arguments: str, **more: str) -> str:
    """Run one of the operator's scripts on the stack, with `more` in its environment; its output."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        **dict(line.split("=", 1) for line in stack.environment_file.read_text(encoding="utf-8").split()),
        **more,
    }
    done = subprocess.run(
        ["sh", f"deploy/{script}", *arguments], cwd=stack.root, env=environment, capture_output=True, text=True, check=False, timeout=400
    )
    assert done.returncode == 0, f"{script}: {done.stdout}{done.stderr}"
    return done.stdout


def images(stack: ComposeStack) -> set[str]:
    """The images of our services that run."""
    names = [name for kind in ("web", "gateway", "pricing") for name in stack.instances(kind)]  # type: ignore[arg-type]
    return {docker("inspect", "--format", "{{.Config.Image}}", name).strip() for name in names}


async def test_a_restored_copy_loses_nothing(stack: ComposeStack, tmp_path: Path) -> None:
    """The machine and its disks are gone; a copy and the secrets are what there is."""
    topics = await asyncio.to_thread(busiest_topics, stack, 4)
    async with watched_and_bought(stack, topics, size=20) as (crowd, buyers):
        await lasts(0, buyers, at_least=20)
        await buyers.pause()
        await everything_agrees(stack, crowd, buyers, topics, within=30)
        before = await asyncio.to_thread(facts, stack)
        copy = (await asyncio.to_thread(operate, stack, "backup.sh", str(tmp_path))).strip()

        await asyncio.to_thread(stack.compose, "down", "--volumes", "--timeout", "5")
        await asyncio.to_thread(stack.up)
        assert await asyncio.to_thread(facts, stack) != before
        await asyncio.to_thread(operate, stack, "restore.sh", copy)

        assert await asyncio.to_thread(facts, stack) == before
        async with httpx.AsyncClient(base_url=stack.url) as client:
            for hold_id, token in buyers.acknowledged.items():
                answer = await client.get(f"/api/v1/holds/{hold_id}", headers={"Authorization": f"Bearer {token}"})
                assert (answer.status_code, answer.json()["state"]) == (200, "active")
        # Pages that were open all the while, and knew versions of the database that is gone, come to show the restored one.
        await everything_agrees(stack, crowd, buyers, topics, within=60)

        # The same copy a second time: what was sold and shown since the first is undone, also on those pages.
        async with Buyers(stack.url, topics, rate=10) as later:
            await lasts(0, later, at_least=20)
            await later.pause()
        await everything_agrees(stack, crowd, later, topics, within=30)
        assert later.acknowledged
        said = await asyncio.to_thread(operate, stack, "restore.sh", copy)
        assert f"project {stack.project}" in said
        assert await asyncio.to_thread(facts, stack) == before
        await everything_agrees(stack, crowd, buyers, topics, within=60)


async def test_a_restore_keeps_as_many_containers_on_the_release_that_they_run(stack: ComposeStack, tmp_path: Path) -> None:
    """Whatever the shell that restores says of releases and numbers."""
    await asyncio.to_thread(stack.scale, "web", 2)
    try:
        before = sorted(stack.instances("web") + stack.instances("pricing")), images(stack)
        copy = (await asyncio.to_thread(operate, stack, "backup.sh", str(tmp_path))).strip()
        await asyncio.to_thread(operate, stack, "restore.sh", copy, FAREWIRE_RELEASE="never-built")
        assert (sorted(stack.instances("web") + stack.instances("pricing")), images(stack)) == before
        assert (await asyncio.to_thread(httpx.get, stack.url)).status_code == 200
    finally:
        await asyncio.to_thread(stack.scale, "web", 1)


async def serves_throughout(stack: ComposeStack, script: str, *arguments: str, **more: str) -> None:
    """Run a script while people watch and buy: none is turned away, dropped without a word or shown anything untrue."""
    topics = await asyncio.to_thread(busiest_topics, stack, 6)
    async with watched_and_bought(stack, topics, size=60) as (crowd, buyers):
        await asyncio.to_thread(operate, stack, script, *arguments, **more)
        await lasts(0, buyers, at_least=10)
        await buyers.pause()
        await everything_agrees(stack, crowd, buyers, topics, within=60)
        assert set(buyers.statuses) <= {200, 201, 409}, buyers.statuses
        assert buyers.unanswered == 0
        assert {code for watcher in crowd.watchers for code in watcher.codes} == {1012}


async def test_an_upgrade_and_the_way_back_drop_nobody(stack: ComposeStack, tmp_path: Path) -> None:
    (first,) = {image.rpartition(":")[2] for image in images(stack)}
    try:
        await serves_throughout(stack, "upgrade.sh", NEXT_RELEASE, str(tmp_path), BUILD="1")
        assert {image.rpartition(":")[2] for image in images(stack)} == {NEXT_RELEASE}
    finally:
        await serves_throughout(stack, "upgrade.sh", first, str(tmp_path))
    assert {image.rpartition(":")[2] for image in images(stack)} == {first}
    docker("image", "rm", *(f"farewire-{name}:{NEXT_RELEASE}" for name in ("web", "gateway", "pricing")))
    assert len(stack.instances("gateway")) == 2


async def test_new_passwords_reach_everybody_and_the_old_ones_open_nothing(stack: ComposeStack) -> None:
    old = (stack.secrets / "redis_worker_password").read_text(encoding="utf-8")
    await serves_throughout(stack, "rotate-secrets.sh")
    assert (stack.secrets / "redis_worker_password").read_text(encoding="utf-8") != old
    with pytest.raises(RuntimeError, match="WRONGPASS"):
        await asyncio.to_thread(stack.compose, "exec", "-T", "redis", "redis-cli", "-e", "AUTH", "worker", old)
