"""The directory of one embedded stack: data, secrets, logs, and the lock that keeps it to one stack."""

import fcntl
import os
import secrets
from pathlib import Path
from typing import TextIO


class HomeTaken(RuntimeError):
    """Another stack runs on this directory."""


class Home:
    """What lies in `.farewire/`."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory.absolute()
        self._lock: TextIO | None = None

    @property
    def postgres(self) -> Path:
        """The database cluster."""
        return self.directory / "postgres"

    @property
    def redis(self) -> Path:
        """Where Redis runs; it keeps nothing."""
        return self.directory / "redis"

    @property
    def nginx(self) -> Path:
        """The front door's rendered configuration and temporary files."""
        return self.directory / "nginx"

    def log(self, name: str) -> Path:
        """The log of one service."""
        return self.directory / "logs" / f"{name}.log"

    def take(self) -> None:
        """Make the directory and hold its lock until `release`, or until this process ends in whatever way.

        HomeTaken where another stack holds it.
        """
        self.directory.mkdir(parents=True, exist_ok=True)
        lock = (self.directory / "lock").open("a+")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            lock.close()
            raise HomeTaken(f"another stack (process {holder}) runs on {self.directory}; stop it, or choose another --data") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        self._lock = lock

    def release(self) -> None:
        """Let another stack have the directory."""
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    def secret(self, name: str) -> str:
        """A secret of this stack, made at random the first time and readable by its owner alone."""
        path = self.directory / "secrets" / name
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(secrets.token_urlsafe(48))
            fresh.rename(path)
        return path.read_text()

    def rotate_logs(self) -> None:
        """Keep the last run's logs beside this run's, and no older ones."""
        logs = self.directory / "logs"
        logs.mkdir(exist_ok=True)
        for log in logs.glob("*.log"):
            log.replace(log.with_suffix(".log.1"))
