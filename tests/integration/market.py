"""One market of the site: what the database says of it, and somebody who holds seats in it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import httpx

from .stack import Stack

ORIGIN, DESTINATION = "JFK", "LAX"


class Market:
    """JFK to LAX, tomorrow."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self.date = (dt.datetime.now(dt.UTC) + dt.timedelta(days=1)).date()
        self.topic = f"market:{ORIGIN}-{DESTINATION}:{self.date}"

    def truth(self) -> dict[str, dict[str, Any]]:
        """Every flight's document as PostgreSQL holds it, by flight id."""
        rows = self._stack.rows(
            "SELECT l.flight_id, s.document FROM pricing_flightstate s JOIN catalog_datedleg l ON l.id = s.leg_id "
            f"WHERE l.origin_id = '{ORIGIN}' AND l.destination_id = '{DESTINATION}' AND l.local_date = '{self.date}'"
        )
        return {row["flight_id"]: row["document"] for row in rows}

    def settled(self) -> bool:
        """Whether everything that happened has been priced."""
        (row,) = self._stack.rows("SELECT count(*) AS waiting FROM outbox_outboxevent")
        return bool(row["waiting"] == 0)

    def search(self) -> dict[str, Any]:
        """The journeys of the market."""
        query = {"origin": ORIGIN, "destination": DESTINATION, "date": str(self.date), "passengers": "1", "max_stops": "0"}
        answer = httpx.get(f"{self._stack.url}/api/v1/flights", params=query, timeout=30)
        answer.raise_for_status()
        return dict(answer.json())

    def offers(self) -> list[list[str]]:
        """The cheapest offer of each direct journey that has one, soonest departure first."""
        return [journey["offers"][0]["offer_ids"] for journey in self.search()["journeys"] if journey["offers"]]

    def hold(self, offer_ids: list[str], *, passengers: int = 1, key: str) -> httpx.Response:
        """Ask for a hold."""
        return httpx.post(
            f"{self._stack.url}/api/v1/holds",
            json={"offer_ids": offer_ids, "passengers": passengers},
            headers={"Idempotency-Key": key},
            timeout=30,
        )

    def ledger_faults(self) -> list[dict[str, Any]]:
        """Cabins whose counters differ from their ledger's sums, or whose ledger has a hole."""
        return self._stack.rows(
            "SELECT c.id FROM inventory_cabin c JOIN LATERAL (SELECT count(*) AS entries, max(seq) AS last, "
            "coalesce(sum(authorized_delta), 0) AS authorized, coalesce(sum(blocked_delta), 0) AS blocked, "
            "coalesce(sum(sold_delta), 0) AS sold, coalesce(sum(held_delta), 0) AS held "
            "FROM inventory_ledgerentry e WHERE e.cabin_id = c.id) s ON true "
            "WHERE (c.authorized, c.blocked, c.sold, c.held, c.seq, c.seq) <> "
            "(s.authorized, s.blocked, s.sold, s.held, s.last, s.entries)"
        )
