"""Keeps processes running: starts again what died, later each time, and says so; stops all of them."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum

from farewire_dev.servers.process import Process
from farewire_dev.stack.voice import Voice

_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 15.0
_STEADY_SECONDS = 30.0


def how_it_ended(code: int | None) -> str:
    """An exit code in words."""
    if code is not None and code < 0:
        return f"was ended by signal {-code}"
    return f"ended with exit code {code}"


class Tier(IntEnum):
    """What stands on what: each tier needs those below it."""

    SERVER = 0
    SERVICE = 1
    VISITOR = 2


@dataclass(kw_only=True)
class Kept:
    """One process that shall run, unless it is told to stay down."""

    process: Process
    tier: Tier
    before_start: Callable[[], None] = lambda: None
    wanted: bool = True
    started_at: float = 0.0
    pause: float = _FIRST_PAUSE
    start_at: float | None = None
    restarts: int = 0

    def start(self) -> None:
        """Start it now."""
        self.before_start()
        self.process.start()
        self.started_at = time.monotonic()
        self.start_at = None


@dataclass(kw_only=True)
class Supervisor:
    """The stack's processes, in the order in which they started. All calls come from one thread at a time."""

    voice: Voice
    kept: dict[str, Kept] = field(default_factory=dict)

    def add(self, process: Process, *, tier: Tier = Tier.SERVICE, before_start: Callable[[], None] = lambda: None) -> None:
        """Start a process and keep it running; `before_start` is called before this start and every later one."""
        kept = Kept(process=process, tier=tier, before_start=before_start)
        self.kept[process.name] = kept
        kept.start()

    def look(self) -> None:
        """Look at every process once: notice what died, and start again what has waited long enough."""
        now = time.monotonic()
        for name, kept in self.kept.items():
            if not kept.wanted or kept.process.running():
                continue
            if kept.start_at is None:
                if now - kept.started_at > _STEADY_SECONDS:
                    kept.pause = _FIRST_PAUSE
                kept.start_at = now + kept.pause
                self.voice.say(
                    f"{name} {how_it_ended(kept.process.exit_code())}; starting it again in {kept.pause:g} s (its log: {kept.process.log})"
                )
                kept.pause = min(_LONGEST_PAUSE, kept.pause * 2)
            elif now >= kept.start_at:
                kept.restarts += 1
                kept.start()
                self.voice.say(f"{name} runs again as process {kept.process.pid}")

    def put_down(self, name: str) -> Process:
        """Keep a process down from now on, without ending it: the caller does, in the way that it wants to see."""
        self.kept[name].wanted = False
        return self.kept[name].process

    def take_up(self, name: str) -> None:
        """Start what was put down, and keep it running again."""
        kept = self.kept[name]
        kept.wanted = True
        kept.pause = _FIRST_PAUSE
        if not kept.process.running():
            kept.start()

    def remove(self, name: str) -> None:
        """Stop a process for good."""
        self.kept.pop(name).process.stop()

    def stop(self) -> None:
        """Stop everything: visitors, then services, then what they stand on; those of one tier together."""
        for kept in self.kept.values():
            kept.wanted = False
        for tier in sorted({kept.tier for kept in self.kept.values()}, reverse=True):
            processes = [kept.process for kept in self.kept.values() if kept.tier == tier]
            for process in processes:
                process.ask_to_stop()
            deadline = time.monotonic() + max(process.stop_seconds for process in processes)
            for process in processes:
                process.finish_stop(deadline=deadline)
        self.kept.clear()
