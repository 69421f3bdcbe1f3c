"""When travellers buy down: marginal revenues and efficient sets.

Sources: Fiig, Isler, Hopperstad and Belobaba 2010, *Optimization of mixed fare structures* (the fare transform);
Talluri and van Ryzin 2004, section 2.6.2 (efficient sets).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


def marginal_revenues(*, fares: Sequence[float], means: Sequence[float]) -> list[float]:
    """Return each class's adjusted fare where travellers always take the cheapest open class.

    Opening class ``j`` gains its own buyers but lets everyone above buy down: the change in total revenue per seat of
    added demand. A class whose adjusted fare is not positive is inefficient and should stay closed.
    """
    adjusted: list[float] = []
    seats = revenue = 0.0
    for fare, mean in zip(fares, means, strict=True):
        opened_seats = seats + mean
        opened_revenue = fare * opened_seats
        adjusted.append((opened_revenue - revenue) / mean if mean > 0 else 0.0)
        seats, revenue = opened_seats, opened_revenue
    return adjusted


@dataclass(frozen=True, slots=True)
class OfferSet:
    """A set of classes on sale together, with its chance of a sale and mean revenue per arriving traveller."""

    name: str
    sale_probability: float
    revenue: float


@dataclass(frozen=True, slots=True)
class EfficientSet:
    """An offer set on the efficient frontier; it is best while the seat's marginal value is below ``opens_below``."""

    name: str
    opens_below: float


def offer_sets(*, fares: Mapping[str, float], purchase_probability: Mapping[str, Mapping[str, float]]) -> list[OfferSet]:
    """Return what each set of classes sells and earns, from each class's purchase probability in it."""
    return [
        OfferSet(
            name=name,
            sale_probability=sum(choices.values()),
            revenue=sum(fares[code] * probability for code, probability in choices.items()),
        )
        for name, choices in purchase_probability.items()
    ]


def efficient_sets(sets: Sequence[OfferSet]) -> list[EfficientSet]:
    """Return the sets on the concave frontier of revenue over sales, from the most restrictive to the most open."""
    frontier: list[EfficientSet] = []
    sales = revenue = 0.0
    while True:
        best: OfferSet | None = None
        best_slope = 0.0
        for candidate in sets:
            if candidate.sale_probability <= sales:
                continue
            slope = (candidate.revenue - revenue) / (candidate.sale_probability - sales)
            if slope > best_slope:
                best, best_slope = candidate, slope
        if best is None:
            return frontier
        frontier.append(EfficientSet(name=best.name, opens_below=best_slope))
        sales, revenue = best.sale_probability, best.revenue
