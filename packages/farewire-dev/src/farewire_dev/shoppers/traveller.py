"""A traveller: what one wants, how much it is worth to them, and how they behave; all drawn from a seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp
from random import Random

from farewire.domain.fares import mean_fare
from farewire_dev.shoppers.market import FOCUS, Board, Market, market_draw


class Segment(StrEnum):
    """Who pays: an employer who needs to be there, or the traveller, who would like to be."""

    BUSINESS = "business"
    LEISURE = "leisure"


class Resolve(StrEnum):
    """What a traveller does with the seats they hold."""

    PAY = "pay"
    RELEASE = "release"
    FORGET = "forget"


@dataclass(frozen=True, slots=True)
class Habits:
    """How a segment behaves.

    `worth` is the median of what a seat is worth, against the market's mean fare, `worth_sigma` its spread (lognormal);
    `lead_days` the mean days before departure; `hour_worth` what each hour away from the wished departure costs, and
    `stop_worth` a stop, both as parts of the mean fare; `taste` how much one likes an airline or a flight better than the next
    (the spread, in the same parts); `parties` the weights of 1, 2, 3 … together; `books` the share
    that wants to hold, the others only look.
    """

    share: float
    worth: float
    worth_sigma: float
    lead_days: float
    hour_worth: float
    stop_worth: float
    taste: float
    parties: tuple[int, ...]
    books: float
    hours: tuple[int, ...]


# Business: 30 % of travellers, alone, late, dear and about the hour; leisure: in twos and fours, early and about the price.
HABITS: dict[Segment, Habits] = {
    Segment.BUSINESS: Habits(
        share=0.3, worth=2.6, worth_sigma=0.45, lead_days=8, hour_worth=0.30, stop_worth=0.8, taste=0.6,
        parties=(82, 14, 3, 1), books=0.5, hours=(6, 7, 8, 8, 9, 12, 16, 17, 18, 18, 19),
    ),
    Segment.LEISURE: Habits(
        share=0.7, worth=1.25, worth_sigma=0.40, lead_days=20, hour_worth=0.04, stop_worth=0.25, taste=0.35,
        parties=(34, 38, 10, 12, 4, 2), books=0.28, hours=(7, 9, 10, 11, 12, 13, 14, 15, 17, 19),
    ),
}  # fmt: skip

_RESOLVES = {Resolve.PAY: 55, Resolve.RELEASE: 25, Resolve.FORGET: 20}


@dataclass(frozen=True, slots=True)
class Traveller:
    """One party that comes to the site; amounts are minor units for each passenger.

    `worth` is what the flight at the wished hour is worth to them, `taste` the spread of what they like
    better about one journey than another, `looks` how many searches they make before they
    decide, `patience_seconds` how long they would wait when asked to come back later.
    """

    number: int
    segment: Segment
    market: Market
    days_ahead: int
    passengers: int
    worth: int
    hour: int
    hour_cost: int
    stop_cost: int
    taste: int
    books: bool
    looks: int
    resolve: Resolve
    look_seconds: float
    decide_seconds: float
    patience_seconds: float


@dataclass(frozen=True, slots=True)
class Crowding:
    """How travellers spread: `focus_share` of them look at one of `focus`, the others anywhere within `horizon_days`."""

    focus: Sequence[Board] = FOCUS
    focus_share: float = 0.6
    horizon_days: int = 29

    def __post_init__(self) -> None:
        if not 0 <= self.focus_share <= 1:
            raise ValueError(f"the share of travellers on the focus lies between 0 and 1, not {self.focus_share}")
        if self.horizon_days < 1:
            raise ValueError(f"travellers look at least one day ahead, not {self.horizon_days}")


def traveller_draw(*, number: int, rng: Random, crowding: Crowding) -> Traveller:
    """Draw traveller `number` from `rng`, which should be theirs alone."""
    segment = Segment.BUSINESS if rng.random() < HABITS[Segment.BUSINESS].share else Segment.LEISURE
    habits = HABITS[segment]
    if crowding.focus and rng.random() < crowding.focus_share:
        board = rng.choice(crowding.focus)
        market, days_ahead = board.market, board.days_ahead
    else:
        market, days_ahead = market_draw(rng), round(rng.gammavariate(2.0, habits.lead_days / 2.0))
    mean = mean_fare(market.miles)
    return Traveller(
        number=number,
        segment=segment,
        market=market,
        days_ahead=min(max(days_ahead, 1), crowding.horizon_days),
        passengers=1 + rng.choices(range(len(habits.parties)), weights=habits.parties)[0],
        worth=round(mean * habits.worth * exp(rng.gauss(0.0, habits.worth_sigma))),
        hour=rng.choice(habits.hours),
        hour_cost=round(mean * habits.hour_worth),
        stop_cost=round(mean * habits.stop_worth),
        taste=round(mean * habits.taste),
        books=rng.random() < habits.books,
        looks=1 + min(4, int(rng.expovariate(1.1))),
        resolve=rng.choices(list(_RESOLVES), weights=list(_RESOLVES.values()))[0],
        look_seconds=min(60.0, 4.0 + rng.expovariate(1 / 10.0)),
        decide_seconds=min(240.0, 15.0 + rng.expovariate(1 / 45.0)),
        patience_seconds=5.0 + rng.expovariate(1 / 30.0),
    )


@dataclass(frozen=True, slots=True)
class Arrival:
    """A traveller, and how many seconds after the one before they come."""

    after_seconds: float
    traveller: Traveller


def arrivals(*, seed: int, rate: float, crowding: Crowding) -> Iterator[Arrival]:
    """Poisson arrivals, `rate` a second, without end; the same seed and crowding give the same travellers."""
    if rate <= 0:
        raise ValueError(f"travellers arrive at a rate above 0 a second, not {rate}")
    gaps = Random(f"{seed}/gaps")
    number = 0
    while True:
        number += 1
        # Each has a stream of their own, so that a traveller is the same at any rate.
        rng = Random(f"{seed}/{number}")
        yield Arrival(gaps.expovariate(rate), traveller_draw(number=number, rng=rng, crowding=crowding))
