from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from farewire_web.pages.place_time import PlaceTime, day_offset, day_offset_text
from farewire_web.pages.wording import amount_text, duration_text, seats_text, zone_text
from farewire_web.search.leg import Place


@pytest.mark.parametrize(
    ("amount", "currency", "text"),
    [(12900, "USD", "$129"), (129950, "USD", "$1,299.50"), (5, "EUR", "€0.05"), (100000000, "USD", "$1,000,000"), (8000, "SEK", "80 SEK")],
)
def test_an_amount_is_written_with_its_currency_and_cents_only_where_there_are_any(amount, currency, text):
    assert amount_text(amount, currency) == text


@pytest.mark.parametrize(
    ("zone", "text"),
    [("America/New_York", "EST"), ("Asia/Kolkata", "IST"), ("America/Sao_Paulo", "UTC-3"), ("Asia/Kathmandu", "UTC+5:45")],
)
def test_a_zone_has_its_short_name_or_its_offset_where_it_has_none(zone, text):
    assert zone_text(datetime(2026, 12, 1, 12, tzinfo=ZoneInfo(zone))) == text


@pytest.mark.parametrize(("minutes", "text"), [(45, "45 min"), (65, "1 h 05"), (600, "10 h 00")])
def test_a_length_of_time_is_in_hours_and_minutes(minutes, text):
    assert duration_text(minutes) == text


@pytest.mark.parametrize(("seats", "text"), [(0, "Sold out"), (1, "1 left"), (8, "8 left"), (9, "9+ seats")])
def test_nine_seats_stand_for_nine_or_more(seats, text):
    assert seats_text(seats) == text


def place(code: str, zone: str) -> Place:
    return Place(code, code, code, "XX", zone, 0.0, 0.0)


@pytest.mark.parametrize(
    ("origin", "destination", "departs", "hours", "mark"),
    [
        ("America/New_York", "Europe/London", datetime(2026, 12, 2, 0, tzinfo=UTC), 7, "+1"),
        ("Pacific/Auckland", "Pacific/Honolulu", datetime(2026, 12, 1, 12, tzinfo=UTC), 8, "-1"),
        ("America/Los_Angeles", "Australia/Sydney", datetime(2026, 12, 2, 6, tzinfo=UTC), 15, "+2"),
        ("America/New_York", "America/Los_Angeles", datetime(2026, 12, 1, 14, tzinfo=UTC), 6, ""),
    ],
)
def test_the_day_of_arrival_is_counted_by_the_clocks_on_each_side(origin, destination, departs, hours, mark):
    leaving = PlaceTime.of(departs, place("AAA", origin))
    landing = PlaceTime.of(departs + timedelta(hours=hours), place("BBB", destination))
    assert day_offset_text(day_offset(leaving, landing)) == mark
