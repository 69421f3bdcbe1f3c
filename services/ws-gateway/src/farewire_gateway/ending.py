"""Ending tasks that may not hear it the first time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from typing import Any


async def tasks_end(tasks: Iterable[asyncio.Task[Any]], *, patience_seconds: float = 1.0) -> None:
    """Cancel tasks until each has ended; whatever they raise is theirs.

    A cancellation can be lost: the layer's clean-up of a receiver catches whatever comes while it waits for Redis, and a
    time-out that expires in the same step may be taken for it. So it is said again every `patience_seconds`.
    """
    pending = {task for task in tasks if not task.done()}
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=patience_seconds)
