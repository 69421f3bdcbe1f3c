"""Reads legs from the schedule."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from farewire.catalog.models import DatedLeg
from farewire_web.search.leg import Leg, Place

_LEG = (
    "id",
    "flight_id",
    "carrier_id",
    "carrier__name",
    "number",
    "suffix",
    "leg_sequence",
    "local_date",
    "departs_at",
    "arrives_at",
    "equipment_id",
)
_AIRPORTS_AT = _LEG.index("local_date")
_PLACE = ("code", "name", "city", "country", "zone", "latitude", "longitude")


def legs_departing(start: Place, end: Place, local_date: date, *, direct_only: bool) -> list[Leg]:
    """Read the legs that leave `start` on the day, with the airports where they end; one query."""
    rows = DatedLeg.objects.filter(origin_id=start.code, local_date=local_date)
    if direct_only:
        rows = rows.filter(destination_id=end.code)
    known = {end.code: end}
    legs: list[Leg] = []
    for row in rows.values_list(*_LEG, *(f"destination__{name}" for name in _PLACE)):
        leg, place = row[: len(_LEG)], row[len(_LEG) :]
        legs.append(_leg(start, known.setdefault(place[0], Place(*place)), leg))
    return legs


def legs_arriving(first_legs: Sequence[Leg], end: Place) -> list[Leg]:
    """Read the legs to `end` from where the first legs end, on the days of their arrivals and the days after; one query."""
    vias = {leg.destination.code: leg.destination for leg in first_legs}
    days = {leg.arrives_local.date() for leg in first_legs}
    days |= {day + timedelta(days=1) for day in days}
    rows = DatedLeg.objects.filter(origin_id__in=sorted(vias), destination_id=end.code, local_date__in=sorted(days))
    return [_leg(vias[row[-1]], end, row[:-1]) for row in rows.values_list(*_LEG, "origin_id")]


def _leg(origin: Place, destination: Place, row: tuple[Any, ...]) -> Leg:
    """Set the airports between the columns of `_LEG`, whose order is that of `Leg`."""
    return Leg(*(*row[:_AIRPORTS_AT], origin, destination, *row[_AIRPORTS_AT:]))
