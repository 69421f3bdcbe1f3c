"""The command as the stack runs it: a process that survives a dead site and ends when told to."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.waiting import wait_until

COMMAND = [sys.executable, "-m", "farewire_dev.shoppers"]


@pytest.fixture
def shoppers(tmp_path: Path):
    log = tmp_path / "log"
    with log.open("w") as out:
        process = subprocess.Popen([*COMMAND, "--url", f"http://127.0.0.1:{free_ports(1)[0]}", "--rate", "50"], stdout=out, stderr=out)
    yield process, log
    process.kill()
    process.wait()


def test_a_site_that_is_down_is_survived_and_sigterm_ends_it_at_once(shoppers):
    process, log = shoppers
    wait_until(lambda: "stay away" in log.read_text(), what="a traveller found the site down", seconds=30)
    assert process.poll() is None
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=5) == 0
    assert "Traceback" not in log.read_text()
    assert "go home" in log.read_text()


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(["--rate", "0"], "not above 0"), (["--focus", "XXX-YYY:1"], "markets"), (["--focus-share", "2"], "between 0 and 1")],
)
def test_arguments_that_make_no_sense_are_refused_with_a_reason(arguments, reason):
    finished = subprocess.run([*COMMAND, *arguments], capture_output=True, text=True, check=False)
    assert finished.returncode == 2
    assert reason in finished.stderr


def test_a_duration_ends_it():
    finished = subprocess.run(
        [*COMMAND, "--url", f"http://127.0.0.1:{free_ports(1)[0]}", "--rate", "5", "--duration", "0.5"],
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr
