"""How each of Farewire's own services is started here: the same commands as in a container, on loopback ports."""

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from farewire_dev.servers.process import Process
from farewire_dev.stack.environment import inherited
from farewire_dev.stack.home import Home
from farewire_dev.stack.options import Options

MODULES = {"web": "farewire_web", "gateway": "farewire_gateway", "pricing": "farewire_pricing"}


@dataclass(frozen=True, kw_only=True)
class Addresses:
    """Where one instance of a service listens."""

    port: int
    internal: int

    @property
    def bind(self) -> str:
        """For the front door."""
        return f"127.0.0.1:{self.port}"

    @property
    def internal_bind(self) -> str:
        """For metrics and health."""
        return f"127.0.0.1:{self.internal}"


@dataclass(frozen=True, kw_only=True)
class Services:
    """Makes the processes and commands of the services."""

    home: Home
    options: Options
    database_url: str
    redis_url: str

    def _settings(self, kind: str) -> dict[str, str]:
        common = {"LOG_FORMAT": "json", "RELEASE": "embedded"}
        of_kind: Mapping[str, Mapping[str, str]] = {
            "web": {"DATABASE_URL": self.database_url, "SECRET_KEY": self.home.secret("secret-key"), "ALLOWED_HOSTS": "*"},
            "gateway": {"REDIS_URL": self.redis_url, "ALLOWED_HOSTS": "*", "DRAIN_SECONDS": f"{self.options.drain_seconds:g}"},
            "pricing": {"DATABASE_URL": self.database_url, "REDIS_URL": self.redis_url},
        }
        ours = {f"FAREWIRE_{name}": text for name, text in (common | dict(of_kind[kind])).items()}
        return ours | self.options.settings.get(kind, {})

    def environment(self, kind: str) -> dict[str, str]:
        """The environment of a command of one kind of service."""
        return inherited() | self._settings(kind)

    def command(self, kind: str, *arguments: str | Path) -> list[str]:
        """A command line of one kind of service."""
        return [sys.executable, "-m", MODULES[kind], *map(str, arguments)]

    def process(self, *, kind: str, name: str, addresses: Addresses) -> Process:
        """A long-running instance of a service."""
        environment = self.environment(kind) | {"FAREWIRE_INTERNAL_BIND": addresses.internal_bind}
        arguments: list[str] = []
        if kind == "pricing":
            arguments = ["run"]
        else:
            environment["FAREWIRE_BIND"] = addresses.bind
        if kind == "web":
            arguments = ["serve"]
            # Else it would make one in memory, which a SIGKILL leaves behind.
            environment["PROMETHEUS_MULTIPROC_DIR"] = str(self.home.directory / "metrics")
        return Process(
            name=name,
            command=self.command(kind, *arguments),
            log=self.home.log(name),
            environment=environment,
            stop_seconds=self.options.drain_seconds + 10,
        )

    def shoppers(self, *, url: str) -> Process:
        """The simulated travellers."""
        rate, days = f"{self.options.shoppers:g}", str(max(1, self.options.days - 1))
        return Process(
            name="shoppers",
            command=[sys.executable, "-m", "farewire_dev.shoppers", "--url", url, "--rate", rate, "--days", days],
            log=self.home.log("shoppers"),
            environment=inherited(),
        )
