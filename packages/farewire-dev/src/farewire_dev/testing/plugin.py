"""The pytest plugin: a real PostgreSQL and Redis for every test that asks, in containers or from wheels.

Loaded with `-p` so that it runs before pytest-django reads the settings: the ports are chosen then, the servers started once a
collected test needs them. Under xdist one PostgreSQL serves all workers, which each have a database and a Redis of their own.
"""

import os
from collections.abc import Generator

import pytest
import redis

from farewire_dev.testing.backend import CHOICE_VARIABLE, Backend, Server, choose_backend, clear_environment

_DATABASE_FIXTURES = frozenset({"db", "transactional_db", "django_db_setup", "database_url", "live_server"})
_WORKER_VARIABLE = "PYTEST_XDIST_WORKER"
_DATABASE_URL = "FAREWIRE_DATABASE_URL"
# Not FAREWIRE_…: the web service, under whose settings the tests run, knows no Redis and would refuse the variable.
_REDIS_URL = "_FAREWIRE_TEST_REDIS_URL"
_CHOSEN = "_FAREWIRE_TEST_BACKEND_CHOSEN"


class Servers:
    """The servers of one process: chosen early, started late, stopped at the end."""

    def __init__(self, *, backend: Backend, worker: bool, database_url: str | None) -> None:
        self.backend = backend
        self.worker = worker
        self._postgres: Server | None = None if worker else backend.postgres()
        self._redis = backend.redis()
        self._started: list[Server] = []
        self.database_url = database_url if self._postgres is None else self._postgres.url
        self.redis_url = self._redis.url

    def export(self) -> None:
        """Set what the settings read. Workers inherit the database's URL and each overwrite Redis's."""
        if self.database_url is None:
            raise pytest.UsageError("a test worker was started without a database URL")
        os.environ[_DATABASE_URL] = self.database_url
        os.environ[_REDIS_URL] = self.redis_url
        # A worker reads this; what the tester set is out of the environment already.
        os.environ[_CHOSEN] = self.backend.name

    def _start(self, server: Server) -> None:
        if server not in self._started:
            self._started.append(server)
            server.start()

    def start_postgres(self) -> None:
        """Start PostgreSQL, once; in an xdist worker it runs already."""
        if self._postgres is not None:
            self._start(self._postgres)

    def start_redis(self) -> None:
        """Start this process's Redis, once."""
        self._start(self._redis)

    def stop(self) -> None:
        """Stop what was started."""
        while self._started:
            self._started.pop().stop()


SYSTEM_PROPERTY = "farewire-system"
"""The user property of a test that names the kind of whole system that it runs on."""

_servers = pytest.StashKey[Servers]()


@pytest.hookimpl(wrapper=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Generator[None, None, None]:
    """Choose the backend and export its URLs before pytest-django imports the settings."""
    worker = _WORKER_VARIABLE in os.environ
    forced = os.environ[_CHOSEN] if worker else clear_environment()
    database_url = os.environ[_DATABASE_URL] if worker else None
    try:
        backend = choose_backend(forced=forced)
    except ValueError as error:
        raise pytest.UsageError(str(error)) from error
    servers = Servers(backend=backend, worker=worker, database_url=database_url)
    servers.export()
    early_config.stash[_servers] = servers
    early_config.add_cleanup(servers.stop)
    yield


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object | None:
    """Keep the tests of one whole system in one process; xdist asks under `--dist loadgroup` as under any other."""
    if config.getoption("dist") != "loadgroup":
        return None
    from farewire_dev.testing.scheduling import SystemScheduling  # noqa: PLC0415  # a run without xdist need not have it

    return SystemScheduling(config, log)


def pytest_report_header(config: pytest.Config) -> str:
    """Say which backend runs."""
    backend = config.stash[_servers].backend
    return f"farewire: PostgreSQL and Redis from {backend.name} ({backend.why}; {CHOICE_VARIABLE} decides otherwise)"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say it again where a reader of a long run looks, and on which whole systems tests ran, in whichever process."""
    servers = config.stash[_servers]
    reports = [report for outcome in ("passed", "failed") for report in terminalreporter.stats.get(outcome, [])]
    systems = {value for report in reports for name, value in report.user_properties if name == SYSTEM_PROPERTY}
    if systems:
        terminalreporter.write_line(f"farewire: ran the whole system as {' and as '.join(sorted(systems))}")
    terminalreporter.write_line(f"farewire: ran with PostgreSQL and Redis from {servers.backend.name}")


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Under xdist this process collects nothing, so it starts the shared PostgreSQL before the workers."""
    if getattr(session.config.option, "dist", "no") != "no" and not session.config.option.collectonly:
        session.config.stash[_servers].start_postgres()


def pytest_collection_finish(session: pytest.Session) -> None:
    """Start PostgreSQL if a collected test wants it: a run of pure units takes no second for it."""
    if session.config.option.collectonly:
        return
    for item in session.items:
        fixtures = set(getattr(item, "fixturenames", ()))
        if item.get_closest_marker("django_db") is not None or fixtures & _DATABASE_FIXTURES:
            session.config.stash[_servers].start_postgres()
            return


@pytest.fixture(scope="session")
def database_url(pytestconfig: pytest.Config, django_db_setup: None) -> str:  # noqa: ARG001  # asked for its effect
    """The URL of this process's migrated test database, for what connects past Django's own connection."""
    from django.db import connection  # noqa: PLC0415  # Django is set up by now, and not before

    base, _, _ = (pytestconfig.stash[_servers].database_url or "").rpartition("/")
    return f"{base}/{connection.settings_dict['NAME']}"


@pytest.fixture(scope="session")
def server_url(pytestconfig: pytest.Config) -> str:
    """The URL of the server's own first database, empty, for tests that create databases of their own."""
    servers = pytestconfig.stash[_servers]
    servers.start_postgres()
    return servers.database_url or ""


@pytest.fixture(scope="session")
def redis_url(pytestconfig: pytest.Config) -> str:
    """The URL of this process's Redis."""
    servers = pytestconfig.stash[_servers]
    servers.start_redis()
    return servers.redis_url


@pytest.fixture
def empty_redis(redis_url: str) -> str:
    """The URL of this process's Redis, emptied before the test."""
    with redis.Redis.from_url(redis_url) as client:
        client.flushall()
    return redis_url
