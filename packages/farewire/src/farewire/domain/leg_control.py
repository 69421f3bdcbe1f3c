"""A cabin's control: its open classes and protection levels, and the price of the next seat under them."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

import orjson

from farewire.domain.demand import DemandInputs, forecast
from farewire.domain.fares import BOOKING_CLASSES, WHOLE, fare_ladder
from farewire.domain.protection import emsr_b, rounded

_DRIFT_SEATS = 4
_DRIFT_PART = 16  # a sixteenth of the cabin


@dataclass(frozen=True, slots=True)
class Quote:
    """What the next seat costs in minor units, before brands; `protect` is what its class leaves for better ones."""

    fare_class: str
    amount: int
    protect: int


@dataclass(frozen=True, slots=True)
class LegControl:
    """Open classes from the dearest to the cheapest with fares in minor units, and the levels between them.

    Class ``j + 1`` sells while more than ``levels[j]`` of the `capacity` seats are left.
    """

    classes: tuple[str, ...]
    fares: tuple[int, ...]
    levels: tuple[int, ...]
    capacity: int

    def next_seat(self, seats_left: int) -> Quote:
        """Return the price of one more seat when `seats_left` (at least 1) are left.

        The lowest open class sells. From the top of its band of seats to the bottom its fare rises to that of the next
        better class, so that each seat sold moves the price a little and none makes it jump.
        """
        if seats_left < 1:
            raise ValueError("no seat is left to price")
        for index in range(len(self.classes) - 1, 0, -1):
            floor = self.levels[index - 1]
            if seats_left > floor:
                top = self.levels[index] if index < len(self.levels) else self.capacity
                width = max(top - floor, 1)
                risen = min(max(top - seats_left, 0), width)
                base = self.fares[index] + (self.fares[index - 1] - self.fares[index]) * risen // width
                return Quote(self.classes[index], _whole(base), floor)
        return Quote(self.classes[0], _whole(self.fares[0]), 0)

    def bid_price(self, seats_left: int) -> int:
        """Return what the last of `seats_left` seats is worth in minor units: the least fare worth taking for it.

        By Littlewood's rule the seat at a class's level is worth the fare of the class below; between levels the
        value is taken to be linear, and to vanish where every seat is left.
        """
        knots = [(0, self.fares[0]), *zip(self.levels, self.fares[1:], strict=True), (self.capacity, 0)]
        for (low, dear), (high, cheap) in pairwise(knots):
            if seats_left <= high and high > low:
                return dear - (dear - cheap) * (seats_left - low) // (high - low)
        return 0


@dataclass(frozen=True, slots=True)
class ComputedControl:
    """A control, with the inputs that it came from as JSON text and their SHA-256 in hexadecimal."""

    control: LegControl
    inputs_json: str
    inputs_hash: str


def control_holds(known: DemandInputs, found: DemandInputs) -> bool:
    """Tell whether a control computed from `known` still serves `found`: nothing moved but few seats.

    Up to some seats sold, a price is a lookup in the control; beyond that the demand has drifted and is looked at anew.
    """
    if replace(found, booked=known.booked) != known:
        return False
    return abs(found.booked - known.booked) < max(_DRIFT_SEATS, found.capacity // _DRIFT_PART)


@lru_cache(maxsize=65536)
def control_compute(inputs: DemandInputs) -> ComputedControl:
    """Return the EMSR-b control of a cabin; the same inputs always give the same control."""
    expected = forecast(inputs)
    count = expected.open_classes
    fares = fare_ladder(inputs.cabin, inputs.miles)[:count]
    levels = tuple(rounded(emsr_b(fares=fares, means=expected.means, sds=expected.sds)))
    codes = tuple(entry.code for entry in BOOKING_CLASSES[inputs.cabin][:count])
    explained = {
        **inputs.as_json(),
        "mean": [round(mean, 2) for mean in expected.means],
        "sd": [round(sd, 2) for sd in expected.sds],
        "expected_booked": round(expected.expected_booked, 1),
        "drift": round(expected.drift, 3),
    }
    text = orjson.dumps(explained, option=orjson.OPT_SORT_KEYS)
    return ComputedControl(
        control=LegControl(classes=codes, fares=fares, levels=levels, capacity=inputs.capacity),
        inputs_json=text.decode(),
        inputs_hash=hashlib.sha256(text).hexdigest(),
    )


def _whole(amount: int) -> int:
    return (amount + WHOLE // 2) // WHOLE * WHOLE
