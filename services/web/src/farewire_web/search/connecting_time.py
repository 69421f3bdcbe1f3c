"""How long a connection takes at least and may take at most.

Minimum connecting times follow the shape of IATA's standard ones: less where no border is crossed, more where the
airline changes too. The schedule that we ship names no terminals, so one rule holds for every airport.
"""

from __future__ import annotations

from datetime import timedelta

from farewire_web.search.leg import Leg

DOMESTIC_LEAST = timedelta(minutes=45)
INTERNATIONAL_LEAST = timedelta(minutes=90)
OTHER_AIRLINE = timedelta(minutes=15)
DOMESTIC_MOST = timedelta(hours=4)
INTERNATIONAL_MOST = timedelta(hours=6)


def least_connecting_time(first: Leg, second: Leg) -> timedelta:
    """Return the shortest time between arriving with `first` and departing with `second`."""
    if first.continues_as(second):
        return timedelta()
    least = DOMESTIC_LEAST if first.is_domestic and second.is_domestic else INTERNATIONAL_LEAST
    return least if first.carrier == second.carrier else least + OTHER_AIRLINE


def most_connecting_time(first: Leg, second: Leg) -> timedelta:
    """Return the longest wait that is still offered."""
    return DOMESTIC_MOST if first.is_domestic and second.is_domestic else INTERNATIONAL_MOST
