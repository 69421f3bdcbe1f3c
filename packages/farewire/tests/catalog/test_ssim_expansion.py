"""Golden dates and times, each looked up by hand in the zone's own rules."""

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from farewire.catalog.airports import AirportZones
from farewire.catalog.ssim import CarrierSet, FlownLeg, LegRecord, Tiling, TimeMode, Window, leg_expand

ZONES = AirportZones()


def minutes(clock: str) -> int:
    return int(clock[:2]) * 60 + int(clock[3:])


def variation(text: str) -> int:
    return (-1 if text[0] == "-" else 1) * minutes(text[1:])


def leg(depart: str, arrive: str, **fields: Any) -> LegRecord:
    """`leg("JFK 09:00 -05:00", "LHR 21:00 +00:00 +0")`."""
    origin, departs, departs_off = depart.split()
    destination, arrives, arrives_off, day = arrive.split()
    return LegRecord(
        **{
            "carrier": "FW",
            "number": 1,
            "period_from": dt.date(2026, 1, 1),
            "period_to": dt.date(2027, 12, 31),
            "days": frozenset(range(1, 8)),
            "origin": origin,
            "departure": minutes(departs),
            "departure_variation": variation(departs_off),
            "destination": destination,
            "arrival": minutes(arrives),
            "arrival_variation": variation(arrives_off),
            "arrival_day": None if day == "?" else int(day),
            "equipment": "789",
            **fields,
        }
    )


def on(record: LegRecord, date: str, **how: Any) -> FlownLeg:
    (flown,) = leg_expand(record, window=Window(dt.date.fromisoformat(date), 1), zones=ZONES, **how)
    return flown


def shown(flown: FlownLeg) -> tuple[str, str]:
    return f"{flown.departs_at:%Y-%m-%d %H:%M}", f"{flown.arrives_at:%Y-%m-%d %H:%M}"


@pytest.mark.parametrize(
    ("record", "date", "departs", "arrives"),
    [
        pytest.param(leg("JFK 21:30 -05:00", "LHR 09:20 +00:00 1"), "2026-12-01", "2026-12-02 02:30", "2026-12-02 09:20", id="overnight"),
        pytest.param(
            leg("JFK 21:30 -05:00", "LHR 09:20 +00:00 ?"), "2026-12-01", "2026-12-02 02:30", "2026-12-02 09:20", id="no day given"
        ),
        pytest.param(leg("DEL 06:10 +05:30", "KTM 08:10 +05:45 0"), "2026-12-01", "2026-12-01 00:40", "2026-12-01 02:25", id="half hours"),
        pytest.param(leg("ADL 10:00 +10:30", "SYD 12:25 +11:00 0"), "2026-12-01", "2026-11-30 23:30", "2026-12-01 01:25", id="half summer"),
        # Eastward over the date line one lands on the day before one left.
        pytest.param(leg("AKL 01:00 +13:00", "HNL 10:50 -10:00 -1"), "2026-12-02", "2026-12-01 12:00", "2026-12-01 20:50", id="day before"),
        # Westward a whole day goes missing.
        pytest.param(
            leg("HNL 23:55 -10:00", "AKL 07:30 +13:00 2"), "2026-12-01", "2026-12-02 09:55", "2026-12-02 18:30", id="two days later"
        ),
        # Samoa and American Samoa: 130 km and a day apart.
        pytest.param(
            leg("APW 15:00 +13:00", "PPG 15:35 -11:00 -1"), "2026-12-02", "2026-12-02 02:00", "2026-12-02 02:35", id="across the line"
        ),
    ],
)
def test_local_times_become_utc(record: LegRecord, date: str, departs: str, arrives: str) -> None:
    flown = on(record, date)
    assert shown(flown) == (departs, arrives)
    assert flown.zone_agrees
    assert flown.flight_id == f"FW1-{date.replace('-', '')}-{record.origin}"


def test_a_flight_over_the_spring_night_lands_by_the_new_time() -> None:
    """New York's clocks go from 02:00 to 03:00 on 14 March 2027: the flight takes an hour less than its clocks say."""
    flown = on(leg("LAX 22:00 -08:00", "JFK 06:25 -04:00 1"), "2027-03-13")
    assert shown(flown) == ("2027-03-14 06:00", "2027-03-14 10:25")


def test_a_flight_over_the_autumn_night_lands_by_the_old_time() -> None:
    """New York's clocks go back from 02:00 to 01:00 on 1 November 2026."""
    flown = on(leg("LAX 22:00 -07:00", "JFK 06:25 -05:00 1"), "2026-10-31")
    assert shown(flown) == ("2026-11-01 05:00", "2026-11-01 11:25")


def test_a_time_in_the_skipped_hour_is_moved_on_by_it() -> None:
    """02:30 does not exist that night: the flight leaves at 03:30 by the new clocks and keeps its block time."""
    flown = on(leg("JFK 02:30 -05:00", "BOS 03:35 -05:00 0"), "2027-03-14")
    assert shown(flown) == ("2027-03-14 07:30", "2027-03-14 08:35")


@pytest.mark.parametrize(("stated", "departs"), [("-04:00", "2026-11-01 05:30"), ("-05:00", "2026-11-01 06:30")])
def test_in_the_repeated_hour_the_files_variation_says_which_moment_is_meant(stated: str, departs: str) -> None:
    flown = on(leg(f"JFK 01:30 {stated}", "MIA 04:40 -05:00 0"), "2026-11-01")
    assert shown(flown) == (departs, "2026-11-01 09:40")


