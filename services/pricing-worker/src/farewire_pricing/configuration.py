"""The settings of the pricing worker."""

from __future__ import annotations

from pydantic import Field

from farewire.platform.settings import BookingSettings, DatabaseSettings, RedisSettings, ServiceSettings


class WorkerSettings(ServiceSettings, DatabaseSettings, RedisSettings, BookingSettings):
    """What a pricing worker reads."""

    pricing_claim_events: int = Field(200, ge=1, le=5000, description="The most outbox events that one transaction prices.")
    pricing_poll_seconds: float = Field(1.0, gt=0, description="How often the outbox is looked at when no notification comes.")
    pricing_retention_hours: int = Field(72, ge=1, description="How long superseded offers and replaced controls are kept.")
