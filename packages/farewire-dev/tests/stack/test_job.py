"""A step of the start: its lines are told, its failure is explained, and it ends when we do not want it any more."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from farewire_dev.stack.job import JobFailed, job_run


class Tale:
    """A voice that keeps what it is told."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, text: str) -> None:
        self.lines.append(text)


def run(tmp_path: Path, code: str, tale: Tale, *, keep_on: Callable[[], None] = lambda: None, seconds: float = 60) -> bool:
    return job_run(
        what="The step",
        command=[sys.executable, "-u", "-c", code],
        environment={"PATH": os.environ["PATH"]},
        log=tmp_path / "step.log",
        voice=tale,
        keep_on=keep_on,
        until=time.monotonic() + seconds,
    )


def test_lines_for_people_are_told_and_all_are_logged(tmp_path: Path) -> None:
    tale = Tale()
    assert run(tmp_path, r"""print('half\rwhole\n{"event": "for the log"}\nend')""", tale)
    assert tale.lines == ["half", "whole", "end"]
    assert '{"event": "for the log"}' in (tmp_path / "step.log").read_text()


def test_a_failure_comes_with_its_last_lines(tmp_path: Path) -> None:
    with pytest.raises(JobFailed, match=r"(?s)The step ended with exit code 4:.*the reason"):
        run(tmp_path, "print('the reason'); raise SystemExit(4)", Tale())


def test_it_is_ended_when_its_time_is_up(tmp_path: Path) -> None:
    assert not run(tmp_path, "import time; time.sleep(600)", Tale(), seconds=0.5)


def test_it_is_ended_with_us(tmp_path: Path) -> None:
    class Told(Exception):
        pass

    pids: list[int] = []

    def keep_on() -> None:
        if (tmp_path / "pid").exists() and (text := (tmp_path / "pid").read_text()):
            pids.append(int(text))
            raise Told

    code = f"import os, time; open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); time.sleep(600)"
    with pytest.raises(Told):
        run(tmp_path, code, Tale(), keep_on=keep_on)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)
