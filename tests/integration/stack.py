"""The whole of Farewire as tests see it, however it runs."""

from __future__ import annotations

from typing import Any, Literal, Protocol

Kind = Literal["web", "gateway", "pricing"]
Server = Literal["postgres", "redis", "nginx"]

SERVICES: dict[Kind, str] = {"web": "web", "gateway": "ws-gateway", "pricing": "pricing-worker"}
"""What each kind is called in compose.yaml, in metrics and on the pages."""


class Stack(Protocol):
    """A running site that tests may hurt. Instances bear names that only the stack knows the shape of."""

    runs_as: Literal["processes", "containers"]

    @property
    def url(self) -> str:
        """The front door, without a final slash."""
        ...

    def instances(self, kind: Kind | Server) -> list[str]:
        """The instances of a service that shall run."""
        ...

    def internal(self, instance: str, path: str) -> tuple[int, str]:
        """What the internal port of a service's instance answers: status and text."""
        ...

    def kill(self, instance: str) -> None:
        """End it at once, by SIGKILL, and leave it down."""
        ...

    def stop(self, instance: str) -> float:
        """End it as a deploy does, by SIGTERM, and leave it down; the answer is the seconds that it took."""
        ...

    def start(self, instance: str) -> None:
        """Start what was killed or stopped, without waiting until it is ready."""
        ...

    def pause(self, instance: str) -> None:
        """Freeze it: its connections stay open and nothing answers."""
        ...

    def resume(self, instance: str) -> None:
        """Let it go on."""
        ...

    def scale(self, kind: Kind, count: int) -> None:
        """Have so many instances, all of them behind the front door."""
        ...

    def rows(self, query: str) -> list[dict[str, Any]]:
        """The rows of a query to the database, as JSON gives them."""
        ...

    def redis_flush(self) -> None:
        """Empty Redis."""
        ...

    def logs(self, instance: str) -> str:
        """What it logged."""
        ...
