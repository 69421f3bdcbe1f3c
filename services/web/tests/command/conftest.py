from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import httpx
import psycopg
import pytest

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.waiting import WaitError, wait_until

logging.getLogger("httpx").setLevel(logging.WARNING)
SECRET = "tests-only-and-of-no-use-elsewhere-0123456789"


def environment(database_url, **more):
    plain = {name: value for name, value in os.environ.items() if not name.startswith(("FAREWIRE_", "DJANGO_", "PROMETHEUS_"))}
    return {**plain, "FAREWIRE_DATABASE_URL": database_url, "FAREWIRE_SECRET_KEY": SECRET, **more}


def command(*arguments, **variables):
    """Runs `farewire-web` to its end."""
    return subprocess.run(
        [sys.executable, "-m", "farewire_web", *arguments], env=variables, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.fixture
def empty_database(server_url):
    """The URL of a database that nobody has migrated."""
    base, _, _ = server_url.rpartition("/")
    name = "web_migrate"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        connection.execute(f"CREATE DATABASE {name}")
    yield f"{base}/{name}"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class Served:
    """`farewire-web serve` as a process."""

    def __init__(self, database_url, log, **more):
        self.port, internal = free_ports(2)
        self.log = log
        self.bind = more.pop("bind", f"127.0.0.1:{self.port}")
        self.internal = httpx.Client(base_url=f"http://127.0.0.1:{internal}", trust_env=False)
        transport = httpx.HTTPTransport(uds=self.bind.removeprefix("unix:")) if self.bind.startswith("unix:") else None
        self.client = httpx.Client(base_url=f"http://127.0.0.1:{self.port}", transport=transport, trust_env=False, timeout=30)
        variables = environment(
            database_url,
            FAREWIRE_BIND=self.bind,
            FAREWIRE_INTERNAL_BIND=f"127.0.0.1:{internal}",
            **{name.upper(): str(value) for name, value in more.items()},
        )
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "farewire_web", "serve"], env=variables, stdout=output, stderr=subprocess.STDOUT
            )

    def _gone(self):
        return f"it ended: {self.log.read_text()}" if self.process.poll() is not None else None

    def says(self, path, status):
        try:
            return self.internal.get(path).status_code == status
        except httpx.TransportError:
            return False

    def wait_for(self, path, status=200):
        try:
            wait_until(lambda: self.says(path, status), what=f"{path} answers {status}", seconds=60, gone=self._gone)
        except WaitError as error:
            error.add_note(self.internal.get(path).text)
            raise

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.wait(timeout=60)


@pytest.fixture
def serve(tmp_path):
    """Starts the service over a database; stops what it started."""
    started = []

    def start(database_url, **more):
        started.append(Served(database_url, tmp_path / f"web-{len(started)}.log", **more))
        started[-1].wait_for("/startupz")
        return started[-1]

    yield start
    for served in started:
        served.stop()
        served.client.close()
        served.internal.close()


@pytest.fixture
def at_once():
    with ThreadPoolExecutor(4) as pool:
        yield pool.submit
