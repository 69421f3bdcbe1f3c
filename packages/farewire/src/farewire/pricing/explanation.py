"""Why a price is what it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from farewire.domain.errors import NotFound
from farewire.domain.fares import CURRENCY
from farewire.domain.identifiers import OfferId
from farewire.domain.leg_control import LegControl
from farewire.domain.money import Money
from farewire.pricing.models import OfferVersion


@dataclass(frozen=True, slots=True)
class PriceExplanation:
    """All that a price depended on: the flight, the time and the seats; nothing about who asked.

    `classes` and `fares` (minor units) run from the dearest open class to the cheapest; class j+1 sells while more than
    `levels[j]` seats are left. `bid_price` is what the last seat left was worth. `inputs` holds the forecast's inputs,
    demand by class and drift; `inputs_hash` is their SHA-256.
    """

    offer: OfferId
    price: Money
    fare_class: str
    seats_left: int
    protect: int
    created_at: datetime
    superseded_at: datetime | None
    computed_at: datetime
    classes: tuple[str, ...]
    fares: tuple[int, ...]
    levels: tuple[int, ...]
    bid_price: Money
    inputs: Mapping[str, object]
    inputs_hash: str


def price_explanation(*, offer: OfferId) -> PriceExplanation:
    """Explain an offer's price; one query. Raises `NotFound` with code `unknown_offer`, also once it was pruned."""
    row = (
        OfferVersion.objects.select_related("control")
        .filter(cabin__leg__flight_id=offer.flight_id, cabin__code=offer.cabin, version=offer.version)
        .first()
    )
    if row is None or row.control is None or offer.brand not in row.amounts:
        raise NotFound("No such offer is known any more; search again.", code="unknown_offer", data={"offer_id": str(offer)})
    control = row.control
    classes, fares, levels = tuple(control.classes), tuple(control.fares), tuple(control.levels)
    return PriceExplanation(
        offer=offer,
        price=Money(row.amounts[offer.brand], row.currency),
        fare_class=row.fare_class,
        seats_left=row.seats_left,
        protect=row.protect,
        created_at=row.created_at,
        superseded_at=row.superseded_at,
        computed_at=control.computed_at,
        classes=classes,
        fares=fares,
        levels=levels,
        bid_price=Money(
            LegControl(classes=classes, fares=fares, levels=levels, capacity=control.inputs["capacity"]).bid_price(row.seats_left), CURRENCY
        ),
        inputs=control.inputs,
        inputs_hash=control.inputs_hash,
    )
