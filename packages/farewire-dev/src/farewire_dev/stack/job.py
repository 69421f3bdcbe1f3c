"""A command that runs to its end while its progress is told."""

import os
import re
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path

from farewire_dev.servers.launch import KEEP_ROOT
from farewire_dev.stack.supervisor import how_it_ended
from farewire_dev.stack.voice import Voice


class JobFailed(RuntimeError):
    """A step of the start ended with a failure; the message holds its last lines."""


def job_run(
    *,
    what: str,
    command: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    voice: Voice,
    keep_on: Callable[[], None],
    until: float = inf,
) -> bool:
    """Run a command and tell its lines as progress; `keep_on` is called all the while and may raise.

    At `until` (monotonic seconds) the command is told to stop; the answer is whether it came to its own end. JobFailed where
    that was another exit code than 0. Whatever is raised meanwhile ends the command too.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: list[str] = []
    with log.open("ab") as kept:
        child = subprocess.Popen(
            [sys.executable, "-m", "farewire_dev.servers.launch", str(os.getpid()), str(int(signal.SIGTERM)), KEEP_ROOT, *command],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=dict(environment),
            start_new_session=True,
        )
        assert child.stdout is not None
        try:
            with child.stdout as output, selectors.DefaultSelector() as ready:
                ready.register(output, selectors.EVENT_READ)
                rest = b""
                while True:
                    keep_on()
                    if time.monotonic() > until:
                        os.killpg(child.pid, signal.SIGTERM)
                        child.wait()
                        return False
                    if not ready.select(timeout=0.2):
                        continue
                    chunk = os.read(output.fileno(), 65_536)
                    if not chunk:
                        break
                    kept.write(chunk)
                    *whole, rest = re.split(rb"[\r\n]+", rest + chunk)
                    for line in (piece.decode(errors="replace").strip() for piece in whole):
                        if line:
                            lines.append(line)
                            _tell(voice, line)
            code = child.wait()
        except BaseException:
            os.killpg(child.pid, signal.SIGTERM)
            child.wait()
            raise
    if code != 0:
        last = "\n".join(lines[-15:])
        raise JobFailed(f"{what} {how_it_ended(code)}:\n{last}")
    return True


def _tell(voice: Voice, line: str) -> None:
    # Log events are for the log; what is meant for people is told.
    if not line.startswith("{"):
        voice.progress(line)
