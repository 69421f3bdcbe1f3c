"""`python -m farewire_dev.stack`, which `make run` execs: how it starts, keeps up what dies, and ends."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.waiting import wait_until

_START_SECONDS = 120.0


class Run:
    """One run of the command, and what it said so far."""

    def __init__(self, data: Path, port: int, *arguments: str, environment: dict[str, str] | None = None) -> None:
        self.data = data
        self.port = port
        self.lines: list[str] = []
        self._mark = f"run-{secrets.token_hex(8)}"
        self.child = subprocess.Popen(
            [sys.executable, "-m", "farewire_dev.stack", "--data", str(data), "--days", "1", "--empty", "--shoppers", "0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={name: text for name, text in os.environ.items() if not name.startswith("FAREWIRE_")}
            | {"FAREWIRE_PORT": str(port), "STACK_TEST_RUN": self._mark}
            | (environment or {}),
        )
        self._listening = threading.Thread(target=self._listen)
        self._listening.start()

    def _listen(self) -> None:
        assert self.child.stdout is not None
        with self.child.stdout as output:
            for line in output:
                self.lines.append(line.rstrip())  # each is looked for as it comes

    def said(self, text: str) -> bool:
        return any(text in line for line in self.lines)

    def hear(self, text: str, *, seconds: float = _START_SECONDS) -> None:
        """Wait until it says so."""
        wait_until(
            lambda: self.said(text),
            what=f"it says {text!r}",
            seconds=seconds,
            gone=lambda: None if self.child.poll() is None or self.said(text) else "it ended:\n" + "\n".join(self.lines[-20:]),
        )

    def live(self) -> None:
        """Wait until it is live."""
        self.hear("Farewire is live")

    def end(self, number: signal.Signals) -> int:
        """Send a signal and wait for the end; the exit code."""
        self.child.send_signal(number)
        return self.wait()

    def wait(self) -> int:
        """Wait for its end; the exit code."""
        code = self.child.wait(60)
        self._listening.join(10)
        return code

    def processes(self) -> dict[int, str]:
        """Every process of this run but the first, by id: those that inherited its mark or work in its directory."""
        found: dict[int, str] = {}
        for directory in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                command = (directory / "cmdline").read_text(errors="replace").replace("\0", " ")
                marked = self._mark.encode() in (directory / "environ").read_bytes()
                if (marked or str(self.data) in command) and directory.name not in {str(os.getpid()), str(self.child.pid)}:
                    found[int(directory.name)] = command
        return found

    def child_named(self, pattern: str) -> int:
        """The lowest process id whose command matches."""
        return min(pid for pid, command in self.processes().items() if re.search(pattern, command))


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One directory for all runs of this file: each finds what the last one left."""
    return tmp_path_factory.mktemp("embedded")


@pytest.fixture
def run(home: Path) -> Iterator[Run]:
    """A live stack."""
    running = Run(home / "data", free_ports(1)[0])
    try:
        running.live()
        yield running
    finally:
        if running.child.poll() is None:
            running.end(signal.SIGTERM)


def gone(run: Run) -> None:
    """Nothing of it is left, and its port is free."""
    wait_until(lambda: not run.processes(), what=f"no process is left: {run.processes()}", seconds=30)
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", run.port))


def test_it_says_what_it_does_and_sigterm_leaves_no_process_behind(run: Run) -> None:
    assert httpx.get(f"http://127.0.0.1:{run.port}/").status_code == 200
    for step in ("Starting PostgreSQL", "Starting Redis", "Preparing the database", "Loading schedule.ssim", "Pricing every departure"):
        assert run.said(step)
    assert run.said(f"Farewire is live: http://127.0.0.1:{run.port}")
    assert len(run.processes()) >= 7
    assert run.end(signal.SIGTERM) == 0
    gone(run)


def test_a_second_start_finds_the_data_and_ctrl_c_ends_it(run: Run) -> None:
    assert not run.said("Creating a database")
    assert run.said("loaded already, nothing changed")
    assert run.end(signal.SIGINT) == 0
    gone(run)


def test_what_dies_is_started_again_and_said_so(run: Run) -> None:
    for pattern, name in (
        (r"farewire_gateway", "gateway-1"),
        (r"farewire_pricing run", "pricing-1"),
        (r"farewire_web serve", "web"),
        (r"nginx: master", "nginx"),
        (r"valkey-server", "redis"),
        (r"postgres -D", "postgres"),
    ):
        os.kill(run.child_named(pattern), signal.SIGKILL)
        run.hear(f"{name} was ended by signal 9", seconds=10)
        run.hear(f"{name} runs again", seconds=30)
    wait_until(lambda: answers(run), what="the site answers again", seconds=60)
    assert run.end(signal.SIGHUP) == 0
    gone(run)


def answers(run: Run) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{run.port}/api/v1/airports?q=new", timeout=5).status_code == 200
    except httpx.HTTPError:
        return False


def test_a_killed_stack_leaves_no_process_and_the_next_start_works(home: Path) -> None:
    """SIGKILL gives no time to stop anything: the kernel tells the children."""
    killed = Run(home / "data", free_ports(1)[0])
    killed.live()
    assert killed.end(signal.SIGKILL) == -signal.SIGKILL
    gone(killed)
    after = Run(home / "data", free_ports(1)[0])
    try:
        after.live()
    finally:
        assert after.end(signal.SIGTERM) == 0
    gone(after)


def test_told_to_stop_while_it_starts_it_stops(home: Path) -> None:
    early = Run(home / "early", free_ports(1)[0])
    early.hear("Loading schedule.ssim")
    assert early.end(signal.SIGTERM) == 0
    gone(early)


def test_a_taken_port_and_a_taken_directory_are_said_plainly(run: Run, home: Path) -> None:
    port = Run(home / "other", run.port)
    assert port.wait() == 1
    assert port.said(f"port {run.port} of 127.0.0.1 cannot be had")
    assert port.said("FAREWIRE_PORT")
    directory = Run(run.data, free_ports(1)[0])
    assert directory.wait() == 1
    assert directory.said(f"another stack (process {run.child.pid}) runs on {run.data}")
    assert httpx.get(f"http://127.0.0.1:{run.port}/").status_code == 200


def test_settings_of_the_callers_shell_reach_no_service(home: Path) -> None:
    """An unknown FAREWIRE_ variable would stop every service, and one of these would point them elsewhere."""
    stray = {"FAREWIRE_NONSENSE": "1", "FAREWIRE_DATABASE_URL": "postgresql://elsewhere/x", "DJANGO_SETTINGS_MODULE": "none"}
    run = Run(home / "data", free_ports(1)[0], environment=stray)
    try:
        run.live()
    finally:
        assert run.end(signal.SIGTERM) == 0


def test_a_port_that_is_none_is_refused(home: Path) -> None:
    run = Run(home / "none", 0, environment={"FAREWIRE_PORT": "eighty"})
    assert run.wait() == 2
    assert run.said("'eighty' is no port")
