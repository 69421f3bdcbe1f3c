"""A file as an airline's own system writes it: CRLF, fields that we do not use, two carriers, segment data, cargo."""

import datetime as dt
from collections import Counter
from pathlib import Path

from farewire.catalog.airports import AirportZones
from farewire.catalog.ssim import CarrierSet, FlownLeg, LegRecord, Problems, Record, Window, leg_check, leg_expand, read_schedule

SAMPLE = Path(__file__).parent / "samples" / "winter.ssim"
ZONES = AirportZones()


def records() -> list[Record]:
    problems = Problems()
    with SAMPLE.open("rb") as file:
        found = list(read_schedule(file, problems))
    for record in found:
        if isinstance(record, LegRecord):
            leg_check(record, zones=ZONES, problems=problems)
    problems.refuse()
    return found


def flown(starts: str, days: int) -> list[FlownLeg]:
    window = Window(dt.date.fromisoformat(starts), days)
    return [
        dated
        for record in records()
        if isinstance(record, LegRecord) and record.for_passengers
        for dated in leg_expand(record, window=window, zones=ZONES)
    ]


def test_every_record_is_read() -> None:
    kinds = Counter(type(record).__name__ for record in records())
    assert kinds == {"Header": 1, "CarrierSet": 2, "LegRecord": 9, "SegmentRecord": 2, "Trailer": 2}
    assert [record.title for record in records() if isinstance(record, CarrierSet)] == ["PACIFIC WINTER", "UTC WINTER"]


def test_its_week_is_the_one_that_passengers_fly() -> None:
    """2 December 2026 is a Wednesday; cargo and the marketed flight are not ours to sell."""
    assert [(leg.flight_id, f"{leg.departs_at:%d %H:%M}", f"{leg.arrives_at:%d %H:%M}") for leg in flown("2026-12-02", 1)] == [
        ("PC8-20261202-AKL", "01 12:00", "01 20:50"),
        ("PC9-20261202-HNL", "03 09:55", "03 18:30"),
        ("PC31D-20261202-ADL", "01 23:30", "02 01:25"),
        ("UT1-20261202-DEL", "01 23:30", "02 08:50"),
    ]


def test_its_fortnightly_flight_flies_every_other_saturday() -> None:
    dates = [leg.local_date.isoformat() for leg in flown("2026-10-25", 60) if leg.leg.number == 30]
    assert dates == ["2026-10-31", "2026-11-14", "2026-11-28"]


def test_its_two_legs_are_a_day_apart() -> None:
    assert [leg.flight_id for leg in flown("2026-12-07", 2) if leg.leg.number == 21] == ["PC21-20261207-LHR", "PC21-20261208-SIN"]


def test_its_open_period_flies_on_next_summer() -> None:
    """In July Auckland is an hour nearer to UTC than the file's winter says; the zone is followed."""
    (leg,) = [leg for leg in flown("2027-07-07", 1) if leg.leg.number == 8]
    assert f"{leg.departs_at:%Y-%m-%d %H:%M}" == "2027-07-06 13:00"
    assert not leg.zone_agrees
