"""Where the tests' PostgreSQL and Redis come from."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from farewire_dev.servers.ports import free_ports

CHOICE_VARIABLE = "FAREWIRE_TEST_BACKEND"
# What these tests run against, here and in compose.yaml.
POSTGRES_IMAGE = "postgres:17"
REDIS_IMAGE = "redis:8"

DATABASE = "farewire"
USER = "farewire"


class Server(Protocol):
    """One server of the tests, on a port that was chosen before it starts."""

    @property
    def url(self) -> str:
        """Where it will answer, known before it starts."""
        ...

    def start(self) -> None:
        """Start it and wait until it answers."""
        ...

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        ...


class Backend(Protocol):
    """Makes the servers. Their URLs are known at once, because Django reads its settings before anything starts."""

    name: str
    why: str

    def postgres(self) -> Server:
        """Make a PostgreSQL that has not started."""
        ...

    def redis(self) -> Server:
        """Make a Redis that has not started."""
        ...


def _fresh_directory(server: str) -> Path:
    """Names a directory of its own, and leaves it to be made by a start that may never come."""
    return Path(tempfile.gettempdir()) / f"farewire-test-{server}-{secrets.token_hex(8)}"


class EmbeddedPostgres:
    """PostgreSQL from its wheel, on a directory that goes with it."""

    def __init__(self) -> None:
        from farewire_dev.servers.postgres import PostgresServer  # noqa: PLC0415  # a run in containers needs no wheel

        self._directory = _fresh_directory("postgres")
        self._server = PostgresServer(
            directory=self._directory / "data",
            port=free_ports(1)[0],
            password=secrets.token_urlsafe(16),
            log=self._directory / "postgres.log",
            # Its data die with it, so nothing waits for the disk.
            options={"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "300"},
        )
        self.url = self._server.url(DATABASE)

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._server.initialise()
        self._server.start()
        self._server.create_database(DATABASE)

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        self._server.stop()
        shutil.rmtree(self._directory, ignore_errors=True)


class EmbeddedRedis:
    """A Redis-protocol server from its wheel."""

    def __init__(self) -> None:
        from farewire_dev.servers.redis import RedisServer  # noqa: PLC0415  # a run in containers needs no wheel

        self._directory = _fresh_directory("redis")
        self._server = RedisServer(
            directory=self._directory,
            port=free_ports(1)[0],
            password=secrets.token_urlsafe(16),
            log=self._directory / "redis.log",
        )
        self.url = self._server.url()

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._server.start()

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        self._server.stop()
        shutil.rmtree(self._directory, ignore_errors=True)


class EmbeddedBackend:
    """Servers from PyPI wheels."""

    name = "embedded"

    def __init__(self, *, why: str) -> None:
        self.why = why

    def postgres(self) -> Server:
        """Make a PostgreSQL that has not started."""
        return EmbeddedPostgres()

    def redis(self) -> Server:
        """Make a Redis that has not started."""
        return EmbeddedRedis()


class ContainerBackend:
    """Servers in containers, of the very images that compose.yaml runs."""

    name = "containers"

    def __init__(self, *, why: str) -> None:
        self.why = why

    def postgres(self) -> Server:
        """Make a PostgreSQL that has not started."""
        from farewire_dev.testing.containers import ContainerPostgres  # noqa: PLC0415  # an embedded run needs no testcontainers

        return ContainerPostgres()

    def redis(self) -> Server:
        """Make a Redis that has not started."""
        from farewire_dev.testing.containers import ContainerRedis  # noqa: PLC0415  # an embedded run needs no testcontainers

        return ContainerRedis()


def docker_answers() -> bool:
    """Whether a Docker engine answers on this machine."""
    if shutil.which("docker") is None:
        return False
    try:
        answer = subprocess.run(["docker", "info"], capture_output=True, timeout=10, check=False)
    except subprocess.TimeoutExpired:
        return False
    return answer.returncode == 0


def choose_backend(*, forced: str | None, engine: Callable[[], bool] = docker_answers) -> Backend:
    """Containers where an engine answers, else embedded servers; `forced` decides instead.

    ValueError for any other word than these two.
    """
    if forced is None:
        if engine():
            return ContainerBackend(why="a Docker engine answers")
        return EmbeddedBackend(why="no Docker engine answers")
    why = f"{CHOICE_VARIABLE} says so"
    if forced == ContainerBackend.name:
        return ContainerBackend(why=why)
    if forced == EmbeddedBackend.name:
        return EmbeddedBackend(why=why)
    raise ValueError(f"{CHOICE_VARIABLE} is {forced!r}; it may be 'containers' or 'embedded'")


def clear_environment() -> str | None:
    """Take every FAREWIRE_ variable of the caller's out of the environment; returns the backend that was asked for.

    A tester's own settings must not change what the tests see, and an unknown one would stop each service that they start.
    """
    forced = os.environ.get(CHOICE_VARIABLE) or None
    for name in [name for name in os.environ if name.startswith("FAREWIRE_")]:
        del os.environ[name]
    return forced
