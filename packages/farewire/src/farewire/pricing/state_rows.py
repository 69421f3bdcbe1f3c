"""Reading flights under their lock: what is shown of them, their seats, controls and current offers."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

import orjson
from django.db import connection

from farewire.domain.demand import DemandInputs
from farewire.domain.leg_control import LegControl
from farewire.pricing.cabin_price import CurrentOffer, KnownControl
from farewire.pricing.facts import (
    CABIN_COLUMNS,
    CABIN_ORDER,
    CABIN_WIDTH,
    LEG_COLUMNS,
    LEG_JOINS,
    LEG_WIDTH,
    CabinFacts,
    LegFacts,
    cabin_facts,
    leg_facts,
)

_STATES = f"""
SELECT {LEG_COLUMNS}, s.version, s.document, s.priced_seqs
  FROM pricing_flightstate s JOIN catalog_datedleg l ON l.id = s.leg_id {LEG_JOINS}
 WHERE s.leg_id = ANY(%s::bigint[])
 ORDER BY s.leg_id FOR NO KEY UPDATE OF s
"""  # noqa: S608  # constants of ours
_CABINS = f"""
SELECT {CABIN_COLUMNS}, k.id, k.inputs, k.classes, k.fares, k.levels, offer.version, offer.fare_class, offer.protect, offer.amounts
  FROM inventory_cabin c
  LEFT JOIN LATERAL (SELECT * FROM pricing_control WHERE cabin_id = c.id ORDER BY id DESC LIMIT 1) k ON true
  LEFT JOIN pricing_offerversion offer ON offer.cabin_id = c.id AND offer.superseded_at IS NULL
 WHERE c.leg_id = ANY(%s::bigint[])
"""  # noqa: S608  # constants of ours


@dataclass(frozen=True, slots=True)
class KnownCabin:
    """A cabin with its newest control and the offer that is current."""

    facts: CabinFacts
    control: KnownControl | None
    offer: CurrentOffer | None


@dataclass(frozen=True, slots=True)
class KnownFlight:
    """A flight that was priced before, its cabins in the order in which they are shown.

    `document` is what was last committed, and `priced_seqs` the inventory changes, by cabin id, that it shows.
    """

    leg: LegFacts
    version: int
    document: str
    priced_seqs: dict[str, int]
    cabins: list[KnownCabin] = field(default_factory=list)


def states_lock(*, leg_ids: Collection[int]) -> list[KnownFlight]:
    """Lock and read the flights among `leg_ids` that have been priced before; two queries, inside a transaction.

    THE LOCK IS TAKEN BEFORE THE SEATS ARE READ: whoever holds it sees every inventory change that was committed before,
    so of two workers the one that prices later prices the newer seats, and versions only rise. Locks are taken by
    ascending leg id; seats are read without any lock, so that no hold ever waits for a price.
    """
    ids = list(leg_ids)
    with connection.cursor() as cursor:
        cursor.execute(_STATES, [ids])
        flights: dict[int, KnownFlight] = {}
        for row in cursor.fetchall():
            version, document, seqs = row[LEG_WIDTH:]
            flights[row[0]] = KnownFlight(
                leg=leg_facts(row[:LEG_WIDTH]), version=version, document=document, priced_seqs=orjson.loads(seqs)
            )
        cursor.execute(_CABINS, [list(flights)])
        for row in cursor.fetchall():
            flights[row[0]].cabins.append(
                KnownCabin(
                    facts=cabin_facts(row[:CABIN_WIDTH]),
                    control=_control(*row[CABIN_WIDTH : CABIN_WIDTH + 5]),
                    offer=_offer(*row[CABIN_WIDTH + 5 :]),
                )
            )
    for flight in flights.values():
        flight.cabins.sort(key=lambda cabin: CABIN_ORDER[cabin.facts.code])
    return list(flights.values())


def _control(control_id: int | None, inputs: str, classes: list[str], fares: list[int], levels: list[int]) -> KnownControl | None:
    if control_id is None:
        return None
    known = DemandInputs.from_json(orjson.loads(inputs))
    control = LegControl(classes=tuple(classes), fares=tuple(fares), levels=tuple(levels), capacity=known.capacity)
    return KnownControl(control_id=control_id, inputs=known, control=control)


def _offer(version: int | None, fare_class: str, protect: int, amounts: str) -> CurrentOffer | None:
    if version is None:
        return None
    return CurrentOffer(
        version=version,
        fare_class=fare_class,
        protect=protect,
        amounts=orjson.loads(amounts),
    )
