"""Waiting for a condition, never for a time."""

import time
from collections.abc import Callable


class WaitError(TimeoutError):
    """The condition did not come about in time."""


def wait_until(
    condition: Callable[[], bool],
    *,
    what: str,
    seconds: float,
    gone: Callable[[], str | None] = lambda: None,
    interval: float = 0.05,
) -> None:
    """Return once `condition()` holds; WaitError after `seconds`, or at once when `gone()` says why it never will."""
    deadline = time.monotonic() + seconds
    while not condition():
        reason = gone()
        if reason is not None:
            raise WaitError(f"{what}: {reason}")
        if time.monotonic() > deadline:
            raise WaitError(f"{what}: not within {seconds:g} s")
        time.sleep(interval)
