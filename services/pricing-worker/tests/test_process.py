"""The worker as operations see it: a process with settings, signals and an internal port."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from farewire.catalog.models import DatedLeg
from farewire.pricing.models import FlightState
from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.waiting import wait_until
from farewire_dev.testing.schedule import Schedule, seats_hold

COMMAND = [sys.executable, "-m", "farewire_pricing"]


def environment(**variables: str) -> dict[str, str]:
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("FAREWIRE_") and name != "DJANGO_SETTINGS_MODULE"}
    return {**inherited, **variables}


def run(*arguments: str, variables: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *arguments], env=environment(**variables), capture_output=True, text=True, timeout=60, check=False)


@dataclass
class Workers:
    """Starts worker processes; each has an internal port of its own."""

    variables: dict[str, str]
    started: list[subprocess.Popen[str]] = field(default_factory=list)

    def start(self) -> tuple[subprocess.Popen[str], int]:
        (port,) = free_ports(1)
        process = subprocess.Popen(
            [*COMMAND, "run"],
            env=environment(**self.variables, FAREWIRE_INTERNAL_BIND=f"127.0.0.1:{port}"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.started.append(process)
        wait_until(lambda: answers(port, "/readyz"), what="the worker is ready", seconds=30)
        return process, port

    def kill_all(self) -> None:
        for process in self.started:
            with suppress(ProcessLookupError):
                process.kill()
            process.communicate(timeout=10)


def answers(port: int, path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2):
            return True
    except (urllib.error.URLError, OSError):
        return False


@pytest.fixture
def variables(database_url: str, empty_redis: str) -> dict[str, str]:
    return {"FAREWIRE_DATABASE_URL": database_url, "FAREWIRE_REDIS_URL": empty_redis}


@pytest.fixture
def workers(variables: dict[str, str]) -> Iterator[Workers]:
    workers = Workers(variables)
    yield workers
    workers.kill_all()


@pytest.fixture
def leg(schedule: Schedule) -> DatedLeg:
    return schedule.add(departs_at=datetime.now(UTC) + timedelta(days=10))


def published(leg: DatedLeg, version: int) -> bool:
    return FlightState.objects.filter(pk=leg.pk, version=version, published_version=version).exists()


def test_help_needs_no_settings() -> None:
    answer = run("--help", variables={})
    assert answer.returncode == 0
    assert "run" in answer.stdout
    assert "price" in answer.stdout


def test_an_unknown_setting_stops_the_start_and_is_named() -> None:
    answer = run("run", variables={"FAREWIRE_PRICING_POLL_SECOND": "1"})
    assert answer.returncode == 2
    assert "FAREWIRE_PRICING_POLL_SECONDS" in answer.stderr


def test_pricing_everything_says_how_far_it_is_and_ends(leg: DatedLeg, variables: dict[str, str]) -> None:
    answer = run("price", variables=variables)
    assert (answer.returncode, answer.stderr) == (0, "")
    assert "priced 1 of 1 flights (100 %)" in answer.stdout
    assert published(leg, 1)
    assert "priced 0 flights" in run("price", variables=variables).stdout


def test_a_worker_prices_publishes_and_ends_in_order(leg: DatedLeg, workers: Workers) -> None:
    process, port = workers.start()
    wait_until(lambda: published(leg, 1), what="the new flight is priced", seconds=20)
    seats_hold(leg, 2)
    wait_until(lambda: published(leg, 2), what="the hold is priced and published", seconds=20)
    for path in ("/livez", "/startupz", "/metrics"):
        assert answers(port, path)

    process.send_signal(signal.SIGTERM)
    output, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert "worker.stopped" in output
    assert "Traceback" not in output


def test_a_killed_worker_is_made_up_for(leg: DatedLeg, workers: Workers) -> None:
    first, _ = workers.start()
    wait_until(lambda: published(leg, 1), what="the new flight is priced", seconds=20)
    first.kill()
    first.wait(10)
    seats_hold(leg, 2)
    workers.start()
    wait_until(lambda: published(leg, 2), what="another worker takes up the hold", seconds=20)
