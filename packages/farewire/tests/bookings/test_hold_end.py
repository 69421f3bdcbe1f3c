"""A hold leaves `active` once, and its seats go exactly one way."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from farewire.bookings.holds import hold_get
from farewire.bookings.models import Hold
from farewire.bookings.services import hold_convert, hold_extend, hold_release, holds_expire, idempotency_prune
from farewire.domain.clock import FixedClock
from farewire.domain.errors import Conflict, NotFound
from farewire.domain.states import CabinCode, HoldState
from farewire_dev.testing.schedule import leg_make, offers_make

from .conftest import NOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def leg():
    leg = leg_make(seats={CabinCode.ECONOMY: 5})
    offers_make(leg=leg, at=NOW)
    return leg


@pytest.fixture
def held(leg, hold):
    return hold(f"{leg.flight_id}.economy.1.basic", passengers=2)


def test_a_released_hold_gives_its_seats_back_once(leg, held, clock):
    assert hold_release(hold_id=held.hold_id, clock=clock).state is HoldState.RELEASED
    assert hold_release(hold_id=held.hold_id, clock=clock).state is HoldState.RELEASED
    cabin = leg.cabins.get()
    assert (cabin.held, cabin.seq) == (0, 3)


def test_a_hold_expires_at_its_time_and_not_before(leg, held, clock):
    clock.advance(timedelta(minutes=15) - timedelta(seconds=1))
    assert holds_expire(clock=clock) == 0
    clock.advance(timedelta(seconds=1))
    assert hold_get(hold_id=held.hold_id, now=clock.now()).state is HoldState.EXPIRED
    assert leg.cabins.get().held == 2
    assert holds_expire(clock=clock) == 1
    assert leg.cabins.get().held == 0
    assert holds_expire(clock=clock) == 0


def test_a_hold_is_extended_once_and_never_beyond_its_cap(held, clock, terms):
    clock.advance(timedelta(minutes=14))
    extended = hold_extend(hold_id=held.hold_id, terms=terms, clock=clock)
    assert extended.expires_at == NOW + timedelta(minutes=29)
    clock.advance(timedelta(minutes=10))
    assert hold_extend(hold_id=held.hold_id, terms=terms, clock=clock).expires_at == extended.expires_at
    assert Hold.objects.get().expires_at <= Hold.objects.get().cap_at


def test_a_converted_hold_is_sold_and_neither_released_nor_expired(leg, held, clock):
    assert hold_convert(hold_id=held.hold_id, reference="order", clock=clock).state is HoldState.CONVERTED
    cabin = leg.cabins.get()
    assert (cabin.sold, cabin.held) == (2, 0)
    with pytest.raises(Conflict):
        hold_release(hold_id=held.hold_id, clock=clock)
    clock.advance(timedelta(hours=1))
    assert holds_expire(clock=clock) == 0
    assert leg.cabins.get().sold == 2


def test_a_hold_extended_while_a_sweep_is_at_work_stays(leg, held, clock, terms):
    """The sweep has read that the hold is due; the payment that extended it asked in time, and was slower to commit."""
    in_time = FixedClock(NOW + timedelta(minutes=15) - timedelta(milliseconds=1))
    clock.advance(timedelta(minutes=15))
    extended = []

    def extend_before_the_lock(execute, sql, *arguments):
        if "FOR UPDATE" in sql and not extended:
            extended.append(True)
            Hold.objects.update(extended_at=in_time.now(), expires_at=in_time.now() + terms.duration)
        return execute(sql, *arguments)

    with connection.execute_wrapper(extend_before_the_lock):
        assert holds_expire(clock=clock) == 0
    assert extended
    assert hold_get(hold_id=held.hold_id, now=clock.now()).state is HoldState.ACTIVE
    assert leg.cabins.get().held == 2


@pytest.mark.parametrize("act", [hold_convert, hold_extend])
def test_a_hold_past_its_time_is_neither_paid_nor_extended(held, clock, terms, act):
    clock.advance(timedelta(minutes=15))
    extra = {"reference": "order"} if act is hold_convert else {"terms": terms}
    with pytest.raises(Conflict) as refusal:
        act(hold_id=held.hold_id, clock=clock, **extra)
    assert refusal.value.code == "hold_ended"


def test_an_unknown_hold_is_not_found(clock):
    with pytest.raises(NotFound):
        hold_release(hold_id="h_unknown", clock=clock)


def test_old_keys_are_forgotten_and_their_holds_stay(held, clock):
    assert idempotency_prune(clock=clock) == 0
    clock.advance(timedelta(hours=25))
    assert idempotency_prune(clock=clock) == 1
    assert Hold.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_release_payment_and_expiry_at_once_exactly_one_wins(leg, hold, clock):
    """Each of many rounds lets the three meet; whoever wins, the seats are counted once."""
    later = FixedClock(NOW + timedelta(minutes=15))
    for _ in range(10):
        held = hold(f"{leg.flight_id}.economy.1.basic", passengers=1)
        barrier = threading.Barrier(3)

        def act(step, barrier=barrier):
            barrier.wait()
            try:
                step()
            except Conflict:
                pass
            finally:
                connection.close()

        steps = [
            lambda held=held: hold_release(hold_id=held.hold_id, clock=clock),
            lambda held=held: hold_convert(hold_id=held.hold_id, reference="order", clock=clock),
            lambda: holds_expire(clock=later),
        ]
        threads = [threading.Thread(target=act, args=(step,)) for step in steps]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        cabin = leg.cabins.get()
        converted = Hold.objects.filter(state=HoldState.CONVERTED).count()
        assert (cabin.held, cabin.sold) == (0, converted)
        assert Hold.objects.filter(state=HoldState.ACTIVE).count() == 0
        if cabin.seats_left == 0:
            break
