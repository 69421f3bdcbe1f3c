"""A child process: it is stopped with its group, dies with us, and drops root where it shall."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from farewire_dev.servers.process import Process
from farewire_dev.servers.waiting import wait_until


def alive(pid: int) -> bool:
    """Whether a process runs, and is no mere entry that waits to be collected."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def processes() -> Iterator[list[Process]]:
    """What a test starts is ended with it."""
    started: list[Process] = []
    yield started
    for process in started:
        process.stop_seconds = 0
        process.stop()


def python(tmp_path: Path, code: str, **options: object) -> Process:
    return Process(
        name="child",
        command=[sys.executable, "-u", "-c", code],
        log=tmp_path / "child.log",
        environment={"PATH": os.environ["PATH"]},
        **options,  # type: ignore[arg-type]
    )


def test_its_output_goes_to_its_log(tmp_path: Path, processes: list[Process]) -> None:
    child = python(tmp_path, "print('first'); print('last')")
    processes.append(child)
    child.start()
    assert child.wait(20)
    assert child.exit_code() == 0
    assert child.log_tail(1) == "last"


def test_a_child_that_ignores_the_signal_is_killed_with_its_own_children(tmp_path: Path, processes: list[Process]) -> None:
    child = python(
        tmp_path,
        "import signal, subprocess, sys; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print(subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']).pid); signal.pause()",
        stop_seconds=0.2,
    )
    processes.append(child)
    child.start()
    wait_until(lambda: child.log_tail().isdigit(), what="the grandchild runs", seconds=20)
    grandchild = int(child.log_tail())
    child.stop()
    assert child.exit_code() == -signal.SIGKILL
    wait_until(lambda: not alive(grandchild), what="the grandchild is gone", seconds=10)


def test_a_frozen_child_can_be_stopped(tmp_path: Path, processes: list[Process]) -> None:
    child = python(tmp_path, "import signal; signal.signal(signal.SIGTERM, lambda *_: exit(7)); print('up'); signal.pause()")
    processes.append(child)
    child.start()
    wait_until(lambda: child.log_tail() == "up", what="the child runs", seconds=20)
    child.send_to_group(signal.SIGSTOP)
    child.stop()
    assert child.exit_code() == 7


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of a parent's death")
def test_a_child_dies_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [
            *(sys.executable, "-c"),
            (
                "import sys, signal; from pathlib import Path; from farewire_dev.servers.process import Process; "
                "child = Process(name='c', command=[sys.executable, '-c', 'import signal; signal.pause()'], "
                "log=Path(sys.argv[1]), environment={}); child.start(); print(child.pid, flush=True); signal.pause()"
            ),
            str(tmp_path / "child.log"),
        ],
        stdout=subprocess.PIPE,
        text=True,
    )
    with parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        wait_until(
            lambda: (
                "signal.pause" in Path(f"/proc/{child}/cmdline").read_text() and "launch" not in Path(f"/proc/{child}/cmdline").read_text()
            ),
            what="the child has been launched",
            seconds=20,
        )
        parent.kill()
    wait_until(lambda: not alive(child), what="the child is gone", seconds=10)


@pytest.mark.skipif(os.geteuid() != 0, reason="there is no root to drop")
def test_root_is_dropped_but_directories_of_root_can_still_be_passed(tmp_path: Path, processes: list[Process]) -> None:
    """A checkout below a home directory of mode 0700 works, and nothing is made readable to others for it."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    (closed / "file").write_text("inside")
    child = python(tmp_path, f"import os; print(os.geteuid(), os.getegid(), open({str(closed / 'file')!r}).read())", drops_root=True)
    processes.append(child)
    child.start()
    assert child.wait(20)
    user, group, text = child.log_tail(1).split()
    assert user != "0"
    assert group != "0"
    assert text == "inside"
    assert closed.stat().st_mode & 0o777 == 0o700
