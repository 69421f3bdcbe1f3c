"""Many callers at once, each thread on a database connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connections

from farewire.domain.errors import FarewireError

T = TypeVar("T")

THREADS = 40
"""Calls in the database at once: more than twice what the web service's threads make of one site."""


def race(call: Callable[[int], T], *, clients: int, threads: int = THREADS) -> list[T | FarewireError]:
    """Call `call(0) … call(clients - 1)` from threads that begin together; answers results and refusals in that order.

    A refusal is a `FarewireError`; any other exception is a fault and is raised.
    """
    together = threading.Barrier(threads)

    def run(thread: int) -> list[tuple[int, T | FarewireError]]:
        try:
            with connections["default"].cursor() as cursor:
                # A machine under load is slow, which is no fault; a deadlock is found out whatever this says.
                cursor.execute("SET lock_timeout = '30s'")
            together.wait(timeout=60)
            return [(client, _outcome(call, client)) for client in range(thread, clients, threads)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(threads) as pool:
        running = [pool.submit(run, thread) for thread in range(threads)]
        outcomes = [outcome for future in running for outcome in future.result()]
    return [outcome for _, outcome in sorted(outcomes, key=lambda pair: pair[0])]


def _outcome(call: Callable[[int], T], client: int) -> T | FarewireError:
    try:
        return call(client)
    except FarewireError as refusal:
        return refusal
