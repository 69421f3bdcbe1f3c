"""One child process: its own process group, tied to us, with a log of its own."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from farewire_dev.servers.launch import DROP_ROOT, KEEP_ROOT


@dataclass(kw_only=True)
class Process:
    """A program that we start, watch and stop.

    It leads its own process group, so that Ctrl-C in the terminal reaches only us and we stop things in order; the kernel
    sends it `death_signal` when we die without having stopped it.
    """

    name: str
    command: Sequence[str | Path]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    directory: Path | None = None
    stop_signal: signal.Signals = signal.SIGTERM
    death_signal: signal.Signals = signal.SIGTERM
    drops_root: bool = False
    stop_seconds: float = 10.0
    _child: subprocess.Popen[bytes] | None = field(default=None, init=False, repr=False)

    @property
    def pid(self) -> int | None:
        """The process id, or None before the first start."""
        return None if self._child is None else self._child.pid

    def start(self) -> None:
        """Start the program; its output is appended to `log`."""
        # A master that was killed may have left workers that still hold its port; they go before its successor comes.
        self.send_to_group(signal.SIGKILL)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self._child = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "farewire_dev.servers.launch",
                    str(os.getpid()),
                    str(int(self.death_signal)),
                    DROP_ROOT if self.drops_root else KEEP_ROOT,
                    *map(str, self.command),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.directory,
                start_new_session=True,
            )

    def exit_code(self) -> int | None:
        """The exit code (negative: the signal that ended it), or None while it runs or was never started."""
        return None if self._child is None else self._child.poll()

    def running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._child is not None and self._child.poll() is None

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the process itself."""
        if self._child is not None and self._child.poll() is None:
            self._child.send_signal(number)

    def send_to_group(self, number: signal.Signals) -> None:
        """Send a signal to the process and all its descendants that stayed in its group."""
        if self._child is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._child.pid, number)

    def wait(self, seconds: float) -> bool:
        """Whether it ended within so many seconds."""
        if self._child is None:
            return True
        try:
            self._child.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Ask it to end, wait `stop_seconds`, then kill what is left of its group."""
        self.ask_to_stop()
        self.finish_stop(deadline=time.monotonic() + self.stop_seconds)

    def ask_to_stop(self) -> None:
        """Send the stop signal without waiting; a paused process is continued, or it could not act on it."""
        self.send(self.stop_signal)
        self.send_to_group(signal.SIGCONT)

    def finish_stop(self, *, deadline: float) -> None:
        """Wait until `deadline` (monotonic seconds), then kill what is left of the group."""
        self.wait(max(0.0, deadline - time.monotonic()))
        # Also after a clean end: a master that died may have left workers in its group.
        self.send_to_group(signal.SIGKILL)
        self.wait(5)

    def gone(self) -> str | None:
        """Why what it should do will never come: it ended, and how; None while it runs."""
        if self.running():
            return None
        return f"it ended with {self.exit_code()}:\n{self.log_tail()}"

    def log_tail(self, lines: int = 15) -> str:
        """The last lines of its log, for a message about its end."""
        if not self.log.exists():
            return ""
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:])
