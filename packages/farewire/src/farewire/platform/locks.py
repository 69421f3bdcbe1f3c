"""Locks are waited for a bounded time; who waited in vain is told so."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError
from psycopg import errors as postgres

from farewire.domain.errors import Unavailable


@contextmanager
def lock_timeout_is_unavailable() -> Iterator[None]:
    """Turn PostgreSQL's lock timeout, and a deadlock's victim, into `Unavailable`; nothing was changed then."""
    try:
        yield
    except OperationalError as error:
        if isinstance(error.__cause__, postgres.LockNotAvailable | postgres.DeadlockDetected):
            raise Unavailable("Many are booking these seats right now; try again in a second.", code="busy") from error
        raise
