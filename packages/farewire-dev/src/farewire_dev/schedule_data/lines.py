"""Schedule lines from dated departures, and the flights back that the data do not have."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from farewire.catalog.airports import AirportZones
from farewire.catalog.seat_table import aircraft_types, configuration_write
from farewire.catalog.ssim import LegRecord
from farewire.catalog.ssim.fields import MINUTES_A_DAY
from farewire_dev.schedule_data.carriers import CARRIERS
from farewire_dev.schedule_data.departures import WEEK, Departure
from farewire_dev.schedule_data.fleet import REGIONAL, Fleet

_FIRST_DEPARTURE, _LAST_DEPARTURE = 5 * 60 + 30, 23 * 60 + 30
_HIGHEST_NUMBER = 9999
_WIDE_BODIES = frozenset({"332", "762", "763", "764", "772"})


@dataclass(frozen=True, slots=True)
class _Numbers:
    """The flight numbers that a carrier uses, and where and on which weekdays each departs."""

    used: set[int]
    taken: set[tuple[int, str, int]]

    def back(self, outbound: int, station: str, days: Iterable[int]) -> int:
        """A number for the flight back: the next one, or one that is free on these days."""
        days = tuple(days)
        candidates: Iterable[int] = (outbound + 1, outbound - 1, *range(_HIGHEST_NUMBER, 4999, -1))
        for number in candidates:
            if 0 < number <= _HIGHEST_NUMBER and number not in self.used and all((number, station, day) not in self.taken for day in days):
                self.taken.update((number, station, day) for day in days)
                return number
        raise ValueError(f"no flight number is free for the flight back of {outbound}")


def legs_make(departures: Iterable[Departure]) -> Mapping[str, list[LegRecord]]:
    """The leg records of each fictional carrier by its designator: one per schedule line, and one back for each."""
    departures = list(departures)
    fleet, zones = Fleet(departures), AirportZones()
    lines: dict[tuple[str, int, str, str, int, int], list[Departure]] = defaultdict(list)
    for one in departures:
        lines[one.carrier, one.number, one.origin, one.destination, one.departs, one.arrives].append(one)
    numbers: dict[str, _Numbers] = defaultdict(lambda: _Numbers(set(), set()))
    for one in departures:
        numbers[one.carrier].used.add(one.number)
    legs: dict[str, list[LegRecord]] = defaultdict(list)
    for key in sorted(lines):
        there = _outbound(lines[key], fleet.type_of(lines[key]), zones)
        legs[there.carrier] += [there, _back(there, numbers[key[0]])]
    return {code: _vary(legs[code]) for code in sorted(legs, key=lambda code: (code != "FW", code))}


def _outbound(line: list[Departure], equipment: str, zones: AirportZones) -> LegRecord:
    one = line[0]
    leg = LegRecord(
        carrier=CARRIERS[one.carrier].code,
        number=one.number,
        period_from=WEEK[0],
        period_to=WEEK[-1],
        days=frozenset(departure.date.isoweekday() for departure in line),
        origin=one.origin,
        departure=one.departs,
        departure_variation=_variation(zones[one.origin]),
        destination=one.destination,
        arrival=one.arrives,
        arrival_variation=_variation(zones[one.destination]),
        equipment=equipment,
        configuration=configuration_write(aircraft_types()[equipment].seats),
    )
    # The data give the arrival's clock time only: it is the first one after the departure.
    arrives = leg.departure + leg.block_minutes + leg.arrival_variation - leg.departure_variation
    return replace(leg, arrival_day=arrives // MINUTES_A_DAY)


def _back(there: LegRecord, numbers: _Numbers) -> LegRecord:
    """The same aircraft's flight back after a turnaround, or the next morning where that falls into the night."""
    turnaround = 35 if there.equipment in REGIONAL else 80 if there.equipment in _WIDE_BODIES else 50
    ready = (there.arrival_day or 0) * MINUTES_A_DAY + there.arrival + turnaround
    day, departure = divmod(-(-ready // 5) * 5, MINUTES_A_DAY)
    if not _FIRST_DEPARTURE <= departure <= _LAST_DEPARTURE:
        day += departure > _LAST_DEPARTURE
        # Spread over the first hour of the morning, the same for a flight at each run of this tool.
        departure = 6 * 60 + there.number * 5 % 60
    arrives = departure + there.block_minutes + there.departure_variation - there.arrival_variation
    arrival_day, arrival = divmod(arrives, MINUTES_A_DAY)
    days = frozenset((weekday - 1 + day) % 7 + 1 for weekday in there.days)
    return replace(
        there,
        number=numbers.back(there.number, there.destination, days),
        days=days,
        origin=there.destination,
        departure=departure,
        departure_variation=there.arrival_variation,
        destination=there.origin,
        arrival=arrival,
        arrival_variation=there.departure_variation,
        arrival_day=arrival_day,
    )


def _vary(legs: list[LegRecord]) -> list[LegRecord]:
    """The legs in the order of a file, each line of a flight number with its own itinerary variation."""
    ordered = sorted(legs, key=lambda leg: (leg.number, leg.origin, leg.destination, leg.departure, min(leg.days)))
    seen: dict[int, int] = defaultdict(int)
    varied = []
    for leg in ordered:
        seen[leg.number] += 1
        varied.append(replace(leg, itinerary=seen[leg.number]))
    return varied


def _variation(zone: ZoneInfo | None) -> int:
    """Minutes from UTC in the week of the data."""
    assert zone is not None
    offset = dt.datetime.combine(WEEK[0], dt.time(12), tzinfo=zone).utcoffset()
    assert offset is not None
    return int(offset.total_seconds()) // 60
