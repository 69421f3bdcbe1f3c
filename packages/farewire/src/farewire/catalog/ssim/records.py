"""The records of a chapter 7 data set as values. Times are minutes, dates are dates, blanks are ''."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from enum import StrEnum

from farewire.catalog.ssim.fields import MINUTES_A_DAY

# Service types that sell seats to passengers: scheduled, additional and charter, with or without cargo.
PASSENGER_SERVICES = frozenset("JSUGQRBCLO")
# Marks of a leg that sells seats on another carrier's aircraft: its seats are in that carrier's file.
MARKETED_ONLY = frozenset("LZ")


class TimeMode(StrEnum):
    """Whether a carrier's dates and times are local at each station or UTC."""

    LOCAL = "L"
    UTC = "U"


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """Record type 1: what the file is."""

    title: str = "AIRLINE STANDARD SCHEDULE DATA SET"
    seasons: int = 1
    data_set: int = 1
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class CarrierSet:
    """Record type 2: whose schedule follows, for which dates, in which time mode."""

    carrier: str
    time_mode: TimeMode
    valid_from: dt.date
    valid_to: dt.date | None
    season: str = ""
    created: dt.date | None = None
    title: str = ""
    status: str = "C"
    creator: str = ""
    information: str = ""
    line: int = 0

    @property
    def name(self) -> str:
        """The carrier's name if the general information gives one as `NAME/…`: chapter 7 has no field for it."""
        return self.information.removeprefix("NAME/").strip() if self.information.startswith("NAME/") else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LegRecord:
    """Record type 3: one leg of a flight over a period.

    `departure` and `arrival` are the passengers' times, in minutes after midnight in the carrier's time mode.
    `departure_day` and `arrival_day` count days from the date of the flight's first departure, to which
    `period_from`, `period_to` and `days` refer on every leg; a blank `arrival_day` (None) is the first that fits.
    """

    carrier: str
    number: int
    suffix: str = ""
    itinerary: int = 1
    sequence: int = 1
    service: str = "J"
    period_from: dt.date
    period_to: dt.date | None
    days: frozenset[int]
    every_weeks: int = 1
    origin: str
    departure: int
    departure_variation: int
    departure_terminal: str = ""
    destination: str
    arrival: int
    arrival_variation: int
    arrival_terminal: str = ""
    equipment: str
    configuration: str = ""
    disclosure: str = ""
    departure_day: int = 0
    arrival_day: int | None = None
    time_mode: TimeMode = TimeMode.LOCAL
    line: int = 0

    @property
    def designator(self) -> str:
        """The flight's name: `FW123`, `FW123D` with an operational suffix."""
        return f"{self.carrier}{self.number}{self.suffix}"

    @property
    def for_passengers(self) -> bool:
        """Whether the carrier sells seats of its own on this leg."""
        return self.service in PASSENGER_SERVICES and self.disclosure not in MARKETED_ONLY

    @property
    def block_minutes(self) -> int:
        """Minutes from departure to arrival as the file's own UTC variations give them."""
        depart = self.departure_day * MINUTES_A_DAY + self.departure
        arrive = (self.arrival_day or 0) * MINUTES_A_DAY + self.arrival
        if self.time_mode is TimeMode.LOCAL:
            depart -= self.departure_variation
            arrive -= self.arrival_variation
        block = arrive - depart
        # A blank date variation is read as the first arrival after the departure.
        return block if self.arrival_day is not None else (block - 1) % MINUTES_A_DAY + 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentRecord:
    """Record type 4: facts about a segment. Read so that a file that has them passes; nothing here needs them."""

    carrier: str
    number: int
    data_element: str
    board: str
    off: str
    data: str
    line: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Trailer:
    """Record type 5: the end of a carrier's set; `last` is true at the end of the file."""

    carrier: str
    last: bool
    line: int = 0


Record = Header | CarrierSet | LegRecord | SegmentRecord | Trailer
