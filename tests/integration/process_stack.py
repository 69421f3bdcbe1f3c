"""The embedded stack under test: processes of this machine."""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import Any, Literal

import httpx
import psycopg
import redis

from farewire_dev.servers.ports import free_ports
from farewire_dev.stack.embedded import DATABASE, EmbeddedStack
from farewire_dev.stack.options import Options, repository
from farewire_dev.stack.voice import Silence

from .stack import Kind, Server


class ProcessStack:
    """Implements `Stack`. Nothing is started again by itself: tests say what comes back, and when."""

    runs_as: Literal["processes", "containers"] = "processes"

    def __init__(self, directory: Path, *, days: int) -> None:
        self.voice = Silence()
        self._stack = EmbeddedStack(
            Options(
                data=directory,
                schedule=repository() / "data" / "schedule.ssim",
                port=free_ports(1)[0],
                days=days,
                shoppers=0,
                history=False,
                drain_seconds=2,
            ),
            voice=self.voice,
        )

    def up(self) -> None:
        self._stack.start()

    def down(self) -> None:
        self._stack.stop()

    @property
    def url(self) -> str:
        return self._stack.url

    def instances(self, kind: Kind | Server) -> list[str]:
        return [name for name in self._stack.supervisor.kept if name == kind or name.startswith(f"{kind}-")]

    def internal(self, instance: str, path: str) -> tuple[int, str]:
        answer = httpx.get(f"http://{self._stack.addresses[instance].internal_bind}{path}", timeout=10)
        return answer.status_code, answer.text

    def kill(self, instance: str) -> None:
        process = self._stack.supervisor.put_down(instance)
        # The group: web is several processes, and so is PostgreSQL.
        process.send_to_group(signal.SIGKILL)
        assert process.wait(10)

    def stop(self, instance: str) -> float:
        began = time.monotonic()
        self._stack.supervisor.put_down(instance).stop()
        return time.monotonic() - began

    def start(self, instance: str) -> None:
        self._stack.supervisor.take_up(instance)

    def pause(self, instance: str) -> None:
        self._stack.supervisor.kept[instance].process.send_to_group(signal.SIGSTOP)

    def resume(self, instance: str) -> None:
        self._stack.supervisor.kept[instance].process.send_to_group(signal.SIGCONT)

    def scale(self, kind: Kind, count: int) -> None:
        self._stack.scale(kind, count)

    def rows(self, query: str) -> list[dict[str, Any]]:
        assert self._stack.postgres is not None
        with psycopg.connect(self._stack.postgres.url(DATABASE)) as connection:
            answer = connection.execute(f"SELECT coalesce(json_agg(q), '[]')::text FROM ({query}) q").fetchone()
        assert answer is not None
        return list(json.loads(answer[0]))

    def redis_flush(self) -> None:
        assert self._stack.redis is not None
        with redis.Redis.from_url(self._stack.redis.url()) as client:
            client.flushall()

    def logs(self, instance: str) -> str:
        return self._stack.supervisor.kept[instance].process.log.read_text(errors="replace")
