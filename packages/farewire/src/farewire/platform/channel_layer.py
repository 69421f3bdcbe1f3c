"""Channels' `CHANNEL_LAYERS`, composed from the settings: the shared pub/sub layer over Redis."""

from __future__ import annotations

from typing import Any

from farewire.platform.settings import RedisSettings


def channel_layers(settings: RedisSettings) -> dict[str, dict[str, Any]]:
    """`CHANNEL_LAYERS` with the one layer through which workers reach gateways.

    The pub/sub layer is at-most-once and never tells of a reconnect; (epoch, seq) and the gateways' beacons make up for
    that. Its receive loop polls with a timeout of its own, so `socket_timeout` bounds only handshakes and the answers to
    PUBLISH: a server that hangs must not hold the layer's lock for ever.
    """
    return {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [
                    {
                        "address": settings.redis_url.get_secret_value(),
                        "socket_timeout": 3,
                        "socket_connect_timeout": 3,
                        "health_check_interval": 10,
                    }
                ],
                "prefix": f"{settings.redis_prefix}:layer",
            },
        }
    }
