"""A process that dies leaves nobody behind who stands in its successor's way."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from farewire_dev.servers.process import Process
from farewire_dev.servers.waiting import wait_until

MASTER = """
import pathlib, subprocess, sys, time
worker = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
pathlib.Path(sys.argv[1]).write_text(str(worker.pid))
time.sleep(600)
"""


def lives(pid: int) -> bool:
    """Whether a process runs; one that ended and was not yet waited for does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


@pytest.fixture
def master(tmp_path):
    process = Process(
        name="master",
        command=[sys.executable, "-c", MASTER, str(tmp_path / "worker")],
        log=tmp_path / "log",
        environment={"PATH": "/usr/bin:/bin"},
        stop_seconds=1,
    )
    yield process, tmp_path / "worker"
    process.stop()


def worker_of(note: Path) -> int:
    wait_until(lambda: note.exists() and bool(note.read_text()), what="the worker runs", seconds=20)
    return int(note.read_text())


def test_the_workers_of_a_killed_master_go_before_its_successor_comes(master) -> None:
    process, note = master
    process.start()
    orphan = worker_of(note)
    process.send(signal.SIGKILL)
    assert process.wait(10)
    assert lives(orphan)
    note.unlink()
    process.start()
    wait_until(lambda: not lives(orphan), what="the orphan goes", seconds=20)
    assert lives(worker_of(note))


def test_a_stop_leaves_no_worker_of_the_group(master) -> None:
    process, note = master
    process.start()
    worker = worker_of(note)
    process.stop()
    wait_until(lambda: not lives(worker), what="the worker goes", seconds=20)
