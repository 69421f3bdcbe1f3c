"""The asyncio client by which gateways and workers reach Redis beside the channel layer."""

from __future__ import annotations

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from farewire.platform.settings import RedisSettings


def redis_client(settings: RedisSettings, *, timeout_seconds: float = 3.0) -> Redis:
    """Make a client whose commands answer or fail within about `timeout_seconds`, twice that after a broken connection.

    The one retry is for a pooled connection that the server closed while it lay idle; redis-py's ten, with their backoff,
    would hide an outage for seconds from those who must tell their clients of it.
    """
    return Redis.from_url(
        settings.redis_url.get_secret_value(),
        socket_timeout=timeout_seconds,
        socket_connect_timeout=timeout_seconds,
        retry=Retry(NoBackoff(), 1),
    )
