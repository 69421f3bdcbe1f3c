"""Nobody ever holds a seat that another one has, shown beside a twin without the guard where many do."""

from datetime import UTC, datetime

import pytest

from farewire.bookings.holds import HoldView
from farewire.bookings.models import Hold
from farewire.bookings.services import hold_convert, hold_create, hold_release, holds_expire
from farewire.bookings.terms import HoldTerms
from farewire.domain.clock import FixedClock
from farewire.domain.errors import Conflict, SoldOut, TooMany
from farewire.domain.states import CabinCode, HoldState
from farewire.inventory.models import Cabin
from farewire.inventory.selectors import ledger_audit
from farewire_dev.testing.race import race
from farewire_dev.testing.schedule import leg_make, offers_make
from farewire_dev.testing.unguarded import inventory_unguarded

CLIENTS = 200
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
pytestmark = pytest.mark.django_db(transaction=True)


def cabin_with_offer(*, number, seats):
    leg = leg_make(number=number, seats={CabinCode.ECONOMY: seats})
    return leg.cabins.get(), offers_make(leg=leg, at=NOW).cabins[0].offers[0].offer_id


def hold(offer_ids, *, key, passengers=1, shopper="", clock=None):
    return hold_create(
        offer_ids=offer_ids,
        passengers=passengers,
        idempotency_key=str(key),
        shopper=shopper,
        address="",
        terms=HoldTerms(),
        clock=clock or FixedClock(NOW),
    )


def count(outcomes, kind):
    return sum(isinstance(outcome, kind) for outcome in outcomes)


@pytest.mark.parametrize(("seats", "passengers"), [(1, 1), (7, 1), (20, 3)])
def test_of_200_clients_exactly_as_many_hold_as_there_are_seats(seats, passengers):
    cabin, offer = cabin_with_offer(number=100, seats=seats)
    outcomes = race(lambda client: hold([offer], key=client, passengers=passengers), clients=CLIENTS)
    assert count(outcomes, HoldView) == seats // passengers
    assert count(outcomes, SoldOut) == CLIENTS - seats // passengers
    cabin.refresh_from_db()
    assert cabin.held == seats // passengers * passengers
    assert ledger_audit().mismatched == ()


def test_the_twin_without_the_guard_oversells():
    with inventory_unguarded():
        cabin, offer = cabin_with_offer(number=100, seats=7)
        outcomes = race(lambda client: hold([offer], key=client), clients=CLIENTS)
        cabin.refresh_from_db()
        assert count(outcomes, HoldView) == cabin.held > 7


def both_ways(first, second):
    return lambda client: hold([first, second] if client % 2 else [second, first], key=client)


def test_two_leg_journeys_in_both_directions_sell_out_without_a_deadlock():
    """A deadlock's victim is `Unavailable`, which is neither a hold nor sold out: the counts would not add up."""
    cabin_a, a = cabin_with_offer(number=100, seats=9)
    cabin_b, b = cabin_with_offer(number=200, seats=6)
    outcomes = race(both_ways(a, b), clients=CLIENTS)
    assert count(outcomes, HoldView) == 6
    assert count(outcomes, SoldOut) == CLIENTS - 6
    assert list(Cabin.objects.order_by("id").values_list("held", flat=True)) == [6, 6], "a journey is held whole or not at all"
    assert ledger_audit().mismatched == ()
    assert cabin_a.id < cabin_b.id


def test_the_twin_of_two_legs_without_the_guard_oversells():
    """Asked for in one direction only: the twin locks in the order asked for, and the test below shows what that does."""
    with inventory_unguarded():
        cabin, a = cabin_with_offer(number=100, seats=6)
        _, b = cabin_with_offer(number=200, seats=300)
        outcomes = race(lambda client: hold([a, b], key=client), clients=CLIENTS)
        cabin.refresh_from_db()
        assert count(outcomes, HoldView) == cabin.held > 6


def test_the_twin_that_locks_in_the_order_asked_for_deadlocks():
    with inventory_unguarded():
        _, a = cabin_with_offer(number=100, seats=100)
        _, b = cabin_with_offer(number=200, seats=100)
        outcomes = race(both_ways(a, b), clients=8, threads=8)
    assert {outcome.code for outcome in outcomes if not isinstance(outcome, HoldView)} == {"busy"}


def test_one_shopper_racing_with_themselves_gets_no_more_than_the_limit():
    cabin, offer = cabin_with_offer(number=100, seats=50)
    outcomes = race(lambda client: hold([offer], key=client, shopper="same"), clients=CLIENTS)
    assert count(outcomes, HoldView) == HoldTerms().holds_per_shopper
    assert count(outcomes, TooMany) == CLIENTS - HoldTerms().holds_per_shopper
    cabin.refresh_from_db()
    assert cabin.held == HoldTerms().holds_per_shopper


def test_one_key_sent_200_times_holds_once():
    cabin, offer = cabin_with_offer(number=100, seats=50)
    outcomes = race(lambda _client: hold([offer], key="the same"), clients=CLIENTS)
    assert len({outcome.hold_id for outcome in outcomes}) == 1
    cabin.refresh_from_db()
    assert cabin.held == 1


def test_holds_and_releases_at_once_never_pass_the_seats_and_end_at_nothing():
    cabin, offer = cabin_with_offer(number=100, seats=5)

    def hold_and_let_go(client):
        return hold_release(hold_id=hold([offer], key=client).hold_id, clock=FixedClock(NOW))

    outcomes = race(hold_and_let_go, clients=CLIENTS)
    assert count(outcomes, HoldView) + count(outcomes, SoldOut) == CLIENTS
    cabin.refresh_from_db()
    assert (cabin.held, cabin.seq) == (0, 1 + 2 * count(outcomes, HoldView))
    assert ledger_audit().mismatched == ()


def test_expiry_release_and_payment_that_meet_have_exactly_one_winner():
    cabin, offer = cabin_with_offer(number=100, seats=30)
    holds = [hold([offer], key=number).hold_id for number in range(30)]
    before, after = FixedClock(NOW), FixedClock(NOW + HoldTerms().duration)

    def end(client):
        hold_id = holds[client // 3]
        if client % 3 == 0:
            return hold_convert(hold_id=hold_id, reference="order", clock=before)
        if client % 3 == 1:
            return hold_release(hold_id=hold_id, clock=before)
        return holds_expire(clock=after, limit=1)

    outcomes = race(end, clients=90)
    assert all(not isinstance(outcome, Conflict) or outcome.code in {"hold_ended", "hold_converted"} for outcome in outcomes)
    holds_expire(clock=after)
    states = list(Hold.objects.values_list("state", flat=True))
    cabin.refresh_from_db()
    assert HoldState.ACTIVE not in states
    assert (cabin.held, cabin.sold) == (0, states.count(HoldState.CONVERTED))
    assert cabin.seq == 1 + 30 + 30, "each hold moved the counters once when it was made and once when it ended"
    assert ledger_audit().mismatched == ()


def test_seats_of_expired_holds_are_sold_again_at_once_and_never_twice():
    """Nobody swept: whoever is refused reclaims, and of many who do so at once none gets a seat too many."""
    cabin, offer = cabin_with_offer(number=100, seats=4)
    for number in range(4):
        hold([offer], key=f"early {number}")
    later = FixedClock(NOW + HoldTerms().duration)
    outcomes = race(lambda client: hold([offer], key=client, clock=later), clients=CLIENTS)
    assert count(outcomes, HoldView) == 4
    assert count(outcomes, SoldOut) == CLIENTS - 4
    cabin.refresh_from_db()
    assert cabin.held == 4
    assert ledger_audit().mismatched == ()
