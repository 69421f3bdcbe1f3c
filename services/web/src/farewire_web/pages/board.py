"""The board of fares as a page shows it, made from a search's answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from farewire.contracts.feed import PATH
from farewire.contracts.topics import MarketTopic
from farewire_web.pages.board_filter import CABINS, PARTS, SORTS, STOPS, BoardFilter
from farewire_web.pages.board_row import Row, row_of
from farewire_web.pages.wording import count_text
from farewire_web.search.flights import Search


@dataclass(frozen=True, slots=True)
class Option:
    """One thing to choose."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class OptionGroup:
    """Things of which one is chosen."""

    name: str
    label: str
    options: tuple[Option, ...]


def option_group(name: str, label: str, choices: Mapping[str, str], chosen: str) -> OptionGroup:
    """A group of `choices` (value to label) with one of them chosen."""
    return OptionGroup(name, label, tuple(Option(value, text, value == chosen) for value, text in choices.items()))


@dataclass(frozen=True, slots=True)
class Board:
    """Everything that the page of results shows of its journeys."""

    rows: tuple[Row, ...]
    pills: tuple[OptionGroup, ...]
    selects: tuple[OptionGroup, ...]
    start_state: dict[str, object]

    @property
    def shown(self) -> int:
        """How many rows are not filtered out."""
        return sum(not row.hidden for row in self.rows)

    @property
    def count_text(self) -> str:
        """The same in words."""
        return count_text(self.shown, "journey", "journeys")


def board_build(*, found: Search, chosen: BoardFilter) -> Board:
    """Rows in the order chosen, those not wanted marked hidden, and the state from which the page goes on live."""
    rows = [row_of(journey, found.legs, chosen) for journey in found.journeys]
    rows.sort(key=lambda row: _order(row, chosen.sort))
    airlines = {shown.leg.carrier: shown.leg.carrier_name for shown in found.legs.values()}
    by_name = dict(sorted(airlines.items(), key=lambda item: item[1]))
    cabins = {cabin.cabin for shown in found.legs.values() for cabin in shown.state.cabins} | {"economy", chosen.cabin}
    return Board(
        rows=tuple(_lowest_marked(rows)),
        pills=(
            option_group("cabin", "Cabin", {code: name for code, name in CABINS.items() if code in cabins}, chosen.cabin),
            option_group("stops", "Stops", STOPS, chosen.stops),
            option_group("depart", "Leaving", PARTS, chosen.depart),
        ),
        selects=(
            option_group("carrier", "Airline", {"": "Any", **by_name}, chosen.carrier),
            option_group("sort", "Sort by", SORTS, chosen.sort),
        ),
        start_state={
            "feed": f"/{PATH}",
            "passengers": found.passengers,
            "topics": [str(topic) for topic in found.topics],
            "only": _only(found),
            "journeys": [{"journey_id": journey.journey_id, "flight_ids": journey.flight_ids} for journey in found.journeys],
            "flights": [shown.state.model_dump(mode="json") for shown in found.legs.values()],
        },
    )


def _order(row: Row, sort: str) -> tuple[float, int]:
    if sort == "price":
        return (float("inf") if row.cheapest is None else row.cheapest, row.departs_epoch)
    return (row.duration_minutes if sort == "duration" else 0, row.departs_epoch)


def _lowest_marked(rows: Sequence[Row]) -> list[Row]:
    """The rows with the lowest fare of those shown marked; of several equal ones, the first."""
    lowest = min((row.cheapest for row in rows if not row.hidden and row.cheapest is not None), default=None)
    marked, found = [], False
    for row in rows:
        cells = list(row.fares)
        for index, cell in enumerate(cells):
            if not found and not row.hidden and lowest is not None and cell.amount == lowest:
                cells[index], found = replace(cell, lowest=True), True
        marked.append(replace(row, fares=tuple(cells)))
    return marked


def _only(found: Search) -> dict[str, list[str]]:
    """The flights of each topic that are on the board, so that the feed tells of no others."""
    only: dict[str, list[str]] = {str(topic): [] for topic in found.topics}
    for flight_id, shown in found.legs.items():
        only[str(MarketTopic(shown.leg.origin.code, shown.leg.destination.code, shown.leg.local_date))].append(flight_id)
    return only
