"""PostgreSQL and Redis in containers, through testcontainers."""

import logging
import os
import platform
import secrets
from contextlib import suppress

import psycopg
import redis
from docker import from_env
from docker.errors import APIError
from testcontainers.core.config import testcontainers_config
from testcontainers.core.container import DockerContainer

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.waiting import wait_until
from farewire_dev.testing.backend import DATABASE, POSTGRES_IMAGE, REDIS_IMAGE, USER

_OWNER_LABEL = "farewire.test.owner"

# The reaper is an image of its own, which not every machine may pull; `remove_orphans` does its work.
testcontainers_config.ryuk_disabled = True
# It tells of each pull and start, in the middle of pytest's own report.
logging.getLogger("testcontainers").setLevel(logging.WARNING)


def _owner(pid: int) -> str:
    return f"{platform.node()}:{pid}"


def _alive(owner: str) -> bool:
    node, _, pid = owner.rpartition(":")
    if node != platform.node():
        return True
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def remove_orphans() -> None:
    """Remove the containers of test runs on this machine that were killed before they could."""
    client = from_env()
    try:
        for container in client.containers.list(all=True, filters={"label": _OWNER_LABEL}):
            if not _alive(container.labels[_OWNER_LABEL]):
                # Another run may be removing it at this moment.
                with suppress(APIError):
                    container.remove(force=True, v=True)
    finally:
        client.close()


def _container(image: str, *, inside: int, outside: int) -> DockerContainer:
    container = DockerContainer(image)
    # with_bind_ports takes no address, and would open the port to the network.
    container.ports[f"{inside}/tcp"] = ("127.0.0.1", outside)  # type: ignore[assignment]  # docker-py takes the pair
    container.with_kwargs(labels={_OWNER_LABEL: _owner(os.getpid())})
    return container


class ContainerPostgres:
    """PostgreSQL in a container, its data in memory."""

    def __init__(self) -> None:
        port, password = free_ports(1)[0], secrets.token_urlsafe(16)
        self.url = f"postgresql://{USER}:{password}@127.0.0.1:{port}/{DATABASE}"
        self._container = _container(POSTGRES_IMAGE, inside=5432, outside=port)
        self._container.with_envs(POSTGRES_USER=USER, POSTGRES_PASSWORD=password, POSTGRES_DB=DATABASE)
        # UTF-8 for every database, as compose.yaml has it: without an encoding psycopg gives bytes where text is meant.
        self._container.with_env("LANG", "C.UTF-8")
        self._container.with_command("postgres -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300")

    def start(self) -> None:
        """Start it and wait until it answers."""
        remove_orphans()
        self._container.start()
        wait_until(self._answers, what="PostgreSQL in its container answers", seconds=60)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url, connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        self._container.stop(force=True, delete_volume=True)


class ContainerRedis:
    """Redis in a container."""

    def __init__(self) -> None:
        port, password = free_ports(1)[0], secrets.token_urlsafe(16)
        self.url = f"redis://:{password}@127.0.0.1:{port}/0"
        self._container = _container(REDIS_IMAGE, inside=6379, outside=port)
        self._container.with_command(f"redis-server --requirepass {password} --save '' --appendonly no")

    def start(self) -> None:
        """Start it and wait until it answers."""
        self._container.start()
        wait_until(self._answers, what="Redis in its container answers", seconds=60)

    def _answers(self) -> bool:
        try:
            with redis.Redis.from_url(self.url, socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """Stop it and remove what it kept."""
        self._container.stop(force=True, delete_volume=True)