def test_the_zone_decides_where_a_period_runs_over_a_change_of_the_clocks() -> None:
    """One record for all year: passengers read 09:00 in summer as in winter."""
    record = leg("JFK 09:00 -05:00", "LHR 21:00 +00:00 0")
    assert shown(on(record, "2026-12-01")) == ("2026-12-01 14:00", "2026-12-01 21:00")
    summer = on(record, "2026-07-01")
    assert shown(summer) == ("2026-07-01 13:00", "2026-07-01 20:00")
    assert not summer.zone_agrees


def test_a_file_in_utc_is_taken_at_its_word_and_the_zone_gives_the_local_date() -> None:
    """23:30 UTC on Tuesday is Wednesday morning in Delhi: the passenger's flight is Wednesday's."""
    record = leg("DEL 23:30 +05:30", "LHR 08:50 +00:00 1", time_mode=TimeMode.UTC, days=frozenset({2}))
    (flown,) = leg_expand(record, window=Window(dt.date(2026, 12, 1), 7), zones=ZONES)
    assert flown.local_date == dt.date(2026, 12, 2)
    assert shown(flown) == ("2026-12-01 23:30", "2026-12-02 08:50")


def dates(record: LegRecord, starts: str, days: int, **how: Any) -> list[str]:
    return [
        f"{flown.local_date:%m-%d}" for flown in leg_expand(record, window=Window(dt.date.fromisoformat(starts), days), zones=ZONES, **how)
    ]


def test_only_the_days_of_operation_inside_the_period_fly() -> None:
    record = leg(
        "JFK 09:00 -05:00", "LHR 21:00 +00:00 0", days=frozenset({1, 5}), period_from=dt.date(2026, 12, 4), period_to=dt.date(2026, 12, 14)
    )
    assert dates(record, "2026-12-01", 30) == ["12-04", "12-07", "12-11", "12-14"]


def test_a_fortnightly_flight_skips_every_other_week() -> None:
    record = leg("JFK 09:00 -05:00", "LHR 21:00 +00:00 0", days=frozenset({5}), period_from=dt.date(2026, 12, 4), every_weeks=2)
    assert dates(record, "2026-12-01", 35) == ["12-04", "12-18", "01-01"]


def test_an_open_period_never_ends() -> None:
    record = leg("JFK 09:00 -05:00", "LHR 21:00 +00:00 0", period_to=None)
    assert dates(record, "2027-12-30", 4) == ["12-30", "12-31", "01-01", "01-02"]


def test_a_later_leg_of_a_flight_has_its_own_local_date() -> None:
    """The second leg leaves Singapore on the day after the flight left London, and its period is the flight's."""
    first = leg("LHR 20:30 +00:00", "SIN 17:30 +08:00 1", days=frozenset({1}))
    second = leg("SIN 19:30 +08:00", "SYD 06:30 +11:00 2", days=frozenset({1}), departure_day=1, sequence=2)
    window = Window(dt.date(2026, 12, 7), 7)
    (there,) = leg_expand(first, window=window, zones=ZONES)
    (onward,) = leg_expand(second, window=window, zones=ZONES)
    assert (there.flight_id, onward.flight_id) == ("FW1-20261207-LHR", "FW1-20261208-SIN")
    assert shown(there) == ("2026-12-07 20:30", "2026-12-08 09:30")
    assert shown(onward) == ("2026-12-08 11:30", "2026-12-08 19:30")


JUNE = Tiling.of(
    CarrierSet(carrier="FW", time_mode=TimeMode.LOCAL, valid_from=dt.date(2013, 6, 10), valid_to=dt.date(2013, 6, 16)),
)


def june(record: LegRecord) -> LegRecord:
    return replace(record, period_from=dt.date(2013, 6, 10), period_to=dt.date(2013, 6, 16))


def test_redating_keeps_weekday_local_departure_and_block_time() -> None:
    """A June flight flown in December: Phoenix and New York are then an hour nearer, and the arrival says so."""
    record = june(leg("JFK 09:00 -04:00", "PHX 11:10 -07:00 0", days=frozenset({3})))
    assert dates(record, "2026-12-01", 14, tiling=JUNE) == ["12-02", "12-09"]
    flown = on(record, "2026-12-02", tiling=JUNE)
    assert shown(flown) == ("2026-12-02 14:00", "2026-12-02 19:10")
    assert flown.arrives_at.astimezone(ZONES["PHX"]).strftime("%H:%M") == "12:10"


def test_redating_repeats_the_weeks_before_and_after_alike() -> None:
    record = june(leg("JFK 09:00 -04:00", "PHX 11:10 -07:00 0", days=frozenset({3})))
    assert dates(record, "1999-12-29", 8, tiling=JUNE) == ["12-29", "01-05"]


def test_redating_keeps_whole_weeks_of_a_longer_validity() -> None:
    """Ten days repeat every fourteen, so that a Monday's flight stays on Mondays."""
    carrier = CarrierSet(carrier="FW", time_mode=TimeMode.LOCAL, valid_from=dt.date(2026, 6, 1), valid_to=dt.date(2026, 6, 10))
    record = replace(
        leg("JFK 09:00 -04:00", "PHX 11:10 -07:00 0", days=frozenset({1})), period_from=dt.date(2026, 6, 1), period_to=dt.date(2026, 6, 1)
    )
    assert dates(record, "2026-12-07", 28, tiling=Tiling.of(carrier)) == ["12-14", "12-28"]
