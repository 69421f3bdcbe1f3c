"""What a set of protection levels earns, when demand comes class by class from the lowest fare to the highest.

The static single-leg model of Brumelle and McGill 1993, in which nested protection levels are optimal: with the value
``V`` of the seats that better classes may still sell, class ``j`` sells down to its level, and the best level is the
number of seats whose marginal value still exceeds the class's fare.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist


def discrete_normal(*, mean: float, sd: float) -> list[float]:
    """Return the probability of 0, 1, 2 … requests: a normal demand rounded to whole seats.

    What lies below half a seat counts as none; the tail is cut at ``int(mean + 7 sd)`` and its rest put there.
    """
    normal = NormalDist(mean, sd)
    last = int(mean + 7 * sd)
    below = [normal.cdf(requests + 0.5) for requests in range(last)]
    mass = [below[0], *(high - low for low, high in pairwise(below))]
    return [*mass, 1.0 - below[-1]]


def expected_revenue(*, capacity: int, fares: Sequence[float], demands: Sequence[Sequence[float]], levels: Sequence[int]) -> float:
    """Return the mean revenue of a flight whose class ``j + 1`` stops selling at ``levels[j]`` seats left."""
    value = [0.0] * (capacity + 1)
    for fare, demand, level in zip(fares, demands, (0, *levels), strict=True):
        value = _value_with_class(value, fare, demand, min(level, capacity))
    return value[capacity]


def optimal_levels(*, capacity: int, fares: Sequence[float], demands: Sequence[Sequence[float]]) -> list[int]:
    """Return the whole-seat levels that maximise expected revenue, by dynamic programming."""
    value = [0.0] * (capacity + 1)
    levels: list[int] = []
    level = 0
    for index, fare in enumerate(fares):
        value = _value_with_class(value, fare, demands[index], level)
        if index + 1 < len(fares):
            level = next((seats for seats in range(capacity) if value[seats + 1] - value[seats] <= fares[index + 1]), capacity)
            levels.append(level)
    return levels


def _value_with_class(value: Sequence[float], fare: float, demand: Sequence[float], level: int) -> list[float]:
    """Return the value by seats left once one more, cheaper class may sell before those already in ``value``."""
    extended = list(value[: level + 1])
    for seats in range(level + 1, len(value)):
        most = seats - level
        sold_out = 1.0
        total = 0.0
        for requests, probability in enumerate(demand[:most]):
            total += probability * (fare * requests + value[seats - requests])
            sold_out -= probability
        extended.append(total + sold_out * (fare * most + value[level]))
    return extended
