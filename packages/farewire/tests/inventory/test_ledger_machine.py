"""Whatever happens to seats, in whatever order: counters are the ledger's sums and no seat is sold twice."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import count

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple, rule, run_state_machine_as_test

from farewire.bookings.models import Hold
from farewire.bookings.services import hold_convert, hold_create, hold_extend, hold_release, holds_expire
from farewire.bookings.terms import HoldTerms
from farewire.domain.clock import FixedClock
from farewire.domain.errors import Conflict, FareClosed, SoldOut
from farewire.domain.states import CabinCode, CabinStatus, HoldState, LedgerKind
from farewire.inventory.models import Cabin, LedgerEntry
from farewire.inventory.selectors import ledger_audit
from farewire.inventory.services import CabinGuard, SeatDelta, seats_change
from farewire.outbox.models import OutboxEvent
from farewire_dev.testing.schedule import leg_make, offers_make

START = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
TERMS = HoldTerms()
_numbers = count(1)
_keys = count(1)  # of all machines: they share the table of keys


@dataclass
class Seats:
    """What a cabin should hold; the oracle."""

    authorized: int
    blocked: int = 0
    sold: int = 0
    held: int = 0
    seq: int = 1
    open: bool = True

    @property
    def left(self):
        return self.authorized - self.blocked - self.sold - self.held

    def allows(self, delta, *, protect=0):
        after = (self.authorized + delta.authorized, self.blocked + delta.blocked, self.sold + delta.sold, self.held + delta.held)
        return min(after) >= 0 and after[0] - sum(after[1:]) >= protect

    def move(self, delta):
        self.authorized += delta.authorized
        self.blocked += delta.blocked
        self.sold += delta.sold
        self.held += delta.held
        self.seq += 1


@dataclass
class Kept:
    """A hold as it should be."""

    hold_id: str
    cabins: tuple[int, ...]
    passengers: int
    expires_at: datetime
    cap_at: datetime
    state: HoldState = HoldState.ACTIVE
    extended: bool = field(default=False)


class LedgerMachine(RuleBasedStateMachine):
    """Two cabins of two legs under holds, releases, expiry, payment, direct sales, refunds, blocks and changed authorisation."""

    holds = Bundle("holds")

    def __init__(self):
        super().__init__()
        self.clock = FixedClock(START)
        self.seats: dict[int, Seats] = {}
        self.offers: dict[int, str] = {}
        self.kept: list[Kept] = []
        self.outbox = OutboxEvent.objects.count()

    @initialize(sizes=st.tuples(st.integers(0, 12), st.integers(0, 12)))
    def open_cabins(self, sizes):
        for size in sizes:
            number = next(_numbers)
            leg = leg_make(
                number=1 + number % 9999,
                local_date=date(2026, 12, 1) + timedelta(days=number // 9999),
                seats={CabinCode.ECONOMY: size},
            )
            shown = offers_make(leg=leg, at=START)
            cabin = leg.cabins.get()
            self.seats[cabin.id] = Seats(authorized=size)
            # A cabin that is empty from the start shows no offers; its version exists all the same.
            self.offers[cabin.id] = f"{shown.id}.economy.1.basic"

    def cabins(self, which):
        ids = sorted(self.seats)
        return {"first": (ids[0],), "second": (ids[1],), "both": tuple(ids), "back": tuple(reversed(ids))}[which]

    which = st.sampled_from(["first", "second", "both", "back"])
    one = st.sampled_from(["first", "second"])

    @rule(target=holds, which=which, passengers=st.integers(1, 9))
    def hold(self, which, passengers):
        cabins = self.cabins(which)
        self.expire_where_short(cabins, passengers)
        allowed = all(self.seats[each].open and self.seats[each].left >= passengers for each in cabins)
        key = f"machine {next(_keys)}"
        try:
            view = hold_create(
                offer_ids=[self.offers[each] for each in cabins],
                passengers=passengers,
                idempotency_key=key,
                shopper="",
                address="",
                terms=TERMS,
                clock=self.clock,
            )
        except (SoldOut, FareClosed):
            assert not allowed
            return multiple()
        assert allowed
        for each in cabins:
            self.seats[each].move(SeatDelta(held=passengers))
        kept = Kept(view.hold_id, cabins, passengers, view.expires_at, self.clock.now() + TERMS.cap)
        self.kept.append(kept)
        return kept

    def expire_where_short(self, cabins, passengers):
        """A sale that would fail reclaims the expired holds of the cabin that refuses, as often as it has legs, and asks again."""
        for _ in cabins:
            refusing = next((each for each in sorted(cabins) if not self.seats[each].open or self.seats[each].left < passengers), None)
            due = [kept for kept in self.kept if kept.state is HoldState.ACTIVE and kept.expires_at <= self.clock.now()]
            reclaimed = [kept for kept in due if refusing in kept.cabins]
            if not reclaimed:
                return
            for kept in reclaimed:
                self.end(kept, HoldState.EXPIRED)

    def end(self, kept, state):
        kept.state = state
        sold = kept.passengers if state is HoldState.CONVERTED else 0
        for each in kept.cabins:
            self.seats[each].move(SeatDelta(held=-kept.passengers, sold=sold))

    @rule(kept=holds)
    def release(self, kept):
        if kept.state is HoldState.CONVERTED:
            with pytest.raises(Conflict):
                hold_release(hold_id=kept.hold_id, clock=self.clock)
            return
        hold_release(hold_id=kept.hold_id, clock=self.clock)
        if kept.state is HoldState.ACTIVE:
            self.end(kept, HoldState.RELEASED)

    @rule(kept=holds)
    def pay(self, kept):
        if kept.state is HoldState.ACTIVE and kept.expires_at > self.clock.now():
            hold_convert(hold_id=kept.hold_id, reference="order", clock=self.clock)
            self.end(kept, HoldState.CONVERTED)
        else:
            with pytest.raises(Conflict):
                hold_convert(hold_id=kept.hold_id, reference="order", clock=self.clock)

    @rule(kept=holds)
    def extend(self, kept):
        if kept.state is HoldState.ACTIVE and kept.expires_at > self.clock.now():
            view = hold_extend(hold_id=kept.hold_id, terms=TERMS, clock=self.clock)
            assert kept.expires_at <= view.expires_at <= kept.cap_at
            assert not kept.extended or view.expires_at == kept.expires_at, "a hold is extended once"
            kept.expires_at, kept.extended = view.expires_at, True
        else:
            with pytest.raises(Conflict):
                hold_extend(hold_id=kept.hold_id, terms=TERMS, clock=self.clock)

    @rule(minutes=st.integers(1, 16))
    def time_passes(self, minutes):
        self.clock.advance(timedelta(minutes=minutes))

    @rule()
    def sweep(self):
        holds_expire(clock=self.clock, cabin_ids=sorted(self.seats))
        for kept in self.kept:
            if kept.state is HoldState.ACTIVE and kept.expires_at <= self.clock.now():
                self.end(kept, HoldState.EXPIRED)

    def change(self, which, kind, delta, *, protect=0, must_be_open=False):
        cabins = self.cabins(which)
        allowed = all(self.seats[each].allows(delta, protect=protect) and (self.seats[each].open or not must_be_open) for each in cabins)
        try:
            with transaction.atomic():
                seats_change(
                    guards=[CabinGuard(each, protect) for each in cabins],
                    kind=kind,
                    delta=delta,
                    reference="machine",
                    must_be_open=must_be_open,
                )
        except Conflict:
            assert not allowed
        else:
            assert allowed
            for each in cabins:
                self.seats[each].move(delta)

    @rule(which=which, seats=st.integers(1, 9), protect=st.integers(0, 6))
    def sell_directly(self, which, seats, protect):
        self.change(which, LedgerKind.SOLD, SeatDelta(sold=seats), protect=protect, must_be_open=True)

    @rule(which=which, seats=st.integers(1, 9))
    def refund(self, which, seats):
        self.change(which, LedgerKind.REFUNDED, SeatDelta(sold=-seats))

    @rule(which=which, seats=st.integers(-6, 6).filter(bool))
    def block(self, which, seats):
        self.change(which, LedgerKind.BLOCKED, SeatDelta(blocked=seats))

    @rule(which=which, seats=st.integers(-6, 6).filter(bool))
    def authorize(self, which, seats):
        self.change(which, LedgerKind.AUTHORIZED, SeatDelta(authorized=seats))

    @rule(which=one)
    def close_or_open(self, which):
        (cabin,) = self.cabins(which)
        self.seats[cabin].open = not self.seats[cabin].open
        Cabin.objects.filter(pk=cabin).update(status=CabinStatus.OPEN if self.seats[cabin].open else CabinStatus.CLOSED)

    @rule(which=one, statement=st.sampled_from(["UPDATE inventory_ledgerentry SET held_delta = 0", "DELETE FROM inventory_ledgerentry"]))
    def tamper(self, which, statement):
        """The ledger is append-only, also for whoever speaks SQL."""
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"{statement} WHERE cabin_id = %s", [self.cabins(which)[0]])

    @invariant()
    def rows_are_as_they_should_be(self):
        rows = {cabin.id: cabin for cabin in Cabin.objects.filter(id__in=self.seats)}
        for cabin_id, expected in self.seats.items():
            row = rows[cabin_id]
            assert (row.authorized, row.blocked, row.sold, row.held, row.seq) == (
                expected.authorized,
                expected.blocked,
                expected.sold,
                expected.held,
                expected.seq,
            )
            assert min(row.authorized, row.blocked, row.sold, row.held, row.seats_left) >= 0

    @invariant()
    def the_ledger_explains_every_counter_without_a_hole(self):
        if not self.seats:
            return
        assert ledger_audit(after=min(self.seats) - 1).mismatched == ()
        for cabin_id, expected in self.seats.items():
            seqs = list(LedgerEntry.objects.filter(cabin_id=cabin_id).order_by("seq").values_list("seq", flat=True))
            assert seqs == list(range(1, expected.seq + 1))

    @invariant()
    def held_seats_are_those_of_active_holds(self):
        for cabin_id, expected in self.seats.items():
            active = Hold.objects.filter(state=HoldState.ACTIVE, segments__cabin_id=cabin_id).values_list("passengers", flat=True)
            assert sum(active) == expected.held

    @invariant()
    def every_change_waits_in_the_outbox(self):
        assert OutboxEvent.objects.count() - self.outbox == sum(each.seq - 1 for each in self.seats.values())


@pytest.mark.django_db
def test_the_ledger_keeps_its_invariants_whatever_happens():
    run_state_machine_as_test(
        LedgerMachine,
        settings=settings(max_examples=25, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)),
    )
