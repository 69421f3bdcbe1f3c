"""Small SSIM files for tests."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from farewire.catalog.ssim import CarrierSet, Header, LegRecord, TimeMode, write_schedule

_ROUTES = {
    ("JFK", "LAX"): ("0900", -300, "1215", -480),
    ("LAX", "JFK"): ("1400", -480, "2225", -300),
    ("JFK", "ORD"): ("0700", -300, "0840", -360),
    ("ORD", "JFK"): ("1000", -360, "1310", -300),
}


def leg_record(*, number: int = 100, origin: str = "JFK", destination: str = "LAX", **fields: Any) -> LegRecord:
    """A daily leg of FW over the winter of 2026, in December's UTC variations; `fields` are `LegRecord`'s."""
    departs, departure_variation, arrives, arrival_variation = _ROUTES.get((origin, destination), ("0900", 0, "1200", 0))
    return LegRecord(
        **{
            "carrier": "FW",
            "number": number,
            "period_from": dt.date(2026, 11, 2),
            "period_to": dt.date(2027, 2, 28),
            "days": frozenset(range(1, 8)),
            "origin": origin,
            "departure": int(departs[:2]) * 60 + int(departs[2:]),
            "departure_variation": departure_variation,
            "destination": destination,
            "arrival": int(arrives[:2]) * 60 + int(arrives[2:]),
            "arrival_variation": arrival_variation,
            "arrival_day": 0,
            "equipment": "738",
            **fields,
        }
    )


def schedule_lines(
    legs: Iterable[LegRecord],
    *,
    carrier: str = "FW",
    time_mode: TimeMode = TimeMode.LOCAL,
    valid_from: dt.date = dt.date(2026, 11, 2),
    valid_to: dt.date | None = dt.date(2027, 2, 28),
) -> list[str]:
    """The lines of a file with one carrier's set."""
    carrier_set = CarrierSet(
        carrier=carrier, time_mode=time_mode, valid_from=valid_from, valid_to=valid_to, information="NAME/Farewire Air"
    )
    return list(write_schedule(Header(), [(carrier_set, legs)]))


def schedule_write(path: Path, legs: Iterable[LegRecord], **carrier_set: Any) -> Path:
    """Write `schedule_lines` to `path`; returns it."""
    path.write_text("".join(f"{line}\n" for line in schedule_lines(legs, **carrier_set)), encoding="ascii")
    return path
