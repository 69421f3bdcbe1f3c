"""Writing what pricing found: controls, offers and the state that the feed shows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from django.db import connection

from farewire.domain.fares import CURRENCY
from farewire.domain.leg_control import ComputedControl
from farewire.pricing.cabin_price import CabinPrice
from farewire.pricing.facts import CabinFacts

_CONTROLS = """
INSERT INTO pricing_control (cabin_id, computed_at, inputs_hash, inputs, classes, fares, levels)
SELECT n.cabin_id, %s, n.inputs_hash, n.inputs::jsonb, n.classes::varchar[], n.fares::integer[], n.levels::integer[]
  FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::text[], %s::text[])
       AS n (cabin_id, inputs_hash, inputs, classes, fares, levels)
RETURNING cabin_id, id
"""
_SUPERSEDE = "UPDATE pricing_offerversion SET superseded_at = %s WHERE cabin_id = ANY(%s::bigint[]) AND superseded_at IS NULL"
_OFFERS = """
INSERT INTO pricing_offerversion
       (cabin_id, version, fare_class, protect, currency, amounts, control_id, seats_left, priced_seq, created_at)
SELECT n.cabin_id, n.version, n.fare_class, n.protect, %s, n.amounts::jsonb, n.control_id, n.seats_left, n.priced_seq, %s
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::integer[], %s::text[], %s::bigint[], %s::integer[], %s::bigint[])
       AS n (cabin_id, version, fare_class, protect, amounts, control_id, seats_left, priced_seq)
"""
_STATES = """
UPDATE pricing_flightstate s
   SET version = n.version, document = coalesce(n.document::jsonb, s.document), priced_seqs = n.priced_seqs::jsonb,
       priced_at = CASE WHEN n.document IS NULL THEN s.priced_at ELSE %s END, next_reprice_at = n.next_reprice_at
  FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::timestamptz[])
       AS n (leg_id, version, document, priced_seqs, next_reprice_at)
 WHERE s.leg_id = n.leg_id
"""


@dataclass(frozen=True, slots=True)
class CabinChange:
    """A cabin whose control or offers are new; `version` is the flight's version that shows it."""

    cabin: CabinFacts
    price: CabinPrice
    version: int
    new_offer: bool


@dataclass(frozen=True, slots=True)
class FlightChange:
    """A flight that was priced: `document` is None where nothing that is shown has changed."""

    leg_id: int
    version: int
    document: bytes | None
    priced_seqs: dict[str, int]
    next_reprice_at: datetime | None


def changes_write(*, flights: Sequence[FlightChange], cabins: Sequence[CabinChange], now: datetime) -> None:
    """Write what pricing found, in one to four statements, inside the transaction that holds the flights' locks."""
    with connection.cursor() as cursor:
        control_ids = {change.cabin.cabin_id: change.price.control_id for change in cabins}
        computed = [(change.cabin.cabin_id, change.price.computed) for change in cabins if change.price.computed is not None]
        if computed:
            cursor.execute(_CONTROLS, [now, *_columns([(cabin_id, *control_columns(control)) for cabin_id, control in computed])])
            control_ids.update(cursor.fetchall())
        changed = [change for change in cabins if change.new_offer]
        if changed:
            cursor.execute(_SUPERSEDE, [now, [change.cabin.cabin_id for change in changed]])
        offers = [
            (
                change.cabin.cabin_id,
                change.version,
                change.price.quote.fare_class,
                change.price.quote.protect,
                orjson.dumps(change.price.amounts).decode(),
                control_ids[change.cabin.cabin_id],
                change.cabin.seats_left,
                change.cabin.seq,
            )
            for change in changed
            if change.price.quote is not None
        ]
        if offers:
            cursor.execute(_OFFERS, [CURRENCY, now, *_columns(offers)])
        states = [
            (
                flight.leg_id,
                flight.version,
                None if flight.document is None else flight.document.decode(),
                orjson.dumps(flight.priced_seqs).decode(),
                flight.next_reprice_at,
            )
            for flight in flights
        ]
        cursor.execute(_STATES, [now, *_columns(states)])


def control_columns(computed: ComputedControl) -> tuple[str, str, str, str, str]:
    """Return a control's hash, inputs and arrays as PostgreSQL reads them."""
    control = computed.control
    return (
        computed.inputs_hash,
        computed.inputs_json,
        "{" + ",".join(control.classes) + "}",
        "{" + ",".join(map(str, control.fares)) + "}",
        "{" + ",".join(map(str, control.levels)) + "}",
    )


def _columns(rows: Sequence[tuple[object, ...]]) -> list[list[object]]:
    return [list(column) for column in zip(*rows, strict=True)]
