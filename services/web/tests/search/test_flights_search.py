from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from farewire.domain.clock import FixedClock
from farewire.domain.errors import FarewireError
from farewire.domain.states import FlightStatus
from farewire_dev.testing.schedule import leg_make, offers_make
from farewire_web.search.flights import flights_search

pytestmark = pytest.mark.django_db
DAY = date(2026, 12, 1)
BUDGET = 4


@pytest.fixture
def search():
    clock = FixedClock(datetime(2026, 11, 25, 12, 0, tzinfo=UTC))

    def call(**changes):
        return flights_search(
            **{"origin": "LAX", "destination": "BOS", "local_date": DAY, "passengers": 1, "max_stops": 1, "clock": clock, **changes}
        )

    call.clock = clock
    return call


def sold(**leg):
    """A leg that is priced; answers its flight id."""
    made = leg_make(**leg)
    offers_make(leg=made)
    return made.flight_id


def test_direct_flights_and_connections_come_by_departure(search, django_assert_max_num_queries):
    late = sold(number=1, origin="LAX", destination="BOS", local_time="12:00", minutes=320)
    first = sold(number=2, origin="LAX", destination="JFK", local_time="07:00", minutes=310)
    second = sold(number=3, origin="JFK", destination="BOS", local_time="16:30", minutes=75)
    sold(number=4, origin="LAX", destination="HNL", local_time="07:00")
    with django_assert_max_num_queries(BUDGET):
        found = search()
    assert [journey.flight_ids for journey in found.journeys] == [[first, second], [late]]
    connection = found.journeys[0]
    assert (connection.stops, connection.duration_minutes, connection.arrival_day_offset) == (1, 465, 0)
    assert connection.departs_local.isoformat() == "2026-12-01T07:00:00-08:00"
    assert connection.arrives_local.isoformat() == "2026-12-01T17:45:00-05:00"
    assert sorted(found.legs) == sorted([first, second, late])


def test_topics_are_those_of_every_leg_and_of_the_market_itself(search):
    sold(number=2, origin="LAX", destination="JFK", local_time="16:00", minutes=310)
    sold(number=3, origin="JFK", destination="BOS", local_date=date(2026, 12, 2), local_time="01:30", minutes=75)
    assert [str(topic) for topic in search().topics] == [
        "market:JFK-BOS:2026-12-02",
        "market:LAX-BOS:2026-12-01",
        "market:LAX-JFK:2026-12-01",
    ]


def test_a_connection_may_leave_after_midnight_and_arrive_a_day_later(search):
    sold(number=2, origin="LAX", destination="JFK", local_time="16:00", minutes=310)
    sold(number=3, origin="JFK", destination="BOS", local_date=date(2026, 12, 2), local_time="01:30", minutes=75)
    (journey,) = search().journeys
    assert journey.arrival_day_offset == 1


def test_without_stops_only_direct_flights_are_found_in_one_query_fewer(search, django_assert_max_num_queries):
    direct = sold(number=1, origin="LAX", destination="BOS")
    sold(number=2, origin="LAX", destination="JFK", local_time="07:00", minutes=310)
    sold(number=3, origin="JFK", destination="BOS", local_time="16:30", minutes=75)
    with django_assert_max_num_queries(BUDGET - 1):
        found = search(max_stops=0)
    assert [journey.flight_ids for journey in found.journeys] == [[direct]]


def test_many_journeys_take_no_more_queries_than_one(search, django_assert_num_queries):
    for n in range(6):
        sold(number=10 + n, origin="LAX", destination="JFK", local_time=f"{6 + n:02}:00", minutes=310)
        sold(number=30 + n, origin="JFK", destination="BOS", local_time=f"{15 + n:02}:30", minutes=75)
        sold(number=50 + n, origin="LAX", destination="BOS", local_time=f"{6 + n:02}:30", minutes=320)
    with django_assert_num_queries(BUDGET):
        found = search()
    assert len(found.journeys) > 15


def test_a_flight_without_a_price_is_not_shown(search):
    leg_make(number=1, origin="LAX", destination="BOS")
    assert search().journeys == ()
    assert [str(topic) for topic in search().topics] == ["market:LAX-BOS:2026-12-01"]


def test_a_flight_that_has_departed_is_not_shown(search):
    early = sold(number=1, origin="LAX", destination="BOS", local_time="06:00")
    late = sold(number=2, origin="LAX", destination="BOS", local_time="18:00")
    search.clock.instant = datetime(2026, 12, 1, 13, 59, tzinfo=UTC)
    assert [journey.flight_ids for journey in search().journeys] == [[early], [late]]
    search.clock.instant = datetime(2026, 12, 1, 14, 0, tzinfo=UTC)
    assert [journey.flight_ids for journey in search().journeys] == [[late]]


def test_a_cancelled_flight_is_shown_as_such(search):
    leg = leg_make(number=1, origin="LAX", destination="BOS")
    state = offers_make(leg=leg).model_copy(update={"status": FlightStatus.CANCELLED.value})
    leg.state.document = state.model_dump(mode="json")
    leg.state.save()
    (journey,) = search().journeys
    assert (journey.status, journey.offers) == ("cancelled", ())


def test_a_party_larger_than_what_is_left_sees_the_flight_sold_out(search):
    leg = leg_make(number=1, origin="LAX", destination="BOS", seats={"economy": 2})
    offers_make(leg=leg)
    assert search(passengers=2).journeys[0].status == "open"
    assert search(passengers=3).journeys[0].status == "sold_out"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"origin": "XXX"}, "unknown_airport"),
        ({"destination": "XXX"}, "unknown_airport"),
        ({"destination": "LAX"}, "same_airport"),
        ({"local_date": date(2026, 11, 24)}, "date_in_past"),
        ({"passengers": 0}, "invalid_passengers"),
        ({"passengers": 10}, "invalid_passengers"),
        ({"max_stops": 2}, "invalid_max_stops"),
    ],
)
def test_a_search_that_makes_no_sense_is_told_why(search, changes, code):
    sold(number=1, origin="LAX", destination="BOS")
    with pytest.raises(FarewireError) as refusal:
        search(**changes)
    assert refusal.value.code == code


def test_today_is_what_the_origins_clock_says(search):
    """At two in the morning UTC it is still yesterday in Honolulu, where one may yet depart."""
    sold(number=1, origin="HNL", destination="LAX", local_date=date(2026, 11, 25), local_time="23:00", minutes=300)
    search.clock.instant = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
    assert len(search(origin="HNL", destination="LAX", local_date=date(2026, 11, 25)).journeys) == 1
    with pytest.raises(FarewireError, match="In Los Angeles it is 2026-11-25 already"):
        search(origin="LAX", destination="HNL", local_date=date(2026, 11, 24))


def test_the_last_day_of_the_calendar_is_only_empty(search):
    sold(number=1, origin="LAX", destination="BOS")
    assert search(local_date=date.max).journeys == ()
