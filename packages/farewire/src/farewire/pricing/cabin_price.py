"""A cabin's price at a moment, by lookup in its control where that still holds and by a new one where not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farewire.domain.brands import brand_amounts
from farewire.domain.demand import DemandInputs
from farewire.domain.leg_control import ComputedControl, LegControl, Quote, control_compute, control_holds
from farewire.domain.states import CabinStatus, FlightStatus
from farewire.pricing.facts import CabinFacts, LegFacts


@dataclass(frozen=True, slots=True)
class KnownControl:
    """The newest control that the database holds for a cabin."""

    control_id: int
    inputs: DemandInputs
    control: LegControl


@dataclass(frozen=True, slots=True)
class CurrentOffer:
    """The offer of a cabin that nothing has superseded, at the flight's `version`."""

    version: int
    fare_class: str
    protect: int
    amounts: dict[str, int]


@dataclass(frozen=True, slots=True)
class CabinPrice:
    """What a cabin costs now.

    `quote` and `amounts` (minor units per brand) are None and empty where nothing may be sold. `computed` is the new
    control, where the known one did not hold any more; otherwise the price came from `control_id`.
    """

    quote: Quote | None
    amounts: dict[str, int]
    computed: ComputedControl | None
    control_id: int | None

    def is_offered_as(self, offer: CurrentOffer | None) -> bool:
        """Tell whether the current offer says the same as this price."""
        if self.quote is None or offer is None:
            return self.quote is None and offer is None
        return (self.quote.fare_class, self.quote.protect, self.amounts) == (offer.fare_class, offer.protect, offer.amounts)


NOT_SOLD = CabinPrice(quote=None, amounts={}, computed=None, control_id=None)


def cabin_price(*, leg: LegFacts, cabin: CabinFacts, status: FlightStatus, known: KnownControl | None, now: datetime) -> CabinPrice:
    """Price a cabin of a flight whose shown status is `status`.

    Prices depend on flight, time and inventory: nothing here knows who asks.
    """
    if status is not FlightStatus.OPEN or cabin.status is not CabinStatus.OPEN or cabin.seats_left < 1:
        return NOT_SOLD
    inputs = cabin.demand_inputs(leg, now)
    computed = None
    if known is not None and control_holds(known.inputs, inputs):
        control = known.control
    else:
        computed = control_compute(inputs)
        control = computed.control
    quote = control.next_seat(cabin.seats_left)
    return CabinPrice(
        quote=quote,
        amounts=brand_amounts(quote.amount),
        computed=computed,
        control_id=None if computed is not None or known is None else known.control_id,
    )
