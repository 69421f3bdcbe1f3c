"""Earlier sales for a demonstration: `python -m farewire_dev.booking_history` sells seats along the booking curve.

Every untouched cabin gets one ledger entry of kind `sold`, so that boards open with flights nearly full beside flights
nearly empty. The same seed sells the same seats of a flight; a cabin is only ever given its history once.
"""

from __future__ import annotations

import argparse
import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import exp
from random import Random
from typing import Any

import psycopg

from farewire.domain.demand import DemandInputs, forecast
from farewire.domain.states import CabinCode, LedgerKind
from farewire.platform.settings import FILE_SUFFIX, PREFIX, DatabaseSettings, ServiceSettings, settings_load

REFERENCE = "booking-history"
_CABINS_A_STATEMENT = 10_000
_PACE = 0.88  # a little behind the curve: a board with seats to sell is the better demonstration
_MARKET_SIGMA = 0.10
_DEPARTURE_SIGMA = 0.24
_SOFT_LOAD = 0.80  # above it, ever fewer of those who would book find a seat at a price that suits them

_UNTOUCHED = """
SELECT c.id, l.flight_id, l.origin_id, l.destination_id, c.code, c.authorized - c.blocked,
       extract(isodow FROM l.local_date)::integer - 1, extract(hour FROM l.departs_at AT TIME ZONE a.zone)::integer,
       extract(epoch FROM l.departs_at - %(now)s)::float8 / 86400
  FROM inventory_cabin c
  JOIN catalog_datedleg l ON l.id = c.leg_id
  JOIN catalog_airport a ON a.code = l.origin_id
 WHERE c.seq = 1 AND c.status = 'open' AND l.status = 'open' AND l.departs_at > %(now)s AND c.id > %(after)s
 ORDER BY c.id LIMIT %(limit)s FOR UPDATE OF c
"""

# Legs without a price need no event: the bulk pricing that follows reads the counters as they are.
_SELL = """
WITH drawn AS (SELECT * FROM unnest(%(cabins)s::bigint[], %(seats)s::integer[]) AS d (cabin_id, seats)),
changed AS (
    UPDATE inventory_cabin AS c SET sold = c.sold + d.seats, seq = c.seq + 1
      FROM drawn AS d WHERE c.id = d.cabin_id AND c.seq = 1
    RETURNING c.id, c.leg_id, c.seq, d.seats),
written AS (
    INSERT INTO inventory_ledgerentry
           (cabin_id, seq, kind, authorized_delta, blocked_delta, sold_delta, held_delta, reference)
    SELECT id, seq, %(kind)s, 0, 0, seats, 0, %(reference)s FROM changed),
woken AS (
    INSERT INTO outbox_outboxevent (kind, subject)
    SELECT DISTINCT 'inventory.changed', leg_id FROM changed
     WHERE EXISTS (SELECT FROM pricing_flightstate AS s WHERE s.leg_id = changed.leg_id)
    RETURNING 1)
SELECT (SELECT count(*) FROM changed), (SELECT coalesce(sum(seats), 0) FROM changed), (SELECT count(*) FROM woken)
"""


@dataclass(frozen=True, slots=True)
class Departure:
    """A cabin of a departure; `weekday` from Monday as 0, `hour` local, `days_left` before it departs."""

    flight_id: str
    origin: str
    destination: str
    cabin: CabinCode
    seats: int
    weekday: int
    hour: int
    days_left: float


@dataclass(frozen=True, slots=True)
class History:
    """What was written: cabins that got a history, and the seats sold in them."""

    cabins: int
    seats: int


