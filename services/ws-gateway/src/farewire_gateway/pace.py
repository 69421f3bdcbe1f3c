"""How fast one client is listened to."""

from __future__ import annotations

_BURST_SECONDS = 10.0


class Pace:
    """A token bucket that starts full and holds ten seconds' worth.

    A client who talks faster is not told off but listened to more slowly: while nothing is taken from its connection the
    server stops reading it, and TCP does the rest.
    """

    __slots__ = ("_at", "_rate", "_tokens")

    def __init__(self, *, per_second: float, now: float) -> None:
        self._rate = per_second
        self._tokens = per_second * _BURST_SECONDS
        self._at = now

    def wait_seconds(self, *, now: float) -> float:
        """Take a token and say how long to wait before acting on it; 0 where there was one."""
        self._tokens = min(self._rate * _BURST_SECONDS, self._tokens + (now - self._at) * self._rate) - 1
        self._at = now
        return max(0.0, -self._tokens / self._rate)
