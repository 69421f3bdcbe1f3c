"""The dynamic programme of one leg: what the seats left are worth, period by period.

Lee and Hersh 1993 as in Talluri and van Ryzin, section 2.5: at most one request a period, accepted when its fare is at
least the bid price ``V(x) - V(x - 1)`` of the next period.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def leg_values(*, fares: Sequence[float], arrivals: Sequence[Sequence[float]], capacity: int) -> list[list[float]]:
    """Return the expected revenue by period and seats left.

    ``arrivals[t][j]`` is the probability that a request for class ``j`` comes in period ``t``, the last period being
    the last before departure. The answer has one row a period, each of ``capacity + 1`` values.
    """
    later = [0.0] * (capacity + 1)
    rows: list[list[float]] = []
    for probabilities in reversed(arrivals):
        row = [0.0]
        for seats in range(1, capacity + 1):
            bid = later[seats] - later[seats - 1]
            gain = sum(probability * max(fare - bid, 0.0) for fare, probability in zip(fares, probabilities, strict=True))
            row.append(later[seats] + gain)
        rows.append(row)
        later = row
    rows.reverse()
    return rows


def bid_prices(values: Sequence[float]) -> list[float]:
    """Return what each seat is worth, from the last one left to the first, of one period's values."""
    return [high - low for low, high in pairwise(values)]
