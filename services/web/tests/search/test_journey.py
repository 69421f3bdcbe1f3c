from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from farewire_web.search.journey import Journey
from services.web.tests.search.legs import leg


def journey(*legs):
    return Journey(legs, "open", ())


def test_over_the_date_line_eastwards_one_arrives_the_day_before():
    found = journey(leg(1, "SYD-LAX", at=14 * 60, minutes=13 * 60))
    assert found.departs_local.isoformat() == "2026-12-02T01:00:00+11:00"
    assert found.arrives_local.isoformat() == "2026-12-01T19:00:00-08:00"
    assert (found.arrival_day_offset, found.duration_minutes) == (-1, 780)


def test_over_the_date_line_westwards_one_arrives_two_days_later():
    found = journey(leg(1, "LAX-SYD", at=6 * 60, minutes=15 * 60))
    assert found.arrival_day_offset == 2


def test_a_night_in_which_clocks_go_back_is_as_long_as_it_is():
    overnight = replace(
        leg(1, "LAX-BOS", at=0),
        departs_at=datetime(2026, 11, 1, 4, 0, tzinfo=UTC),
        arrives_at=datetime(2026, 11, 1, 9, 30, tzinfo=UTC),
    )
    found = journey(overnight)
    assert found.departs_local.isoformat() == "2026-10-31T21:00:00-07:00"
    assert found.arrives_local.isoformat() == "2026-11-01T04:30:00-05:00"
    assert (found.duration_minutes, found.arrival_day_offset) == (330, 1)


def test_its_id_names_its_flights_and_stands_in_an_address_as_it_is():
    found = journey(leg(1, "LAX-JFK", at=0), leg(2, "JFK-BOS", at=300))
    assert found.journey_id == "FW1-20261201-LAX~FW2-20261201-JFK"
