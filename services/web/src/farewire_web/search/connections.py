"""One-stop connections: which legs may follow which, as plain Python over legs already read."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

from farewire_web.search.connecting_time import INTERNATIONAL_MOST, least_connecting_time, most_connecting_time
from farewire_web.search.leg import Leg, Place

MOST_ONWARD = 3
"""Onward legs offered after one arrival at one airport: the soonest ones; a fourth only adds waiting."""

DETOUR_FACTOR = 1.5
DETOUR_MILES = 150


def is_on_the_way(origin: Place, via: Place, destination: Place) -> bool:
    """Whether flying over `via` is at most half as far again as the great circle, plus 150 miles."""
    if via.code in (origin.code, destination.code):
        return False
    flown = origin.miles_to(via) + via.miles_to(destination)
    return flown <= DETOUR_FACTOR * origin.miles_to(destination) + DETOUR_MILES


def connections(first_legs: Iterable[Leg], second_legs: Sequence[Leg]) -> Iterator[tuple[Leg, Leg]]:
    """Yield each pair of legs that a traveller can change between, at the airport where the first one ends.

    Waits lie between the minimum and the maximum connecting times, and after one arrival only the `MOST_ONWARD`
    soonest departures are offered, which a flight's own continuation leads.
    """
    by_origin: dict[str, list[Leg]] = defaultdict(list)
    for leg in sorted(second_legs, key=attrgetter("departs_at", "flight_id")):
        by_origin[leg.origin.code].append(leg)
    for first in first_legs:
        onward = by_origin.get(first.destination.code, [])
        found = 0
        for second in onward[bisect_left(onward, first.arrives_at, key=attrgetter("departs_at")) :]:
            wait = second.departs_at - first.arrives_at
            if found == MOST_ONWARD or wait > INTERNATIONAL_MOST:
                break
            if least_connecting_time(first, second) <= wait <= most_connecting_time(first, second):
                found += 1
                yield first, second
