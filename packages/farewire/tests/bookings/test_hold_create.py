"""What a hold does to seats, what it costs, and what it refuses."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from farewire.bookings.models import Hold, HoldSegment, IdempotentHold
from farewire.domain.clock import SystemClock
from farewire.domain.errors import FareClosed, InvalidInput, OfferExpired, SoldOut, TooMany
from farewire.domain.money import Money
from farewire.domain.states import CabinCode, CabinStatus, FlightStatus, HoldState, LedgerKind
from farewire.inventory.models import Cabin, LedgerEntry
from farewire.inventory.services import CabinGuard, SeatDelta, seats_change
from farewire.outbox.models import OutboxEvent
from farewire.pricing.models import OfferVersion
from farewire_dev.testing.schedule import leg_make, offers_make

from .conftest import NOW

pytestmark = pytest.mark.django_db


def offer_of(leg, version=1, brand="basic", cabin="economy"):
    return f"{leg.flight_id}.{cabin}.{version}.{brand}"


@pytest.fixture
def leg():
    leg = leg_make(seats={CabinCode.ECONOMY: 5})
    offers_make(leg=leg, at=NOW)
    return leg


def test_a_hold_takes_seats_from_the_counter_with_a_ledger_entry_and_an_outbox_event(leg, hold):
    view = hold(offer_of(leg), passengers=2)
    cabin = leg.cabins.get()
    assert (cabin.held, cabin.seats_left, cabin.seq) == (2, 3, 2)
    entry = LedgerEntry.objects.get(cabin=cabin, seq=2)
    assert (entry.kind, entry.held_delta, entry.reference) == (LedgerKind.HELD, 2, view.hold_id)
    assert list(OutboxEvent.objects.values_list("kind", "subject")) == [("inventory.changed", leg.id)]


def test_a_hold_costs_what_its_offers_said_for_each_passenger(leg, hold):
    view = hold(offer_of(leg, brand="standard"), passengers=3)
    assert view.price == Money(3 * 15900, "USD")
    assert view.expires_at == NOW + timedelta(minutes=15)
    assert (view.state, view.passengers, view.flight_ids) == (HoldState.ACTIVE, 3, [leg.flight_id])
    assert view.legs[0].price == Money(15900, "USD")


def test_a_connection_is_held_on_both_legs_or_on_none(leg, hold):
    onward = leg_make(number=200, origin="LAX", destination="HNL", seats={CabinCode.ECONOMY: 1})
    offers_make(leg=onward, at=NOW, amount=20000)
    view = hold(offer_of(leg), offer_of(onward))
    assert view.price == Money(32900, "USD")
    assert list(HoldSegment.objects.values_list("position", "flight_id")) == [(1, leg.flight_id), (2, onward.flight_id)]
    with pytest.raises(SoldOut):
        hold(offer_of(onward), offer_of(leg))
    assert list(Cabin.objects.order_by("id").values_list("held", flat=True)) == [1, 1]
    assert Hold.objects.count() == 1


def test_more_passengers_than_seats_are_told_how_many_are_left(leg, hold):
    hold(offer_of(leg), passengers=4)
    with pytest.raises(SoldOut) as refusal:
        hold(offer_of(leg), passengers=2)
    assert refusal.value.data["seats_left"] == 1
    assert leg.cabins.get().held == 4


def test_a_superseded_offer_is_honoured_for_two_minutes_at_its_own_price(leg, hold, clock):
    offers_make(leg=leg, version=2, amount=19900, at=NOW)
    clock.advance(timedelta(seconds=120))
    assert hold(offer_of(leg, 1)).price == Money(12900, "USD")
    clock.advance(timedelta(seconds=1))
    with pytest.raises(OfferExpired):
        hold(offer_of(leg, 1))


def test_a_version_that_never_was_is_an_expired_offer(leg, hold):
    with pytest.raises(OfferExpired):
        hold(offer_of(leg, 99))


def test_the_last_seats_of_a_class_are_honoured_to_whoever_saw_the_price(leg, hold):
    """The offer is current and nothing has moved: what better classes would keep does not matter to the one who clicked."""
    OfferVersion.objects.all().delete()
    offers_make(leg=leg, version=1, protect=4, at=NOW)
    assert hold(offer_of(leg), passengers=3).state is HoldState.ACTIVE


def test_when_pricing_is_late_a_class_sells_no_more_than_it_may(leg, hold, clock):
    OfferVersion.objects.all().delete()
    offers_make(leg=leg, version=1, protect=4, at=NOW)
    hold(offer_of(leg))
    clock.instant = LedgerEntry.objects.get(seq=2).created_at + timedelta(seconds=121)
    with pytest.raises(FareClosed):
        hold(offer_of(leg))


@pytest.mark.parametrize("status", [FlightStatus.CLOSED, FlightStatus.CANCELLED])
def test_a_flight_that_is_not_open_is_not_held(leg, hold, status):
    leg.status = status
    leg.save()
    with pytest.raises(FareClosed):
        hold(offer_of(leg))


def test_a_closed_cabin_is_not_held(leg, hold):
    leg.cabins.update(status=CabinStatus.CLOSED)
    with pytest.raises(FareClosed):
        hold(offer_of(leg))


def test_a_flight_about_to_depart_is_not_held(leg, hold, clock):
    clock.instant = leg.departs_at - timedelta(minutes=45)
    with pytest.raises(FareClosed):
        hold(offer_of(leg))


@pytest.mark.parametrize(
    ("offer_ids", "passengers", "code"),
    [
        (["nonsense"], 1, "invalid_offer_id"),
        (["FW999-20261201-JFK.economy.1.basic"], 1, "unknown_offer"),
        (["FW100-20261201-JFK.business.1.basic"], 1, "unknown_offer"),
        (["FW100-20261201-JFK.economy.1.basic", "FW100-20261201-JFK.economy.1.flex"], 1, "invalid_journey"),
        ([], 1, "invalid_journey"),
        (["FW100-20261201-JFK.economy.1.basic"], 0, "invalid_passengers"),
        (["FW100-20261201-JFK.economy.1.basic"], 10, "invalid_passengers"),
    ],
)
def test_a_request_that_makes_no_sense_is_told_why(leg, hold, offer_ids, passengers, code):
    with pytest.raises(InvalidInput) as refusal:
        hold(*offer_ids, passengers=passengers)
    assert refusal.value.code == code


def test_the_same_key_and_request_give_the_same_hold(leg, hold):
    first = hold(offer_of(leg), idempotency_key="again")
    assert hold(offer_of(leg), idempotency_key="again") == first
    assert leg.cabins.get().held == 1


def test_the_same_key_with_another_request_is_refused(leg, hold):
    hold(offer_of(leg), idempotency_key="again")
    with pytest.raises(InvalidInput) as refusal:
        hold(offer_of(leg), idempotency_key="again", passengers=2)
    assert refusal.value.code == "idempotency_mismatch"
    assert leg.cabins.get().held == 1


def test_the_same_key_with_the_legs_in_another_order_is_refused(leg, hold):
    """The order is that in which the legs are flown, and the answer gives it back."""
    onward = leg_make(number=200, origin="LAX", destination="HNL")
    offers_make(leg=onward, at=NOW)
    hold(offer_of(leg), offer_of(onward), idempotency_key="again")
    with pytest.raises(InvalidInput) as refusal:
        hold(offer_of(onward), offer_of(leg), idempotency_key="again")
    assert refusal.value.code == "idempotency_mismatch"


def test_a_refused_request_leaves_its_key_free(leg, hold):
    with pytest.raises(SoldOut):
        hold(offer_of(leg), idempotency_key="again", passengers=6)
    assert not IdempotentHold.objects.exists()


def test_a_shopper_may_hold_so_many_and_is_told_when_to_come_back(leg, hold, terms, clock):
    few = replace(terms, holds_per_shopper=2)
    hold(offer_of(leg), shopper="s", terms=few)
    clock.advance(timedelta(minutes=5))
    hold(offer_of(leg), shopper="s", terms=few)
    with pytest.raises(TooMany) as refusal:
        hold(offer_of(leg), shopper="s", terms=few)
    assert (refusal.value.code, refusal.value.retry_after) == ("too_many_holds", 600)
    hold(offer_of(leg), shopper="another", terms=few)


@pytest.mark.parametrize("who", ["shopper", "address"])
def test_nobody_may_hold_a_whole_cabin(leg, hold, terms, who):
    few = replace(terms, seats_per_cabin_and_shopper=3, seats_per_cabin_and_address=3)
    hold(offer_of(leg), passengers=2, terms=few, **{who: "x"})
    with pytest.raises(TooMany) as refusal:
        hold(offer_of(leg), passengers=2, terms=few, **{who: "x"})
    assert refusal.value.code == "too_many_seats"


def test_a_sale_reclaims_expired_holds_before_it_fails(leg, hold, clock):
    """Correctness never waits for the sweeper: no sweeper runs here."""
    hold(offer_of(leg), passengers=5)
    clock.advance(timedelta(minutes=15))
    assert hold(offer_of(leg), passengers=5).state is HoldState.ACTIVE
    assert sorted(Hold.objects.values_list("state", flat=True)) == [HoldState.ACTIVE, HoldState.EXPIRED]
    assert leg.cabins.get().held == 5


def test_a_sale_reclaims_expired_holds_of_every_leg(leg, hold, clock):
    """A refusal names one cabin; the next leg's expired holds must not sell the journey out either."""
    onward = leg_make(number=200, origin="LAX", destination="HNL", seats={CabinCode.ECONOMY: 5})
    offers_make(leg=onward, at=NOW)
    for each in (leg, onward):
        hold(offer_of(each), passengers=5)
    clock.advance(timedelta(minutes=15))
    assert hold(offer_of(leg), offer_of(onward), passengers=5).state is HoldState.ACTIVE
    assert list(Cabin.objects.values_list("held", flat=True)) == [5, 5]


def test_a_class_that_only_expired_holds_keep_closed_is_sold(leg, hold, clock):
    """Pricing is late, so the class leaves seats to better ones; seats that nobody holds any more count as left."""
    OfferVersion.objects.all().delete()
    offers_make(leg=leg, version=1, protect=4, at=NOW)
    hold(offer_of(leg), clock=SystemClock())
    clock.instant = Hold.objects.get().expires_at
    assert hold(offer_of(leg)).state is HoldState.ACTIVE


def test_a_hold_costs_few_queries(leg, hold, django_assert_max_num_queries):
    with django_assert_max_num_queries(12):
        hold(offer_of(leg), shopper="s", address="a")


def test_blocked_seats_are_not_held(leg, hold):
    seats_change(guards=[CabinGuard(leg.cabins.get().id)], kind=LedgerKind.BLOCKED, delta=SeatDelta(blocked=4), reference="staff")
    with pytest.raises(SoldOut):
        hold(offer_of(leg), passengers=2)
