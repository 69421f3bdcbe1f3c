"""compose.yaml under test: containers, through testcontainers."""

from __future__ import annotations

import json
import os
import secrets
import subprocess
import time
from pathlib import Path
from typing import Any, Literal

import httpx
from testcontainers.compose import DockerCompose

from farewire_dev.servers.ports import free_ports
from farewire_dev.stack.options import repository

from .stack import Kind, Server

_SERVICES = {"web": "web", "gateway": "ws-gateway", "pricing": "pricing-worker", "postgres": "postgres", "redis": "redis", "nginx": "nginx"}
_STEADY = ("web", "ws-gateway", "pricing-worker", "nginx", "postgres", "redis")


class ComposeStack:
    """Implements `Stack` over the very file that is deployed, as a project of its own beside any other."""

    runs_as: Literal["processes", "containers"] = "containers"

    def __init__(self, directory: Path, *, days: int) -> None:
        self._port, self._prometheus_port = free_ports(2)
        self.project = f"farewire-test-{secrets.token_hex(3)}"
        self.root = repository()
        self.secrets = directory / "secrets"
        commit = subprocess.run(["git", "rev-parse", "HEAD"], cwd=self.root, capture_output=True, text=True, check=False)
        self.revision = commit.stdout.strip() or "unknown"
        self.environment_file = directory / "compose.env"
        self.environment_file.write_text(
            f"COMPOSE_PROJECT_NAME={self.project}\nFAREWIRE_PORT={self._port}\nFAREWIRE_DAYS={days}\n"
            f"FAREWIRE_PROMETHEUS_PORT={self._prometheus_port}\nFAREWIRE_SECRETS={self.secrets}\n"
            f"FAREWIRE_REVISION={self.revision}\n"
        )
        # Not to be overruled by what the caller's shell says.
        self._environment = {name: text for name, text in os.environ.items() if not name.startswith(("FAREWIRE_", "COMPOSE_"))}
        self._compose = DockerCompose(context=self.root, compose_file_name="compose.yaml", env_file=str(self.environment_file))

    def up(self) -> None:
        subprocess.run(
            ["sh", "deploy/secrets.sh", str(self.secrets)], cwd=self.root, check=True, capture_output=True, env=self._environment
        )
        self.compose("up", "--build", "--wait", "--quiet-pull")

    def down(self) -> None:
        self.compose("--profile", "*", "down", "--volumes", "--remove-orphans", "--timeout", "5")

    def compose(self, *arguments: str) -> str:
        done = subprocess.run(
            [*self._compose.compose_command_property, *arguments],
            cwd=self.root,
            env=self._environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise RuntimeError(f"docker compose {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
        return done.stdout

    def _docker(self, *arguments: str) -> str:
        return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    @property
    def prometheus_url(self) -> str:
        """Where the Prometheus of the profile `observability` answers, once it was started."""
        return f"http://127.0.0.1:{self._prometheus_port}"

    def prometheus_start(self) -> None:
        """Start Prometheus alone, and wait until it is ready."""
        self.compose("--profile", "observability", "up", "--wait", "--no-deps", "--quiet-pull", "prometheus")

    def prometheus_stop(self) -> None:
        """Remove it again: what is timed afterwards shall not wait for it."""
        self.compose("--profile", "observability", "rm", "--stop", "--force", "prometheus")

    def instances(self, kind: Kind | Server) -> list[str]:
        service = _SERVICES[kind]
        listed = self._docker(
            *("ps", "--all", "--format", "{{.Names}}"),
            *("--filter", f"label=com.docker.compose.project={self.project}", "--filter", f"label=com.docker.compose.service={service}"),
        )
        return sorted(listed.split())

    def _address(self, instance: str) -> str:
        networks = json.loads(self._docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", instance))
        return next(network["IPAddress"] for network in networks.values() if network["IPAddress"])

    def internal(self, instance: str, path: str) -> tuple[int, str]:
        answer = httpx.get(f"http://{self._address(instance)}:9100{path}", timeout=10)
        return answer.status_code, answer.text

    def kill(self, instance: str) -> None:
        self._docker("kill", instance)

    def stop(self, instance: str) -> float:
        began = time.monotonic()
        self._docker("stop", instance)
        return time.monotonic() - began

    def start(self, instance: str) -> None:
        self._docker("start", instance)

    def pause(self, instance: str) -> None:
        self._docker("pause", instance)

    def resume(self, instance: str) -> None:
        self._docker("unpause", instance)

    def scale(self, kind: Kind, count: int) -> None:
        self.compose("up", "--wait", "--no-deps", "--no-recreate", "--scale", f"{_SERVICES[kind]}={count}", *_STEADY)

    def rows(self, query: str) -> list[dict[str, Any]]:
        whole = f"SELECT coalesce(json_agg(q), '[]')::text FROM ({query}) q"
        answer = self.compose(
            "exec", "-T", "postgres", "psql", "--username=postgres", "--dbname=farewire", "--no-align", "--tuples-only", "-c", whole
        )
        return list(json.loads(answer))

    def redis_flush(self) -> None:
        password = (self.secrets / "redis_operator_password").read_text().strip()
        self.compose("exec", "-T", "redis", "redis-cli", "--no-auth-warning", "--user", "operator", "--pass", password, "FLUSHALL")

    def logs(self, instance: str) -> str:
        return self._docker("logs", instance)
