"""What the embedded stack is asked for."""

from dataclasses import dataclass, field
from pathlib import Path

DEFAULT_PORT = 8080


def repository() -> Path:
    """The checkout that this package is installed from; FileNotFoundError where it is not installed from one."""
    for directory in Path(__file__).resolve().parents:
        if (directory / "deploy" / "nginx" / "defaults.env").exists():
            return directory
    raise FileNotFoundError("the embedded stack runs from a checkout of Farewire, which holds deploy/nginx and data/")


@dataclass(frozen=True, kw_only=True)
class Options:
    """One stack: where its data are, what is loaded, how much of each service."""

    data: Path
    schedule: Path
    port: int = DEFAULT_PORT
    address: str = "127.0.0.1"
    days: int = 30
    redate: bool = True
    gateways: int = 2
    workers: int = 1
    shoppers: float = 1.0
    """Travellers a second; 0 for none."""
    history: bool = True
    """Whether departures open with seats sold already, as a real board has."""
    drain_seconds: float = 1.0
    settings: dict[str, dict[str, str]] = field(default_factory=dict)
    """FAREWIRE_ variables by kind of service (web, gateway, pricing), over the stack's own."""
    front: dict[str, str] = field(default_factory=dict)
    """FRONT_ variables, over deploy/nginx/defaults.env."""
    postgres: dict[str, str] = field(default_factory=dict)
    """PostgreSQL's parameters, over the stack's own."""
