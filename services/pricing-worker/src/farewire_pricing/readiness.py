"""Whether a worker's dependencies answer and the schema is current."""

from __future__ import annotations

import redis
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from farewire.platform.settings import RedisSettings

_TIMEOUT_SECONDS = 2.0


def database_check() -> str | None:
    """None while PostgreSQL answers and bears the schema of this release, otherwise why not."""
    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    finally:
        connection.close()  # each probe has a thread of its own
    return f"{len(pending)} migrations are pending" if pending else None


def redis_check(settings: RedisSettings) -> str | None:
    """None while Redis answers; it raises where not."""
    with redis.Redis.from_url(
        settings.redis_url.get_secret_value(), socket_timeout=_TIMEOUT_SECONDS, socket_connect_timeout=_TIMEOUT_SECONDS
    ) as client:
        client.ping()
    return None
