"""Channels' `CHANNEL_LAYERS`, composed from the settings: the shared pub/sub layer over Redis."""

from __future__ import annotations

from typing import Any

from farewire.platform.settings import RedisSettings


def channel_layers(settings: RedisSettings) -> dict[str, dict[str, Any]]:
    """`CHANNEL_LAYERS` with the one layer through which workers reach gateways.

    The pub/sub layer is at-most-once and never tells of a reconnect; (epoch, seq) and the gateways' beacons make up for
    that. `socket_timeout` is off, since a subscriber waits for messages without end and redis-py 8 would cut it.
    """
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": settings.redis_url.get_secret_value(), "socket_timeout": None, "health_check_interval": 10}],
                "prefix": f"{settings.redis_prefix}:layer",
            },
        }
    }
