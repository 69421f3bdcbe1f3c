"""Each part of the composed site is stopped, killed, frozen and cut off while people watch and buy.

After each, within the time that the table states: every connected client shows what the database holds, counters equal the
ledger and the active holds, no acknowledged hold is lost and none has a seat that another has.
"""

from __future__ import annotations

import asyncio
import subprocess
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

import httpx
import pytest

from .agreement import everything_agrees, lasts, sells_again, until_ready, watched_and_bought
from .compose_stack import ComposeStack
from .outages import cut_off, docker, down, metric, metric_of
from .stack import Kind, Server
from .truth import busiest_topics

pytestmark = [pytest.mark.containers, pytest.mark.outages, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]

TOPICS = 6
WATCHERS = 60
OUTAGE_SECONDS = 4.0


@dataclass(frozen=True)
class Outage:
    """What is done to the first instance of a service, and how long everyone may take to agree once it is undone."""

    kind: Kind | Server
    by: str
    within: float

    def begin(self, stack: ComposeStack) -> AbstractContextManager[None]:
        """The outage, which lasts as long as the context."""
        if self.by in {"stop", "kill", "pause"}:
            return down(stack, self.kind, by=self.by)
        return cut_off(stack, self.kind, network=self.by.removeprefix("cut from "))


OUTAGES = [
    *(Outage("redis", by, 30) for by in ("stop", "kill", "pause", "cut from bus")),
    *(Outage("postgres", by, 40) for by in ("stop", "kill", "pause", "cut from data")),
    # nginx finds out about a gateway that is gone without a word when it writes to it, and its clients' pings end theirs.
    *(Outage("gateway", by, 60) for by in ("kill", "pause", "cut from bus", "cut from app")),
    *(Outage("pricing", by, 40) for by in ("stop", "kill", "pause", "cut from data")),
    Outage("web", "kill", 30),
]


@pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: f"{outage.kind} {outage.by}")
async def test_everyone_comes_to_see_the_truth_again(
    stack: ComposeStack, outage: Outage, record_testsuite_property: Callable[[str, object], None]
) -> None:
    topics = await asyncio.to_thread(busiest_topics, stack, TOPICS)
    async with watched_and_bought(stack, topics, size=WATCHERS) as (crowd, buyers):
        fault = outage.begin(stack)
        await asyncio.to_thread(fault.__enter__)
        try:
            await lasts(OUTAGE_SECONDS, buyers)
        finally:
            await asyncio.to_thread(fault.__exit__, None, None, None)
        await sells_again(buyers, within=outage.within)
        await buyers.pause()
        took = await everything_agrees(stack, crowd, buyers, topics, within=outage.within)
        assert not buyers.statuses.keys() & {500}, f"a fault was answered without a sentence: {buyers.statuses}"
        record_testsuite_property(f"seconds until all agree after {outage.kind} {outage.by}", round(took, 1))


async def test_two_gateways_drain_one_after_the_other_under_500_sockets(stack: ComposeStack) -> None:
    """A deploy under load: no client misses an update, and each is told to go rather than dropped."""
    topics = await asyncio.to_thread(busiest_topics, stack, 20)
    async with watched_and_bought(stack, topics, size=500) as (crowd, buyers):
        for gateway in stack.instances("gateway"):
            sockets = metric_of(stack, gateway, "farewire_gateway_connections")
            assert sockets > 100
            await asyncio.to_thread(stack.stop, gateway)
            assert docker("inspect", "--format", "{{.State.ExitCode}}", gateway).strip() == "0"
            await asyncio.to_thread(stack.start, gateway)
            await until_ready(stack, gateway)
        await buyers.pause()
        await everything_agrees(stack, crowd, buyers, topics, within=60)
        codes = [code for watcher in crowd.watchers for code in watcher.codes]
        assert set(codes) == {1012}, "every socket was closed with a reason to come back"
        assert len(codes) >= 500
        assert all(watcher.recovered for watcher in crowd.watchers), "each took up where it was, without a whole snapshot"


async def test_nginx_reloads_under_open_sockets(stack: ComposeStack) -> None:
    topics = await asyncio.to_thread(busiest_topics, stack, TOPICS)
    (nginx,) = stack.instances("nginx")
    async with watched_and_bought(stack, topics, size=WATCHERS) as (crowd, buyers):
        await asyncio.to_thread(docker, "exec", nginx, "nginx", "-c", "/etc/nginx/conf.d/nginx.conf", "-s", "reload")
        await lasts(2, buyers, at_least=10)
        await buyers.pause()
        await everything_agrees(stack, crowd, buyers, topics, within=60)
        assert buyers.unanswered == 0
        assert set(buyers.statuses) <= {200, 201, 409}


async def test_a_restart_of_everything_loses_nothing(stack: ComposeStack) -> None:
    topics = await asyncio.to_thread(busiest_topics, stack, TOPICS)
    async with watched_and_bought(stack, topics, size=WATCHERS) as (crowd, buyers):
        await lasts(0, buyers, at_least=10)
        everything = [name for kind in ("web", "gateway", "pricing", "nginx", "redis", "postgres") for name in stack.instances(kind)]  # type: ignore[arg-type]
        await asyncio.to_thread(docker, "kill", *everything)
        await asyncio.to_thread(docker, "start", *reversed(everything))
        await sells_again(buyers, within=90)
        await buyers.pause()
        await everything_agrees(stack, crowd, buyers, topics, within=90)


def test_two_migrations_at_once_do_no_harm(stack: ComposeStack) -> None:
    """The second waits for the first and then finds nothing to do, also on an empty database."""
    sql = "DROP DATABASE IF EXISTS twice WITH (FORCE)", "CREATE DATABASE twice OWNER farewire_owner"
    psql = ("exec", "-T", "postgres", "psql", "--quiet", "--username=postgres", "--dbname=postgres", "-v", "ON_ERROR_STOP=1")
    stack.compose(*psql, "-c", sql[0], "-c", sql[1])
    image = docker("inspect", "--format", "{{.Config.Image}}", stack.instances("web")[0]).strip()
    url = (stack.secrets / "owner_database_url").read_text(encoding="utf-8").strip().removesuffix("/farewire") + "/twice"
    command = [
        "docker", "run", "--rm", "--read-only", "--network", f"{stack.project}_data",
        "--env", "FAREWIRE_DATABASE_URL", "--env", "FAREWIRE_SECRET_KEY", image, "migrate",
    ]  # fmt: skip
    environment = {
        "PATH": "/usr/bin:/bin:/usr/local/bin",
        "FAREWIRE_DATABASE_URL": url,
        "FAREWIRE_SECRET_KEY": "only-for-a-test-of-migrations-0123",
    }
    both = [subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) for _ in range(2)]
    outputs = [one.communicate(timeout=120)[0] for one in both]
    assert [one.returncode for one in both] == [0, 0], outputs
    assert sum("Applying inventory.0001_initial" in output for output in outputs) == 1
    assert sum("No migrations to apply" in output for output in outputs) == 1
    stack.compose(*psql, "-c", sql[0])


def test_metrics_add_up_over_the_processes_of_web(stack: ComposeStack) -> None:
    """Two processes answer; each scrape tells of all that both did."""
    name, labels = "farewire_web_request_duration_seconds_count", {"route": "/api/v1/airports"}
    before = metric(stack, "web", name, **labels)
    with httpx.Client(base_url=stack.url) as client:
        for _ in range(40):
            assert client.get("/api/v1/airports", params={"q": "ken"}).status_code == 200
    seen = {metric(stack, "web", name, **labels) - before for _ in range(5)}
    assert seen == {40.0}
