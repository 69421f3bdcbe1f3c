"""What dies is started again, later each time; what is told to stay down stays down; tiers stop in order."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from farewire_dev.servers.process import Process
from farewire_dev.servers.waiting import wait_until
from farewire_dev.stack.supervisor import Supervisor, Tier
from farewire_dev.stack.voice import Silence

ENDS = "raise SystemExit(3)"
STAYS = "import signal, sys; signal.signal(signal.SIGTERM, lambda *_: sys.exit(0)); print('up', flush=True); signal.pause()"


@pytest.fixture
def supervisor() -> Iterator[Supervisor]:
    """One supervisor, whose processes end with the test."""
    supervisor = Supervisor(voice=Silence())
    yield supervisor
    supervisor.stop()


def process(directory: Path, name: str, code: str) -> Process:
    return Process(name=name, command=[sys.executable, "-c", code], log=directory / f"{name}.log", environment={"PATH": os.environ["PATH"]})


def said(supervisor: Supervisor) -> list[str]:
    assert isinstance(supervisor.voice, Silence)
    return supervisor.voice.lines


def test_what_dies_is_started_again_and_said_so(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add(process(tmp_path, "service", STAYS))
    first = supervisor.kept["service"].process
    wait_until(lambda: first.log_tail() == "up", what="it runs", seconds=20)
    first.send(signal.SIGKILL)

    def again() -> bool:
        supervisor.look()
        return supervisor.kept["service"].restarts == 1

    wait_until(again, what="it is started again", seconds=10)
    assert said(supervisor)[0].startswith("service was ended by signal 9; starting it again in 0.5 s")
    assert said(supervisor)[1].startswith("service runs again as process ")


def test_what_dies_again_and_again_is_started_later_each_time(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add(process(tmp_path, "hopeless", ENDS))

    def thrice() -> bool:
        supervisor.look()
        return sum("starting it again" in line for line in said(supervisor)) == 3

    wait_until(thrice, what="it died three times", seconds=30)
    told = [line for line in said(supervisor) if "starting it again" in line]
    assert [line.partition(" in ")[2].partition(" s ")[0] for line in told] == ["0.5", "1", "2"]
    assert "ended with exit code 3" in told[0]


def test_what_is_put_down_stays_down_until_it_is_taken_up(supervisor: Supervisor, tmp_path: Path) -> None:
    supervisor.add(process(tmp_path, "service", STAYS))
    supervisor.put_down("service").stop()
    deadline = time.monotonic() + 1.0
    while time.monotonic() < deadline:
        supervisor.look()
    assert not supervisor.kept["service"].process.running()
    supervisor.take_up("service")
    assert supervisor.kept["service"].process.running()


def test_what_others_stand_on_stops_last(supervisor: Supervisor, tmp_path: Path) -> None:
    ends = tmp_path / "ends"
    tells = (
        "import signal, sys\n"
        "def end(*_):\n"
        "    open({ends!r}, 'a').write({name!r} + ' ')\n"
        "    sys.exit(0)\n"
        "signal.signal(signal.SIGTERM, end)\n"
        "print('up', flush=True)\n"
        "signal.pause()"
    )
    tiers = {"visitor": Tier.VISITOR, "server": Tier.SERVER, "service": Tier.SERVICE}
    for name, tier in tiers.items():
        supervisor.add(process(tmp_path, name, tells.format(ends=str(ends), name=name)), tier=tier)
    for name in tiers:
        wait_until(lambda name=name: (tmp_path / f"{name}.log").read_text().strip() == "up", what=f"{name} runs", seconds=20)
    supervisor.stop()
    assert ends.read_text().split() == ["visitor", "service", "server"]
