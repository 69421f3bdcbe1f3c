"""The demand still to come for a cabin, class by class.

A forecast depends on the flight, on time and on the cabin's own seats: never on who asks. It is deterministic, so that
the same inputs give the same price and every price can be explained.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, sqrt
from typing import Any

from farewire.domain.fares import BOOKING_CLASSES
from farewire.domain.states import CabinCode

DATA_COLLECTION_DAYS = (
    0.125, 0.25, 0.5, 1.0, 2.0, 3.0, 5.0, 7.0, 10.0, 14.0, 17.0, 21.0, 28.0, 35.0, 45.0, 60.0, 75.0, 90.0, 120.0, 180.0, 365.0,
)  # fmt: skip
"""Days before departure at which a flight's demand is looked at anew."""

_LOAD = 1.05  # unconstrained demand against the seats, on an average day and hour
_WEEKDAY = (1.06, 0.92, 0.94, 1.06, 1.14, 0.86, 1.10)  # Monday first
_HOUR = (
    0.70, 0.68, 0.66, 0.68, 0.76, 0.88, 1.02, 1.12, 1.14, 1.08, 1.00, 0.97,
    0.98, 0.99, 1.00, 1.05, 1.12, 1.16, 1.12, 1.04, 0.96, 0.90, 0.82, 0.75,
)  # fmt: skip
_RELATIVE_SD = 0.3  # beside the Poisson part: how wrong a forecast of one departure is
_DRIFT_FLOOR, _DRIFT_CEILING = 0.8, 1.5
_DRIFT_PRIOR = 0.5  # of the capacity: how many seats of evidence the forecast itself is worth


@dataclass(frozen=True, slots=True)
class DemandInputs:
    """All that a forecast may know: one departure's cabin, when it goes, and how full it is.

    `weekday` counts from Monday as 0 and `hour` is the local hour of departure; `collection_days` is the last
    data-collection point that has passed; `booked` counts seats sold and held.
    """

    cabin: CabinCode
    miles: int
    weekday: int
    hour: int
    capacity: int
    collection_days: float
    booked: int

    def as_json(self) -> dict[str, object]:
        """Return the inputs as plain JSON values."""
        return {
            "cabin": self.cabin,
            "miles": self.miles,
            "weekday": self.weekday,
            "hour": self.hour,
            "capacity": self.capacity,
            "collection_days": self.collection_days,
            "booked": self.booked,
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> DemandInputs:
        """Read the inputs back from `as_json`, whatever else stands beside them."""
        return cls(
            cabin=CabinCode(values["cabin"]),
            miles=values["miles"],
            weekday=values["weekday"],
            hour=values["hour"],
            capacity=values["capacity"],
            collection_days=values["collection_days"],
            booked=values["booked"],
        )


@dataclass(frozen=True, slots=True)
class Forecast:
    """Demand to come by class, dearest first, in seats; `open_classes` is how many of them advance purchase leaves open.

    `expected_booked` is what the booking curve expects to be sold by now and `drift` what the demand to come was
    multiplied by because the truth differs.
    """

    means: tuple[float, ...]
    sds: tuple[float, ...]
    open_classes: int
    expected_booked: float
    drift: float


def collection_point(days_left: float) -> float:
    """Return the data-collection point that a flight `days_left` days before departure has passed."""
    index = bisect_left(DATA_COLLECTION_DAYS, days_left)
    return DATA_COLLECTION_DAYS[min(index, len(DATA_COLLECTION_DAYS) - 1)]


def next_collection_point(days_left: float) -> float | None:
    """Return the next data-collection point, in days before departure; None after the last."""
    index = bisect_left(DATA_COLLECTION_DAYS, days_left)
    return DATA_COLLECTION_DAYS[index - 1] if index else None


def forecast(inputs: DemandInputs) -> Forecast:
    """Return the demand still to come for a cabin."""
    total = inputs.capacity * _LOAD * _WEEKDAY[inputs.weekday] * _HOUR[inputs.hour]
    classes = BOOKING_CLASSES[inputs.cabin]
    days = inputs.collection_days
    # A class closes at the data-collection point of its advance purchase; some class always stays on sale.
    open_classes = sum(1 for entry in classes if entry.advance_days == 0 or days > entry.advance_days)
    to_come = [total * entry.share * (1.0 - exp(-(days - entry.advance_days) / entry.lead_days)) for entry in classes[:open_classes]]
    expected = min(total - sum(to_come), float(inputs.capacity))
    prior = inputs.capacity * _DRIFT_PRIOR
    drift = min(max((inputs.booked + prior) / (expected + prior), _DRIFT_FLOOR), _DRIFT_CEILING) if prior else 1.0
    means = tuple(mean * drift for mean in to_come)
    sds = tuple(sqrt(mean + (_RELATIVE_SD * mean) ** 2) for mean in means)
    return Forecast(means=means, sds=sds, open_classes=open_classes, expected_booked=expected, drift=drift)
