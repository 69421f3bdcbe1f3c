"""The file that ships is what its provenance says."""

import datetime as dt
from pathlib import Path

from farewire.catalog.airports import AirportZones
from farewire.catalog.seat_table import aircraft_types, leg_seats
from farewire.catalog.ssim import CarrierSet, LegRecord, Problems, Tiling, Window, leg_check, leg_expand, read_schedule

SCHEDULE = Path(__file__).parents[4] / "data" / "schedule.ssim"


def test_the_shipped_schedule_is_a_sound_week_that_repeats() -> None:
    problems, zones, tiling = Problems(), AirportZones(), None
    names: set[str] = set()
    ids: set[str] = set()
    records = weekly = 0
    with SCHEDULE.open("rb") as file:
        for record in read_schedule(file, problems):
            if isinstance(record, CarrierSet):
                names.add(record.name)
                tiling = Tiling.of(record)
            elif isinstance(record, LegRecord):
                records += 1
                weekly += len(record.days)
                assert leg_check(record, zones=zones, problems=problems)
                assert leg_seats(equipment=record.equipment, configuration=record.configuration) == aircraft_types()[record.equipment].seats
                ids.update(
                    flown.flight_id for flown in leg_expand(record, window=Window(dt.date(2026, 12, 7), 7), zones=zones, tiling=tiling)
                )
    problems.refuse()
    assert (records, weekly, len(ids)) == (4484, 13294, 13294)
    assert len(names) == 16
    assert "Farewire Air" in names