def seats_sold(departure: Departure, *, seed: int) -> int:
    """How many seats were sold by now: what the booking curve expects, times how popular market and departure are.

    Between 0 and the seats there are; `seed` and the flight's id decide, and the forecast of `farewire.domain.demand` is the
    curve, so that prices which follow from these sales are neither all high nor all low.
    """
    if departure.seats <= 0:
        return 0
    expected = forecast(
        DemandInputs(
            cabin=departure.cabin,
            miles=1,
            weekday=departure.weekday,
            hour=departure.hour,
            capacity=departure.seats,
            collection_days=departure.days_left,
            booked=0,
        )
    ).expected_booked
    market = _market_appeal(seed, departure.origin, departure.destination)
    rng = Random(f"{seed}/{departure.flight_id}/{departure.cabin}")
    load = _PACE * max(0.0, expected) / departure.seats * exp(market + rng.gauss(0.0, _DEPARTURE_SIGMA))
    if load > _SOFT_LOAD:
        room = 1.0 - _SOFT_LOAD
        load = 1.0 - room * exp(-(load - _SOFT_LOAD) / room)
    # Rounded at random, so that a curve which expects a third of a seat sells one in every third cabin.
    return min(departure.seats, int(load * departure.seats + rng.random()))


@lru_cache(maxsize=4096)
def _market_appeal(seed: int, origin: str, destination: str) -> float:
    return Random(f"{seed}/{origin}-{destination}").gauss(0.0, _MARKET_SIGMA)


def history_write(
    connection: psycopg.Connection[Any], *, seed: int, now: datetime, progress: Callable[[History], None] = lambda _history: None
) -> History:
    """Sell along the booking curve in every open cabin that was never touched; tells `progress` after each ten thousand.

    Counters, ledger, seq and the outbox of legs that have prices move in one statement, a transaction for each ten
    thousand cabins, whose locks are taken in ascending id order. What is interrupted goes on where it stopped.
    """
    cabins = seats = after = 0
    while True:
        with connection.transaction():
            rows = connection.execute(_UNTOUCHED, {"now": now, "after": after, "limit": _CABINS_A_STATEMENT}).fetchall()
            if not rows:
                return History(cabins, seats)
            after = rows[-1][0]
            drawn = [(row[0], seats_sold(_departure(row), seed=seed)) for row in rows]
            sold = [(cabin_id, count) for cabin_id, count in drawn if count]
            written = connection.execute(
                _SELL,
                {
                    "cabins": [cabin_id for cabin_id, _ in sold],
                    "seats": [count for _, count in sold],
                    "kind": LedgerKind.SOLD.value,
                    "reference": REFERENCE,
                },
            ).fetchone()
            if written is not None:
                cabins, seats = cabins + written[0], seats + written[1]
                if written[2]:
                    connection.execute("SELECT pg_notify('farewire_outbox', '')")
        progress(History(cabins, seats))


def _departure(row: Sequence[Any]) -> Departure:
    _, flight_id, origin, destination, cabin, seats, weekday, hour, days_left = row
    return Departure(flight_id, origin, destination, CabinCode(cabin), seats, weekday, hour, days_left)


class HistorySettings(ServiceSettings, DatabaseSettings):
    """Where the database is; what else the environment holds is for others."""


def _settings(environment: Mapping[str, str]) -> HistorySettings:
    known = {f"{PREFIX}{name.upper()}" for name in HistorySettings.model_fields}
    return settings_load(HistorySettings, {name: text for name, text in environment.items() if name.removesuffix(FILE_SUFFIX) in known})


def main() -> None:
    """Read the arguments and write the history."""
    parser = argparse.ArgumentParser(
        prog="python -m farewire_dev.booking_history",
        description="Sell seats along the booking curve in every cabin that was never touched, so that a demonstration opens with "
        "boards as they look on some day, not on the first. Run it after load_schedule; again, it changes nothing more. "
        "Needs FAREWIRE_DATABASE_URL (or FAREWIRE_DATABASE_URL_FILE).",
    )
    parser.add_argument("--seed", type=int, default=7, help="which sales (%(default)s)")
    arguments = parser.parse_args()
    url = _settings(os.environ).database_url.get_secret_value()
    began = time.monotonic()
    with psycopg.connect(url, autocommit=True, application_name="farewire-booking-history") as connection:
        history = history_write(
            connection,
            seed=arguments.seed,
            now=datetime.now(UTC),
            progress=lambda so_far: print(f"booking history: {so_far.cabins:,} cabins, {so_far.seats:,} seats sold", flush=True),
        )
    print(f"booking history: done, {history.cabins:,} cabins, {history.seats:,} seats sold in {time.monotonic() - began:.1f} s", flush=True)


if __name__ == "__main__":
    main()
