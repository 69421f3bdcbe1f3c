"""Protection levels: how many seats the better classes keep from the cheaper ones.

Classes run from the highest fare to the lowest. Level ``y[j]`` is what classes ``0..j`` keep: class ``j + 1``
sells while more seats than that are left. Sources: Littlewood 1972; Belobaba 1989 and 1992 (EMSR-a, EMSR-b) as in
Talluri and van Ryzin, *The Theory and Practice of Revenue Management*, chapter 2.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from statistics import NormalDist

_inverse_cdf = NormalDist().inv_cdf

Demand = Sequence[float | None]
"""Mean or standard deviation per class, in seats; None where no forecast exists, which counts as no demand."""


def littlewood(*, fares: tuple[float, float], mean: float, sd: float) -> float:
    """Return the seats that the better of two classes keeps, for normal demand in seats."""
    return emsr_b(fares=fares, means=(mean, 0.0), sds=(sd, 0.0))[0]


def littlewood_poisson(*, fares: tuple[float, float], mean: float) -> int:
    """Return the whole seats that the better of two classes keeps, for Poisson demand.

    The last seat kept is the highest ``y`` with ``fares[0] * P(D >= y) > fares[1]``.
    """
    _check(fares, (mean, 0.0))
    threshold = fares[1] / fares[0]
    term = math.exp(-mean)
    at_least, level = 1.0, 0
    while True:
        at_least -= term  # P(D >= level + 1)
        if at_least <= threshold:
            return level
        level += 1
        term *= mean / level


def emsr_a(*, fares: Sequence[float], means: Demand, sds: Demand) -> list[float]:
    """Return EMSR-a levels: each better class is protected from the next one separately, then the seats add up."""
    _check(fares, means, sds)
    levels: list[float] = []
    for lower in range(1, len(fares)):
        seats = sum(_level(means[better] or 0.0, sds[better] or 0.0, 1.0 - fares[lower] / fares[better]) for better in range(lower))
        levels.append(max(seats, levels[-1] if levels else 0.0))
    return levels


def emsr_b(*, fares: Sequence[float], means: Demand, sds: Demand) -> list[float]:
    """Return EMSR-b levels: the better classes pool into one with their mean fare and summed demand.

    Levels never fall and are never negative. Without demand above a class its level is that of the class before;
    without variance it is the demand itself.
    """
    _check(fares, means, sds)
    levels: list[float] = []
    seats = revenue = variance = level = 0.0
    for better in range(len(fares) - 1):
        mean, sd = means[better] or 0.0, sds[better] or 0.0
        seats += mean
        revenue += mean * fares[better]
        variance += sd * sd
        if seats > 0.0:
            candidate = _level(seats, math.sqrt(variance), 1.0 - fares[better + 1] * seats / revenue)
            level = max(level, candidate)
        levels.append(level)
    return levels


def rounded(levels: Sequence[float]) -> list[int]:
    """Return levels as whole seats, halves up: a seat map has no fractions."""
    return [math.floor(level + 0.5) for level in levels]


def booking_limits(*, levels: Sequence[int], capacity: int) -> list[int]:
    """Return the seats that each class may use alone (partitioned), best class first, summing to the capacity."""
    bounds = [0, *(min(level, capacity) for level in levels), capacity]
    return [upper - lower for lower, upper in pairwise(bounds)]


def _level(mean: float, sd: float, quantile: float) -> float:
    """Return the demand that is exceeded with probability ``1 - quantile``, at least 0."""
    if quantile <= 0.0:
        return 0.0
    if sd <= 0.0:
        return mean
    return max(0.0, mean + sd * _inverse_cdf(quantile))


def _check(fares: Sequence[float], *demands: Demand) -> None:
    for demand in demands:
        if len(demand) != len(fares):
            raise ValueError("every class needs a fare and a demand")
    before = math.inf
    for fare in fares:
        if not 0 < fare <= before:
            raise ValueError("fares must be positive and run from the highest to the lowest")
        before = fare
