"""Which aircraft type flies a schedule line, from the registry's model names; its seat counts are not to be trusted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from farewire_dev.schedule_data.carriers import CARRIERS
from farewire_dev.schedule_data.departures import Departure

# The IATA type of each model name, by its beginning; the longest that fits counts.
_TYPES = {
    "A319": "319",
    "A320": "320",
    "A321": "321",
    "A330-2": "332",
    "717-2": "717",
    "737-3": "733",
    "737-4": "734",
    "737-7": "73G",
    "737-8": "738",
    "737-9": "739",
    "757-2": "752",
    "757-3": "753",
    "767-2": "762",
    "767-3": "763",
    "767-4": "764",
    "777-2": "772",
    "MD-88": "M88",
    "DC-9-82": "M82",
    "DC-9-83": "M83",
    "EMB-145": "ER4",
    "ERJ 190": "E90",
    "CL-600-2B19": "CR2",
    "CL-600-2C10": "CR7",
    "CL-600-2D24": "CR9",
}
REGIONAL = frozenset({"ER4", "CR2", "CR7", "CR9", "E70", "E75"})
# Where a carrier's aircraft are missing from the registry altogether.
_FALLBACK = {True: "CR7", False: "738"}


def aircraft_type(departure: Departure) -> str | None:
    """The IATA type of the departure's aircraft, None where it is missing or cannot be the aircraft that flew.

    Tail numbers have been given to other aircraft since: the data would have a helicopter fly to Cleveland.
    """
    if departure.model is None:
        return None
    code = next((code for start, code in _TYPES.items() if departure.model.startswith(start)), None)
    if code is None or CARRIERS[departure.carrier].regional != (code in REGIONAL):
        return None
    return code


class Fleet:
    """Chooses a type for departures: the one flown most, on the line, the route, or by the carrier."""

    def __init__(self, departures: Iterable[Departure]) -> None:
        self._routes: dict[tuple[str, str, str], Counter[str]] = defaultdict(Counter)
        self._carriers: dict[str, Counter[str]] = defaultdict(Counter)
        for departure in departures:
            if code := aircraft_type(departure):
                self._routes[departure.carrier, departure.origin, departure.destination][code] += 1
                self._carriers[departure.carrier][code] += 1

    def type_of(self, line: Sequence[Departure]) -> str:
        """The type for the departures of one schedule line."""
        one = line[0]
        for flown in (
            Counter(code for departure in line if (code := aircraft_type(departure))),
            self._routes[one.carrier, one.origin, one.destination],
            self._carriers[one.carrier],
        ):
            if flown:
                return min(flown, key=lambda code: (-flown[code], code))
        return _FALLBACK[CARRIERS[one.carrier].regional]
