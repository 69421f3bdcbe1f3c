"""Which journey a traveller takes, if any: the one that leaves them best off."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from random import Random

from farewire_dev.shoppers.journey import Journey, Option
from farewire_dev.shoppers.traveller import Segment, Traveller

# What a brand's conditions are worth to a segment, as parts of what the flight is worth: someone whose plans change pays
# for Flex, most others for nothing.
_CONDITIONS = {
    Segment.BUSINESS: {"basic": 0.0, "standard": 0.12, "flex": 0.30},
    Segment.LEISURE: {"basic": 0.0, "standard": 0.07, "flex": 0.09},
}


def liking(traveller: Traveller, journey: Journey) -> int:
    """What this traveller likes better about this journey than others would, in minor units; the same whenever they look."""
    return round(Random(f"{traveller.number}/{journey.journey_id}").gauss(0.0, traveller.taste))


def surplus(traveller: Traveller, journey: Journey, option: Option) -> int:
    """What the traveller gains by this option, in minor units for each passenger; below 0 it is too dear.

    Worth, plus what the conditions are worth and what they like about the journey, less the price, the hours away from the
    wished departure and the stops.
    """
    hours_off = abs(journey.departs_at.hour + journey.departs_at.minute / 60 - traveller.hour)
    conditions = round(traveller.worth * _CONDITIONS[traveller.segment].get(option.brand, 0.0))
    return (
        traveller.worth
        + conditions
        + liking(traveller, journey)
        - option.amount
        - round(hours_off * traveller.hour_cost)
        - journey.stops * traveller.stop_cost
    )


def option_choose(traveller: Traveller, journeys: Iterable[Journey], *, refused: Collection[str] = ()) -> Option | None:
    """The option that leaves the traveller best off, or None where none is worth its price.

    Journeys of `refused` are passed over, and so are those without seats for the party. Ties fall to the smallest offer
    ids, so that the choice depends on nothing but its arguments.
    """
    best = min(
        (
            (-surplus(traveller, journey, option), option.offer_ids, option)
            for journey in journeys
            if journey.status == "open" and journey.journey_id not in refused
            for option in journey.options
            if option.seats_left >= traveller.passengers and option.offer_ids
        ),
        key=lambda entry: entry[:2],
        default=None,
    )
    return best[2] if best is not None and best[0] <= 0 else None
