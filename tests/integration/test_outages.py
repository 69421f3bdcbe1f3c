"""Each part of the composed site is stopped, killed, frozen and cut off while people watch and buy.

After each, within the time that the table states: every connected client shows what the database holds, counters equal the
ledger and the active holds, no acknowledged hold is lost and none has a seat that another has.
"""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import httpx
import pytest

from .buyers import Buyers
from .compose_stack import ComposeStack
from .outages import cut_off, docker, down, metric
from .stack import Kind, Server
from .truth import busiest_topics, ledger_mismatches, lost_holds, shown
from .watchers import Crowd

pytestmark = [pytest.mark.containers, pytest.mark.outages, pytest.mark.parametrize("stack", ["containers"], indirect=True, scope="session")]

TOPICS = 6
WATCHERS = 60
HOLDS_PER_SECOND = 5.0
OUTAGE_SECONDS = 4.0


async def everything_agrees(stack: ComposeStack, crowd: Crowd, buyers: Buyers, topics: list[str], *, within: float) -> float:
    """Wait until each watcher shows the database's state, then audit it; how long that took, in seconds."""
    began = time.monotonic()
    reason: str | None = "never asked"
    while reason is not None:
        if time.monotonic() - began > within:
            unpublished = stack.rows("SELECT leg_id, version, published_version FROM pricing_flightstate WHERE published_version < version")
            raise AssertionError(f"not within {within:g} s: {reason}; not published: {unpublished[:5]}")
        await asyncio.sleep(0.2)
        try:
            waiting = await asyncio.to_thread(stack.rows, "SELECT id FROM outbox_outboxevent LIMIT 1")
            reason = "changes wait to be priced" if waiting else crowd.behind(await asyncio.to_thread(shown, stack, topics))
        except (RuntimeError, subprocess.SubprocessError) as error:  # the database itself is still down
            reason = str(error)
    took = time.monotonic() - began
    assert await asyncio.to_thread(ledger_mismatches, stack) == []
    assert await asyncio.to_thread(lost_holds, stack, buyers.acknowledged) == set()
    return took


@asynccontextmanager
async def watched_and_bought(stack: ComposeStack, topics: list[str], *, size: int) -> AsyncIterator[tuple[Crowd, Buyers]]:
    """A crowd that has seen everything, and then people who buy."""
    async with Crowd(stack.url, topics, size=size) as crowd, AsyncExitStack() as later:
        buyers = Buyers(stack.url, topics, rate=HOLDS_PER_SECOND)
        await everything_agrees(stack, crowd, buyers, topics, within=90)
        yield crowd, await later.enter_async_context(buyers)


async def lasts(seconds: float, buyers: Buyers, *, at_least: int = 0) -> None:
    """Let an outage go on, at least so long that people have tried to buy meanwhile."""
    deadline = time.monotonic() + 30
    before = sum(buyers.statuses.values()) + buyers.unanswered
    await asyncio.sleep(seconds)
    while sum(buyers.statuses.values()) + buyers.unanswered < before + at_least:
        assert time.monotonic() < deadline, "nobody tried to buy during the outage"
        await asyncio.sleep(0.1)


async def sells_again(buyers: Buyers, *, within: float) -> None:
    """Wait until people get holds that they did not have yet."""
    deadline = time.monotonic() + within
    before = len(buyers.acknowledged)
    while len(buyers.acknowledged) < before + 3:
        assert time.monotonic() < deadline, f"no holds are to be had: {buyers.statuses}, {buyers.unanswered} unanswered"
        await asyncio.sleep(0.1)


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
            sockets = metric_of(stack, gateway)
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


def metric_of(stack: ComposeStack, gateway: str) -> float:
    """How many sockets a gateway says that it has."""
    _, text = stack.internal(gateway, "/metrics")
    return next(float(line.split()[1]) for line in text.splitlines() if line.startswith("farewire_gateway_connections "))


async def until_ready(stack: ComposeStack, instance: str, *, within: float = 60) -> None:
    """Wait until an instance says that it is ready."""
    deadline = time.monotonic() + within
    while True:
        try:
            status, text = await asyncio.to_thread(stack.internal, instance, "/readyz")
            if status == 200:
                return
        except (httpx.HTTPError, StopIteration) as error:
            text = str(error)
        assert time.monotonic() < deadline, f"{instance} is not ready: {text}"
        await asyncio.sleep(0.2)
