"""Time is passed in: a clock is asked for now, and tests hold one still."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present moment, aware and in UTC."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The present moment in UTC."""
        return datetime.now(UTC)


@dataclass
class FixedClock:
    """A clock that stands where it was put until it is moved."""

    instant: datetime = field(default_factory=lambda: datetime(2026, 12, 1, 12, 0, tzinfo=UTC))

    def now(self) -> datetime:
        """The moment at which this clock stands."""
        return self.instant

    def advance(self, delta: timedelta) -> None:
        """Move the clock forward by `delta`."""
        self.instant += delta
