"""The settings of the gateway."""

from __future__ import annotations

from pydantic import Field

from farewire.platform.settings import RedisSettings, ServiceSettings


class GatewaySettings(ServiceSettings, RedisSettings):
    """What a gateway reads; it knows no database and no secret but Redis's."""

    allowed_hosts: str = Field(
        "*", description="Hosts whose pages may open the feed beside the host that was asked, separated by commas; * for any."
    )
    gateway_max_connections: int = Field(10_000, ge=1, description="The most sockets of one gateway; more are refused with 503.")
    gateway_max_topics: int = Field(20_000, ge=1, description="The most topics that one gateway keeps; more are refused.")
    feed_heartbeat_seconds: float = Field(15.0, gt=0, description="The longest that a client hears nothing on a live connection.")
    feed_beacon_seconds: float = Field(2.0, gt=0, description="How often a gateway compares its topics with Redis.")
    feed_linger_seconds: float = Field(30.0, ge=0, description="How long a gateway keeps a topic that nobody watches any more.")
    feed_topics_per_connection: int = Field(200, ge=1, description="The most topics that one connection may watch.")
    feed_message_bytes: int = Field(65_536, ge=256, description="The longest message that a client may send, in bytes.")
    feed_messages_per_second: float = Field(
        20.0, gt=0, description="How fast one client is listened to; bursts of ten seconds' worth pass."
    )
    drain_seconds: float = Field(20.0, ge=0, description="Over how long a gateway that was told to stop spreads its goodbyes.")
