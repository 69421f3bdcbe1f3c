"""What the stack tells the person who started it."""

import sys
import time
from contextlib import suppress
from typing import Protocol


class Voice(Protocol):
    """Where steps are told."""

    def say(self, text: str) -> None:
        """Tell one line."""
        ...

    def progress(self, text: str) -> None:
        """Tell how far a step has come; the next one takes its place where that is possible."""
        ...


class Terminal:
    """Tells on standard output, with the seconds since the start; progress overwrites itself on a terminal."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._open_line = False

    def _write(self, text: str) -> None:
        # A terminal that was closed must not keep us from stopping what we started.
        with suppress(OSError):
            sys.stdout.write(text)
            sys.stdout.flush()

    def say(self, text: str) -> None:
        """Tell one line."""
        if self._open_line:
            self._write("\n")
            self._open_line = False
        self._write(f"{time.monotonic() - self._began:6.1f} s  {text}\n")

    def progress(self, text: str) -> None:
        """Tell how far a step has come."""
        if sys.stdout.isatty():
            self._write(f"\r\x1b[K          {text[:100]}")
            self._open_line = True
        else:
            self._write(f"          {text}\n")


class Silence:
    """Tells nobody; keeps the lines for a test's message."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def say(self, text: str) -> None:
        """Keep one line."""
        self.lines.append(text)

    def progress(self, text: str) -> None:
        """Progress is of no later use."""
