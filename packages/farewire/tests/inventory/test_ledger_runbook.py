"""What docs/runbooks/FarewireLedgerMismatch.md says to do about a cabin that differs from its ledger, done."""

from __future__ import annotations

import re
import textwrap
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection

from farewire.bookings.services import hold_convert, hold_create
from farewire.bookings.terms import HoldTerms
from farewire.contracts.feed import Flight
from farewire.domain.clock import FixedClock
from farewire.domain.states import CabinStatus
from farewire.inventory.models import Cabin, LedgerEntry
from farewire.inventory.selectors import ledger_audit
from farewire.outbox.models import OutboxEvent
from farewire.pricing.models import FlightState
from farewire.pricing.services import events_price, flights_price_new
from farewire_dev.testing.schedule import NOW, Schedule

PAGE = Path(__file__).parents[4] / "docs" / "runbooks" / "FarewireLedgerMismatch.md"
SALES_CLOSE = timedelta(minutes=45)
SEATS = 20

pytestmark = pytest.mark.django_db(transaction=True)


def blocks() -> list[str]:
    found = re.findall(r"^ *```sql\n(.*?)^ *```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [textwrap.dedent(block) for block in found]


class Operator:
    """Somebody who pastes the page's SQL into psql, block after block."""

    def __init__(self, cabin: Cabin) -> None:
        self.variables = {"cabin": str(cabin.pk), "incident": "incident 2026-12-01"}
        set_cabin, self._close, self._look, set_truth, self._correct, self._open = blocks()
        assert set(re.findall(r"^\\set (\w+)", set_cabin + set_truth, re.MULTILINE)) == {"cabin", "incident", "truth"}

    def _run(self, sql: str) -> psycopg.Cursor:
        for name, text in self.variables.items():
            sql = sql.replace(f":'{name}'", f"'{text}'").replace(f":{name}", text)
        with connection.cursor():  # connects
            return connection.connection.execute(sql)

    def close(self) -> None:
        self._run(self._close)

    def look(self) -> dict[str, tuple[int | None, ...]]:
        return {truth: figures for truth, *figures in self._run(self._look).fetchall()}

    def correct(self, truth: str) -> None:
        self.variables["truth"] = truth
        try:
            self._run(self._correct)
        except psycopg.Error:
            connection.connection.execute("ROLLBACK")
            raise

    def open(self) -> None:
        self._run(self._open)


def change(sql: str, *parameters: object) -> None:
    """What must not be done to a database."""
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)


def shown(clock: FixedClock) -> int:
    """The seats left that pages are told of, 0 where none is offered."""
    events_price(clock=clock, sales_close=SALES_CLOSE, limit=100)
    (cabin,) = Flight.model_validate(FlightState.objects.get().document).cabins
    return cabin.seats_left if cabin.offers else 0


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NOW)


@pytest.fixture
def cabin(clock: FixedClock) -> Cabin:
    """One of which 3 seats are sold and 2 are held, each by a hold."""
    leg = Schedule().add(cabins={"economy": SEATS})
    flights_price_new(clock=clock, sales_close=SALES_CLOSE, progress=lambda *_: None)
    offer = Flight.model_validate(FlightState.objects.get().document).cabins[0].offers[0].offer_id
    for key, passengers in (("sold", 3), ("held", 2)):
        hold = hold_create(
            offer_ids=[offer], passengers=passengers, idempotency_key=key, shopper="", address="", terms=HoldTerms(), clock=clock
        )
        if key == "sold":
            hold_convert(hold_id=hold.hold_id, reference="ABC123", clock=clock)
    events_price(clock=clock, sales_close=SALES_CLOSE, limit=100)
    assert not ledger_audit().mismatched
    return leg.cabins.get()


COUNTERS = "UPDATE inventory_cabin SET"
LOSE = "DELETE FROM inventory_ledgerentry WHERE"
CORRUPTIONS = {
    "a seat sold by hand": ([f"{COUNTERS} sold = sold + 1"], "ledger"),
    "seats authorised by hand": ([f"{COUNTERS} authorized = authorized + 30"], "ledger"),
    "a seq raised by hand": ([f"{COUNTERS} seq = seq + 3"], "ledger"),
    "a seq lowered by hand": ([f"{COUNTERS} seq = seq - 1"], "ledger"),
    "an entry lost from the middle": ([f"{LOSE} kind = 'sold'"], "counters"),
    "the newest entry lost": ([f"{LOSE} seq = (SELECT max(seq) FROM inventory_ledgerentry)"], "counters"),
    "both sides wrong": ([f"{COUNTERS} held = 0", f"{LOSE} kind = 'sold'"], "holds"),
}


@pytest.mark.parametrize("corruption", CORRUPTIONS)
def test_a_cabin_that_differs_is_made_to_agree_again_and_pages_learn_it(cabin: Cabin, clock: FixedClock, corruption: str) -> None:
    statements, truth = CORRUPTIONS[corruption]
    change("ALTER TABLE inventory_ledgerentry DISABLE TRIGGER ledger_append_only")
    for statement in statements:
        change(statement)
    change("ALTER TABLE inventory_ledgerentry ENABLE TRIGGER ledger_append_only")
    assert ledger_audit().mismatched == (cabin.pk,)
    operator = Operator(cabin)

    operator.close()
    assert shown(clock) == 0
    seen = operator.look()
    assert seen["holds"][2:4] == [3, 2]

    operator.correct(truth)
    assert not ledger_audit().mismatched
    cabin.refresh_from_db()
    assert (cabin.authorized, cabin.blocked, cabin.sold, cabin.held) == (SEATS, 0, 3, 2)
    assert cabin.status == CabinStatus.CLOSED
    assert LedgerEntry.objects.order_by("-seq").first().reference == "incident 2026-12-01"
    after = operator.look()
    assert after["counters"][:5] == after["ledger"][:5]
    assert after["counters"][4] == after["ledger"][5]
    assert shown(clock) == 0

    operator.open()
    assert shown(clock) == 9
    assert not OutboxEvent.objects.exists()
    hold_create(
        offer_ids=[Flight.model_validate(FlightState.objects.get().document).cabins[0].offers[0].offer_id],
        passengers=9,
        idempotency_key="after",
        shopper="",
        address="",
        terms=HoldTerms(),
        clock=clock,
    )
    assert not ledger_audit().mismatched


@pytest.mark.parametrize(
    ("truth", "statement", "refusal"),
    [
        ("ledgr", "UPDATE inventory_cabin SET sold = sold + 1", psycopg.errors.NotNullViolation),
        ("holds", "UPDATE bookings_hold SET passengers = 9; UPDATE inventory_cabin SET authorized = 5", psycopg.errors.CheckViolation),
    ],
)
def test_what_cannot_be_true_changes_nothing(cabin: Cabin, truth: str, statement: str, refusal: type[Exception]) -> None:
    if truth == "holds":
        # Fewer seats authorised, by the ledger too, than the holds have taken.
        change(
            "INSERT INTO inventory_ledgerentry (cabin_id, seq, kind, authorized_delta, blocked_delta, sold_delta, held_delta, reference) "
            "SELECT id, seq + 1, 'authorized', -15, 0, 0, 0, 'test' FROM inventory_cabin"
        )
    change(statement)
    before = (Cabin.objects.values().get(), LedgerEntry.objects.count())
    with pytest.raises(refusal):
        Operator(cabin).correct(truth)
    assert (Cabin.objects.values().get(), LedgerEntry.objects.count()) == before
    assert not OutboxEvent.objects.exists()
