"""The rows of a schedule file on their way in: expanded to dates and copied into a temporary table, checked as they go."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import BinaryIO, Protocol

from django.db import connection

from farewire.catalog.airports import AirportZones
from farewire.catalog.seat_table import leg_seats
from farewire.catalog.ssim import (
    CarrierSet,
    FlownLeg,
    LegRecord,
    Problems,
    Tiling,
    TimeMode,
    Window,
    leg_check,
    leg_expand,
    read_schedule,
)
from farewire.domain.errors import InvalidInput
from farewire.domain.states import CabinCode

_CREATE = """
CREATE TEMPORARY TABLE schedule_stage (
    line integer NOT NULL, flight_id text NOT NULL, carrier text NOT NULL, number integer NOT NULL, suffix text NOT NULL,
    sequence smallint NOT NULL, origin text NOT NULL, destination text NOT NULL, local_date date NOT NULL,
    departs_at timestamptz NOT NULL, arrives_at timestamptz NOT NULL, equipment text NOT NULL,
    economy integer NOT NULL, premium integer NOT NULL, business integer NOT NULL
) ON COMMIT DROP
"""
_DUPLICATES = """
SELECT s.line, s.flight_id, d.first_line
FROM (SELECT flight_id, min(line) AS first_line FROM schedule_stage GROUP BY flight_id HAVING count(*) > 1) AS d
JOIN schedule_stage AS s USING (flight_id)
WHERE s.line > d.first_line ORDER BY s.line, s.local_date LIMIT %s
"""
_TELL_EVERY = 5_000
_LONGEST_LINE = 4_096


class Progress(Protocol):
    """Told what is being done and how far it is; called often enough to be shown as it comes."""

    def __call__(self, step: str, done: int, total: int) -> None:
        """`step` has come to `done` of `total`, in whatever unit the step counts."""
        ...


@dataclass(frozen=True, slots=True)
class Validity:
    """The local dates of departure for which a file tells all of a carrier's legs, both included."""

    first: dt.date
    last: dt.date

    @classmethod
    def of(cls, carrier: CarrierSet) -> Validity:
        """Those of a carrier's set; of one in UTC, the dates that are inside it wherever one is."""
        margin = dt.timedelta(days=carrier.time_mode is TimeMode.UTC)
        return cls(carrier.valid_from + margin, (carrier.valid_to or dt.date.max) - margin)


@dataclass(slots=True)
class Staged:
    """What a file brought: who flies, where, in what, and how much of it was taken or passed over."""

    carriers: dict[str, str] = field(default_factory=dict)
    validity: dict[str, Validity] = field(default_factory=dict)
    airports: set[str] = field(default_factory=set)
    equipment: dict[str, Mapping[CabinCode, int]] = field(default_factory=dict)
    legs: int = 0
    not_sold: int = 0
    zone_differs: int = 0


def schedule_stage(*, path: Path, window: Window, redate: bool, progress: Progress) -> Staged:
    """Copy the legs of `path` that depart inside `window` into `schedule_stage`, a table of this transaction.

    Streams: memory holds the airports, carriers and types, not the legs. Raises `ScheduleRefused` with every problem
    found; the transaction must then be given up.
    """
    staged, problems = Staged(), Problems()
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
        with path.open("rb") as file, cursor.copy("COPY schedule_stage FROM STDIN") as copy:
            for flown in _flown(file, window, staged, problems, redate=redate):
                staged.legs += 1
                if not problems:
                    copy.write(_row(flown, staged.equipment))
                if staged.legs % _TELL_EVERY == 0:
                    progress("reading", file.tell(), os.fstat(file.fileno()).st_size)
            progress("reading", file.tell(), os.fstat(file.fileno()).st_size)
            problems.refuse()
        if not staged.legs:
            valid = " ".join(f"{code} from {dates.first} to {dates.last}" for code, dates in staged.validity.items())
            raise InvalidInput(
                f"No flight of the file departs from {window.starts} to {window.last}; it is valid for {valid}. "
                "Choose other dates, or repeat its weeks over these (redate).",
                code="schedule_outside_window",
            )
        cursor.execute("ANALYZE schedule_stage")
        cursor.execute(_DUPLICATES, [50])
        for line, flight_id, first_line in cursor.fetchall():
            problems.add(line, 3, f"{flight_id} is given already by line {first_line}: periods or dates overlap")
        problems.refuse()
    return staged


def _flown(file: BinaryIO, window: Window, staged: Staged, problems: Problems, *, redate: bool) -> Iterator[FlownLeg]:
    zones, tiling = AirportZones(), None
    # A bounded readline: a file without line ends would otherwise come as one line of any size.
    for record in read_schedule(iter(partial(file.readline, _LONGEST_LINE), b""), problems):
        if isinstance(record, CarrierSet):
            staged.carriers[record.carrier] = record.name
            tiling = Tiling.of(record) if redate else None
            staged.validity[record.carrier] = Validity(dt.date.min, dt.date.max) if redate else Validity.of(record)
        elif isinstance(record, LegRecord):
            if not record.for_passengers:
                staged.not_sold += 1
            elif leg_check(record, zones=zones, problems=problems) and _seated(record, staged, problems):
                staged.airports.update((record.origin, record.destination))
                for flown in leg_expand(record, window=window, zones=zones, tiling=tiling):
                    staged.zone_differs += not flown.zone_agrees
                    yield flown


def _seated(leg: LegRecord, staged: Staged, problems: Problems) -> bool:
    seats = leg_seats(equipment=leg.equipment, configuration=leg.configuration)
    if seats is None:
        reason = f"aircraft type {leg.equipment} is not in the seat table, and the configuration (column 173) names no cabins"
        problems.add(leg.line, 73, reason)
        return False
    staged.equipment.setdefault(leg.equipment, seats)
    return True


def _row(flown: FlownLeg, equipment: Mapping[str, Mapping[CabinCode, int]]) -> str:
    """A line of COPY's text format. No field can hold a tab or a backslash: the reader lets letters and digits pass."""
    leg = flown.leg
    seats = leg_seats(equipment=leg.equipment, configuration=leg.configuration) or equipment[leg.equipment]
    economy, premium, business = (seats.get(cabin, 0) for cabin in CabinCode)
    return (
        f"{leg.line}\t{flown.flight_id}\t{leg.carrier}\t{leg.number}\t{leg.suffix}\t{leg.sequence}\t{leg.origin}\t{leg.destination}\t"
        f"{flown.local_date}\t{flown.departs_at}\t{flown.arrives_at}\t{leg.equipment}\t{economy}\t{premium}\t{business}\n"
    )
