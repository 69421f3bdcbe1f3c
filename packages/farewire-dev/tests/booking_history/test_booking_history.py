from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from statistics import mean

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from farewire.domain.states import CabinCode
from farewire.inventory.models import Cabin, LedgerEntry
from farewire.inventory.selectors import ledger_audit
from farewire.outbox.models import OutboxEvent
from farewire_dev.booking_history import REFERENCE, Departure, History, _settings, history_write, seats_sold
from farewire_dev.testing.schedule import leg_make, offers_make

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

departures = st.builds(
    Departure,
    flight_id=st.integers(1, 9999).map(lambda number: f"FW{number}-20261201-JFK"),
    origin=st.just("JFK"),
    destination=st.just("LAX"),
    cabin=st.sampled_from(CabinCode),
    seats=st.integers(0, 400),
    weekday=st.integers(0, 6),
    hour=st.integers(0, 23),
    days_left=st.floats(0, 330),
)


@given(departure=departures, seed=st.integers())
def test_no_cabin_sells_more_seats_than_it_has_and_a_seed_decides(departure, seed):
    sold = seats_sold(departure, seed=seed)
    assert 0 <= sold <= departure.seats
    assert sold == seats_sold(departure, seed=seed)


def fleet(days_left):
    return [
        Departure(f"FW{n}-20261201-JFK", "JFK", f"X{n % 40:02}", CabinCode.ECONOMY, 150, n % 7, 6 + n % 16, days_left)
        for n in range(1, 1500)
    ]


def test_flights_fill_as_their_departure_comes_near():
    loads = [mean(seats_sold(each, seed=7) / each.seats for each in fleet(days)) for days in (60, 29, 14, 7, 1)]
    assert loads == sorted(loads)
    assert loads[0] < 0.25
    assert 0.7 < loads[-1] < 0.95


def test_a_week_ahead_boards_hold_few_sold_out_flights_some_nearly_full_and_most_with_room():
    left = [each.seats - seats_sold(each, seed=7) for each in fleet(7)]
    assert sum(seats == 0 for seats in left) / len(left) < 0.03
    assert 0.01 < sum(1 <= seats <= 9 for seats in left) / len(left) < 0.20
    assert sum(seats > 20 for seats in left) / len(left) > 0.6


@pytest.fixture
def legs(db):
    return [
        leg_make(number=number, local_date=date(2026, 11, 24), seats={CabinCode.ECONOMY: 150, CabinCode.BUSINESS: 20})
        for number in range(100, 110)
    ]


def write(**changes):
    connection.ensure_connection()
    return history_write(connection.connection, **{"seed": 7, "now": NOW, **changes})


def test_counters_ledger_and_seq_stay_in_step(legs):
    written = write()
    assert written.cabins == Cabin.objects.filter(seq=2).count() > 10
    assert written.seats == sum(Cabin.objects.values_list("sold", flat=True))
    assert ledger_audit().mismatched == ()
    assert set(LedgerEntry.objects.filter(seq=2).values_list("kind", "reference")) == {("sold", REFERENCE)}


def test_a_second_run_changes_nothing(legs):
    write()
    before = list(Cabin.objects.order_by("id").values())
    assert write() == History(0, 0)
    assert list(Cabin.objects.order_by("id").values()) == before


def test_a_touched_a_closed_and_a_departed_cabin_are_left_alone(legs):
    Cabin.objects.filter(leg=legs[0]).update(seq=5)
    Cabin.objects.filter(leg=legs[1]).update(status="closed")
    type(legs[2]).objects.filter(pk=legs[2].pk).update(departs_at=NOW - timedelta(hours=2), arrives_at=NOW + timedelta(hours=2))
    write()
    assert not Cabin.objects.filter(leg__in=legs[:3], sold__gt=0).exists()
    assert Cabin.objects.filter(leg__in=legs[3:], sold__gt=0).exists()


def test_only_legs_that_have_prices_are_put_before_the_worker(legs):
    offers_make(leg=legs[0])
    write()
    assert list(OutboxEvent.objects.values_list("kind", "subject")) == [("inventory.changed", legs[0].id)]


def test_an_interrupted_run_goes_on_where_it_stopped(legs, monkeypatch):
    monkeypatch.setattr("farewire_dev.booking_history._CABINS_A_STATEMENT", 6)

    class Interrupted(Exception):
        pass

    def interrupt(_history):
        raise Interrupted

    with pytest.raises(Interrupted):
        write(progress=interrupt)
    first = Cabin.objects.filter(seq=2).count()
    assert 0 < first <= 6
    second = write().cabins
    assert Cabin.objects.filter(seq=2).count() == first + second
    assert ledger_audit().mismatched == ()


def test_the_same_departure_sells_the_same_whatever_else_is_on_the_schedule():
    one = fleet(7)[0]
    assert seats_sold(one, seed=7) == seats_sold(replace(one), seed=7)
    assert {seats_sold(one, seed=seed) for seed in range(30)} != {seats_sold(one, seed=7)}


def test_other_services_variables_do_not_stop_the_start():
    settings = _settings({"FAREWIRE_DATABASE_URL": "postgresql://u@h/d", "FAREWIRE_SECRET_KEY": "x", "FAREWIRE_REDIS_URL": "y"})
    assert settings.database_url.get_secret_value() == "postgresql://u@h/d"
