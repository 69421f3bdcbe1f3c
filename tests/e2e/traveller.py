"""Another traveller, who holds seats over the API while a page looks on."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx


class Traveller:
    """Searches and holds over the public API, without a browser."""

    def __init__(self, url: str) -> None:
        self._client = httpx.Client(base_url=url, timeout=10)
        self._held: list[dict[str, Any]] = []

    def close(self) -> None:
        """Give everything back and leave."""
        for hold in self._held:
            self._client.delete(f"/api/v1/holds/{hold['hold_id']}", headers={"Authorization": f"Bearer {hold['token']}"})
        self._client.close()

    def search(self, origin: str, destination: str, day: str, **more: object) -> dict[str, Any]:
        """The API's answer for a day."""
        response = self._client.get("/api/v1/flights", params={"origin": origin, "destination": destination, "date": day, **more})
        return dict(response.raise_for_status().json())

    def hold(self, offer_ids: list[str], passengers: int = 1) -> dict[str, Any]:
        """Hold seats and answer the hold."""
        response = self._client.post(
            "/api/v1/holds", json={"offer_ids": offer_ids, "passengers": passengers}, headers={"Idempotency-Key": str(uuid.uuid4())}
        )
        self._held.append(response.raise_for_status().json())
        return self._held[-1]


def day_ahead(days: int = 2) -> str:
    """A day of departure some days from now."""
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()
