"""The embedded stack itself: starts everything in order, watches it, stops it."""

import socket
import sys
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from math import inf

from farewire.domain.clock import SystemClock
from farewire_dev.servers.front_door import FrontDoor
from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.postgres import PostgresServer
from farewire_dev.servers.redis import RedisServer
from farewire_dev.servers.waiting import wait_until
from farewire_dev.stack.home import Home
from farewire_dev.stack.job import JobFailed, job_run
from farewire_dev.stack.liveness import feed_answers, page_answers, ready
from farewire_dev.stack.options import Options, repository
from farewire_dev.stack.services import Addresses, Services
from farewire_dev.stack.supervisor import Supervisor, Tier
from farewire_dev.stack.voice import Voice

DATABASE = "farewire"
PATIENCE_SECONDS = 47.0
_PRICING_SECONDS = 6.0
_HOPELESS_RESTARTS = 3
_POSTGRES_OPTIONS = {"shared_buffers": "256MB", "max_wal_size": "2GB", "max_connections": "150", "wal_compression": "on"}


class PortTaken(RuntimeError):
    """Something else listens on the port that was asked for."""


class StartFailed(RuntimeError):
    """A service ends as soon as it starts, again and again."""


class EmbeddedStack:
    """PostgreSQL, Redis, web, gateways, workers, nginx and shoppers, as processes of this machine."""

    def __init__(
        self,
        options: Options,
        *,
        voice: Voice,
        keep_on: Callable[[], None] = lambda: None,
        today: Callable[[], date] = lambda: SystemClock().now().date(),
    ) -> None:
        self.options = options
        self._voice = voice
        self._keep_on = keep_on
        self._today = today
        self._loaded_on: date | None = None
        self.home = Home(options.data)
        self.supervisor = Supervisor(voice=voice)
        self.addresses: dict[str, Addresses] = {}
        self.internal_nginx = 0
        self.front: FrontDoor | None = None
        self.postgres: PostgresServer | None = None
        self.redis: RedisServer | None = None
        self._services: Services | None = None
        self._began = 0.0
        self._starting = True

    @property
    def url(self) -> str:
        """The front door."""
        return f"http://{self.options.address}:{self.options.port}"

    @property
    def services(self) -> Services:
        """The services' commands and settings, once the servers run."""
        if self._services is None:
            raise RuntimeError("the stack has not started its servers")
        return self._services

    def start(self) -> None:
        """Bring everything up, and return when the site is live."""
        self._began = time.monotonic()
        self._check_port()
        self.home.take()
        self.home.rotate_logs()
        self._start_postgres()
        self._start_redis()
        self._job("web", "migrate", say="Preparing the database")
        # The services start while the schedule loads: each takes a second or two until it can answer.
        self._start_fronts()
        self._load()
        if self.options.history:
            self._history()
        self._price()
        for number in range(1, self.options.workers + 1):
            self.add("pricing", number)
        self._await_live()
        if self.options.shoppers > 0:
            self.supervisor.add(self.services.shoppers(url=self.url), tier=Tier.VISITOR)

    def look(self) -> None:
        """Start again what died; on a new day load one day more, which the worker then prices."""
        self.supervisor.look()
        if self._today() != self._loaded_on:
            try:
                self._load()
            except JobFailed as failed:
                self._voice.say(f"{failed}\nThe departures loaded so far stay on sale")

    def stop(self) -> None:
        """Stop everything and free the directory."""
        self.supervisor.stop()
        self.home.release()

    def _check_port(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((self.options.address, self.options.port))
            except OSError as error:
                raise PortTaken(
                    f"port {self.options.port} of {self.options.address} cannot be had ({error.strerror}); "
                    f"FAREWIRE_PORT chooses another, for instance: make run FAREWIRE_PORT={self.options.port + 1}"
                ) from error

    def _start_postgres(self) -> None:
        server = PostgresServer(
            directory=self.home.postgres,
            port=free_ports(1)[0],
            password=self.home.secret("postgres-password"),
            log=self.home.log("postgres"),
            options=_POSTGRES_OPTIONS | self.options.postgres,
        )
        self.postgres = server
        if not server.initialised():
            self._voice.say(f"Creating a database in {self.home.postgres}")
            server.initialise()
        self._keep_on()
        server.clear_stale_lock()
        self._voice.say("Starting PostgreSQL")
        self.supervisor.add(server.process, tier=Tier.SERVER, before_start=server.clear_stale_lock)
        self._await(server.answers, what="PostgreSQL answers")
        server.create_database(DATABASE)

    def _start_redis(self) -> None:
        server = RedisServer(
            directory=self.home.redis,
            port=free_ports(1)[0],
            password=self.home.secret("redis-password"),
            log=self.home.log("redis"),
        )
        self.redis = server
        self._voice.say("Starting Redis")
        self.supervisor.add(server.process, tier=Tier.SERVER, before_start=server.configure)
        self._await(server.answers, what="Redis answers")
        self._services = Services(
            home=self.home,
            options=self.options,
            database_url=self.postgres.url(DATABASE) if self.postgres else "",
            redis_url=server.url(),
        )

    def _start_fronts(self) -> None:
        self._voice.say(f"Starting web, {self.options.gateways} gateways and nginx")
        self.add("web")
        for number in range(1, self.options.gateways + 1):
            self.add("gateway", number)
        self.internal_nginx = free_ports(1)[0]
        self.front = FrontDoor(
            configuration=repository() / "deploy" / "nginx",
            directory=self.home.nginx,
            listen=f"{self.options.address}:{self.options.port}",
            internal_port=self.internal_nginx,
            web=self.addresses["web"].bind,
            gateways=self.gateway_binds(),
            log=self.home.log("nginx"),
            access_log=self.home.log("access"),
            overrides=self.options.front,
        )
        self.front.render()
        self.front.check()
        self.supervisor.add(self.front.process)

    def gateway_binds(self) -> list[str]:
        """Where the gateways listen now."""
        return [addresses.bind for name, addresses in self.addresses.items() if name.startswith("gateway")]

    def add(self, kind: str, number: int | None = None) -> str:
        """Start one more instance of a service, and return its name."""
        name = kind if number is None else f"{kind}-{number}"
        port, internal = free_ports(2)
        self.addresses[name] = Addresses(port=port, internal=internal)
        process = self.services.process(kind=kind, name=name, addresses=self.addresses[name])
        self.supervisor.add(process)
        return name

    def scale(self, kind: str, count: int) -> None:
        """Have so many instances of a service, and the front door know of them."""
        names = [name for name in self.addresses if name == kind or name.startswith(f"{kind}-")]
        for number in range(len(names) + 1, count + 1):
            self.add(kind, number)
        surplus = names[count:]
        for name in surplus:
            self.addresses.pop(name)
        if kind == "gateway" and self.front is not None:
            self.front.gateways = self.gateway_binds()
            self.front.reload()
        for name in surplus:
            self.supervisor.remove(name)

    def _job(self, kind: str, *arguments: str, say: str, until: float = inf) -> bool:
        self._voice.say(say)
        return job_run(
            what=say,
            command=self.services.command(kind, *arguments),
            environment=self.services.environment(kind),
            log=self.home.log("start"),
            voice=self._voice,
            keep_on=self._turn,
            until=until,
        )

    def _load(self) -> None:
        # Noted before, so that a day whose load fails is not tried again and again.
        self._loaded_on = self._today()
        redate = ["--redate"] if self.options.redate else []
        self._job(
            *("web", "manage", "load_schedule", str(self.options.schedule), "--days", str(self.options.days), *redate),
            say=f"Loading {self.options.schedule.name}, {self.options.days} days from today",
        )

    def _price(self) -> None:
        # On a slow machine the site does not wait for the farthest departures: workers price what is new as well, but beside
        # their other work, so they begin when the command has had its time.
        until = max(self._began + PATIENCE_SECONDS, time.monotonic() + _PRICING_SECONDS)
        done = self._job("pricing", "price", say="Pricing every departure, the nearest first", until=until)
        if not done:
            self._voice.say("The farthest departures are still without a price; the worker goes on with them")

    def _history(self) -> None:
        self._voice.say("Selling what would be sold by now")
        environment = {
            name: text
            for name, text in self.services.environment("web").items()
            if not name.startswith("FAREWIRE_") or name == "FAREWIRE_DATABASE_URL"
        }
        job_run(
            what="Selling what would be sold by now",
            command=[sys.executable, "-m", "farewire_dev.booking_history"],
            environment=environment,
            log=self.home.log("start"),
            voice=self._voice,
            keep_on=self._turn,
        )

    def _turn(self) -> None:
        """While something is waited for: hear whether to go on, start again what died; a start gives up on what cannot stay up."""
        self._keep_on()
        self.supervisor.look()
        if not self._starting:
            return
        for name, kept in self.supervisor.kept.items():
            if kept.restarts >= _HOPELESS_RESTARTS and not kept.process.running():
                raise StartFailed(f"{name} does not stay up; its last lines:\n{kept.process.log_tail()}")

    def _await(self, condition: Callable[[], bool], *, what: str, seconds: float = 60) -> None:
        def held() -> bool:
            self._turn()
            return condition()

        wait_until(held, what=what, seconds=seconds)

    def _await_live(self) -> None:
        self._voice.say("Waiting until the site answers")
        for name, addresses in self.addresses.items():
            self._await(partial(ready, addresses.internal_bind), what=f"{name} is ready")
        self._await(partial(page_answers, self.url), what="the page answers through nginx")
        self._await(partial(feed_answers, self.url), what="the feed answers through nginx")
        self._starting = False
