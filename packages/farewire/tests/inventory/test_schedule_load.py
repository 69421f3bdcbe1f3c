"""What a load makes of the tables, and what it leaves alone."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Sequence
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from farewire.catalog.models import Airport, Carrier, DatedLeg, Equipment, ScheduleFile
from farewire.catalog.ssim import LegRecord, ScheduleRefused, TimeMode, Window
from farewire.domain.clock import FixedClock
from farewire.domain.errors import InvalidInput
from farewire.domain.states import LedgerKind
from farewire.inventory.models import Cabin, LedgerEntry
from farewire.inventory.schedule_load import LoadReport, schedule_load
from farewire.inventory.services import CabinGuard, SeatDelta, seats_change
from farewire.outbox.models import OutboxEvent
from farewire_dev.testing.schedule_file import leg_record, schedule_write

# A load is its own transaction, with temporary tables that live as long as it does.
pytestmark = pytest.mark.django_db(transaction=True)

WEEK = Window(dt.date(2026, 12, 7), 7)
NOW = dt.datetime(2026, 12, 1, 12, 0, tzinfo=dt.UTC)
Load = Callable[..., LoadReport]


@pytest.fixture
def load(tmp_path: Path) -> Load:
    """Writes the legs to a file of FW's and loads it."""

    def load(
        legs: Sequence[LegRecord], *, window: Window = WEEK, redate: bool = False, now: dt.datetime = NOW, steps: list[str] | None = None
    ) -> LoadReport:
        path = schedule_write(tmp_path / "schedule.ssim", legs)
        told = steps if steps is not None else []
        return schedule_load(path=path, window=window, redate=redate, clock=FixedClock(now), progress=lambda step, *_: told.append(step))

    return load


def contents() -> list[list[tuple[object, ...]]]:
    """Everything that a load writes, but the times of writing."""
    return [
        list(Airport.objects.order_by("code").values_list()),
        list(Carrier.objects.order_by("code").values_list()),
        list(Equipment.objects.order_by("code").values_list()),
        list(DatedLeg.objects.order_by("id").values_list()),
        list(Cabin.objects.order_by("id").values_list()),
        list(LedgerEntry.objects.order_by("cabin_id", "seq").values_list("cabin_id", "seq", "kind", "authorized_delta", "reference")),
        list(OutboxEvent.objects.order_by("id").values_list("kind", "subject")),
        list(ScheduleFile.objects.order_by("id").values_list("digest", "starts_on", "ends_on")),
    ]


def ledger_is_true() -> bool:
    """Whether every cabin's counters are its ledger's sums, and its entries are numbered without a hole."""
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT count(*) FROM inventory_cabin c LEFT JOIN (
                SELECT cabin_id, sum(authorized_delta) a, sum(blocked_delta) b, sum(sold_delta) s, sum(held_delta) h, count(*) n, max(seq) m
                FROM inventory_ledgerentry GROUP BY cabin_id) l ON l.cabin_id = c.id
            WHERE (c.authorized, c.blocked, c.sold, c.held, c.seq, c.seq) IS DISTINCT FROM (l.a, l.b, l.s, l.h, l.n, l.m)
            """
        )
        return cursor.fetchone() == (0,)


def take(flight_id: str, *, sold: int = 0, held: int = 0, authorized: int = 0) -> None:
    cabin = Cabin.objects.get(leg__flight_id=flight_id, code="economy")
    kind = LedgerKind.AUTHORIZED if authorized else LedgerKind.HELD
    with transaction.atomic():
        delta = SeatDelta(sold=sold, held=held, authorized=authorized)
        seats_change(guards=[CabinGuard(cabin.id)], kind=kind, delta=delta, reference="staff")


def seats(flight_id: str) -> dict[str, int]:
    return dict(Cabin.objects.filter(leg__flight_id=flight_id).values_list("code", "authorized"))


def test_a_load_opens_every_leg_with_its_seats_ledger_and_one_event(load: Load) -> None:
    report = load([leg_record(), leg_record(number=101, origin="LAX", destination="JFK", equipment="E90")])
    assert (report.staged, report.opened) == (14, 14)
    leg = DatedLeg.objects.get(flight_id="FW100-20261207-JFK")
    assert (leg.departs_at, leg.arrives_at) == (
        dt.datetime(2026, 12, 7, 14, 0, tzinfo=dt.UTC),
        dt.datetime(2026, 12, 7, 20, 15, tzinfo=dt.UTC),
    )
    assert (leg.carrier_id, leg.number, leg.origin_id, leg.destination_id, leg.equipment_id, leg.status) == (
        "FW",
        100,
        "JFK",
        "LAX",
        "738",
        "open",
    )
    assert leg.carrier.name == "Farewire Air"
    assert leg.origin.zone == "America/New_York"
    assert seats(leg.flight_id) == {"economy": 144, "business": 16}
    assert seats("FW101-20261207-LAX") == {"economy": 100}
    assert ledger_is_true()
    assert list(OutboxEvent.objects.values_list("kind", "subject")) == [("schedule.changed", 0)]


def test_the_same_file_again_changes_nothing_and_is_not_even_read(load: Load) -> None:
    load([leg_record()])
    before, steps = contents(), []
    assert load([leg_record()], steps=steps).already_loaded
    assert contents() == before
    assert steps == []


def test_the_same_file_after_another_one_changes_nothing_either(load: Load) -> None:
    """The comparison itself finds no difference, not only the digest."""
    load([leg_record()])
    before = contents()
    load([leg_record()], window=Window(WEEK.starts, 3))
    report = load([leg_record()])
    assert not report.already_loaded
    assert (report.opened, report.changed, report.cancelled, report.untouched) == (0, 0, 0, [])
    assert contents()[:-1] == before[:-1]


def test_a_window_one_day_on_adds_that_day_only(load: Load) -> None:
    load([leg_record()])
    report = load([leg_record()], window=Window(WEEK.starts + dt.timedelta(days=1), 7))
    assert (report.opened, report.changed, report.cancelled) == (1, 0, 0)
    assert DatedLeg.objects.count() == 8


def test_redating_repeats_an_old_week_over_any_dates(load: Load) -> None:
    report = load([leg_record()], window=Window(dt.date(2031, 5, 1), 10), redate=True, now=dt.datetime(2031, 5, 1, tzinfo=dt.UTC))
    assert report.opened == 10
    assert report.zone_differs == 0


def test_a_changed_file_moves_unsold_legs_and_their_seats_through_the_ledger(load: Load) -> None:
    load([leg_record()])
    OutboxEvent.objects.all().delete()
    report = load([leg_record(departure=600, arrival=795, equipment="321", days=frozenset({1}))])
    assert (report.changed, report.cancelled) == (1, 6)
    leg = DatedLeg.objects.get(flight_id="FW100-20261207-JFK")
    assert leg.departs_at == dt.datetime(2026, 12, 7, 15, 0, tzinfo=dt.UTC)
    assert leg.equipment_id == "321"
    assert seats(leg.flight_id) == {"economy": 170, "business": 20}
    assert ledger_is_true()
    entry = LedgerEntry.objects.get(cabin__leg=leg, cabin__code="economy", seq=2)
    assert (entry.kind, entry.authorized_delta) == ("authorized", 26)
    assert set(OutboxEvent.objects.values_list("kind", "subject")) == {
        ("schedule.changed", changed) for changed in DatedLeg.objects.values_list("id", flat=True)
    }


def test_a_cabin_that_the_aircraft_gains_is_opened_and_one_that_it_loses_has_no_seats(load: Load) -> None:
    load([leg_record(equipment="788")])
    load([leg_record(equipment="E90")])
    assert seats("FW100-20261207-JFK") == {"economy": 100, "premium": 0, "business": 0}
    load([leg_record(equipment="738")])
    assert seats("FW100-20261207-JFK") == {"economy": 144, "premium": 0, "business": 16}
    assert ledger_is_true()


def test_a_leg_gone_from_the_file_is_cancelled_and_comes_back_with_it(load: Load) -> None:
    both = [leg_record(), leg_record(number=200, destination="ORD")]
    load(both)
    report = load(both[1:])
    assert report.cancelled == 7
    leg = DatedLeg.objects.get(flight_id="FW100-20261207-JFK")
    assert leg.status == "cancelled"
    assert set(leg.cabins.values_list("authorized", "status")) == {(0, "closed")}
    assert load(both).reinstated == 7
    leg.refresh_from_db()
    assert leg.status == "open"
    assert set(leg.cabins.values_list("authorized", "status")) == {(144, "open"), (16, "open")}
    assert ledger_is_true()


@pytest.mark.parametrize("taken", [{"held": 1}, {"sold": 2}])
def test_a_leg_with_sold_or_held_seats_is_left_and_listed(load: Load, taken: dict[str, int]) -> None:
    load([leg_record()])
    take("FW100-20261208-JFK", **taken)
    before = DatedLeg.objects.values().get(flight_id="FW100-20261208-JFK")
    report = load([leg_record(departure=600, equipment="E90")])
    assert report.changed == 6
    (left,) = report.untouched
    assert left.changes == ("times", "equipment", "seats")
    assert str(left) == f"FW100-20261208-JFK: times, equipment, seats ({taken.get('sold', 0)} sold, {taken.get('held', 0)} held)"
    assert DatedLeg.objects.values().get(flight_id="FW100-20261208-JFK") == before
    assert seats("FW100-20261208-JFK") == {"economy": 144, "business": 16}

    (left,) = load([leg_record(number=200, destination="ORD")]).untouched
    assert (left.flight_id, left.changes) == ("FW100-20261208-JFK", ("gone from the file",))
    assert DatedLeg.objects.get(flight_id="FW100-20261208-JFK").status == "open"
    assert ledger_is_true()


def test_a_leg_whose_destination_changes_is_left_and_listed(load: Load) -> None:
    """Its market's open pages would go on showing it."""
    load([leg_record()], window=Window(WEEK.starts, 1))
    (left,) = load(
        [leg_record(destination="ORD", departure=420, arrival=520, arrival_variation=-360)], window=Window(WEEK.starts, 1)
    ).untouched
    assert left.changes == ("destination", "times")
    assert DatedLeg.objects.get().destination_id == "LAX"


def test_seats_that_staff_added_stay_through_a_change_of_aircraft(load: Load) -> None:
    load([leg_record()])
    take("FW100-20261207-JFK", authorized=5)
    load([leg_record()], window=Window(WEEK.starts, 8))
    assert seats("FW100-20261207-JFK")["economy"] == 149
    load([leg_record(equipment="321")])
    assert seats("FW100-20261207-JFK")["economy"] == 175
    assert ledger_is_true()


def test_a_leg_that_staff_cancelled_stays_cancelled(load: Load) -> None:
    load([leg_record()])
    DatedLeg.objects.filter(flight_id="FW100-20261207-JFK").update(status="cancelled")
    load([leg_record(departure=600)])
    assert DatedLeg.objects.get(flight_id="FW100-20261207-JFK").status == "cancelled"


def test_a_leg_that_has_departed_is_history(load: Load) -> None:
    load([leg_record()])
    report = load([leg_record(departure=600)], now=dt.datetime(2026, 12, 9, 0, 0, tzinfo=dt.UTC))
    assert report.changed == 5
    assert DatedLeg.objects.get(flight_id="FW100-20261207-JFK").departs_at.hour == 14


def test_dates_for_which_the_file_is_not_valid_are_not_cancelled(load: Load, tmp_path: Path) -> None:
    load([leg_record()])
    winter = schedule_write(
        tmp_path / "later.ssim", [leg_record(number=300, period_from=dt.date(2026, 12, 10))], valid_from=dt.date(2026, 12, 10)
    )
    report = schedule_load(path=winter, window=WEEK, redate=False, clock=FixedClock(NOW), progress=lambda *_: None)
    assert (report.opened, report.cancelled) == (4, 4)
    assert DatedLeg.objects.filter(number=100, status="open").count() == 3


def test_a_file_without_a_flight_on_these_dates_is_refused_and_cancels_nothing(load: Load) -> None:
    """Whoever forgets --redate does not cancel the season."""
    load([leg_record()], redate=True, window=Window(dt.date(2030, 1, 1), 7))
    with pytest.raises(InvalidInput, match="valid for FW from 2026-11-02 to 2027-02-28") as refused:
        load([leg_record()], window=Window(dt.date(2030, 1, 1), 7))
    assert refused.value.code == "schedule_outside_window"
    assert not DatedLeg.objects.exclude(status="open").exists()


def test_another_carriers_file_leaves_ours_alone(load: Load, tmp_path: Path) -> None:
    load([leg_record()])
    other = schedule_write(tmp_path / "other.ssim", [leg_record(carrier="V5")], carrier="V5")
    report = schedule_load(path=other, window=WEEK, redate=False, clock=FixedClock(NOW), progress=lambda *_: None)
    assert (report.opened, report.cancelled) == (7, 0)


def test_a_fault_at_the_end_of_a_file_loads_nothing_of_it(load: Load) -> None:
    legs = [leg_record(number=number) for number in range(1, 300)]
    with pytest.raises(ScheduleRefused) as refused:
        load([*legs, leg_record(number=300, destination="QQQ", departure_variation=-300, arrival_variation=-300)])
    assert [(p.line, p.column, p.reason) for p in refused.value.problems] == [(310, 55, "airport QQQ is not known")]
    assert not any(contents())


def test_a_flight_given_twice_on_a_date_names_both_lines(load: Load) -> None:
    with pytest.raises(ScheduleRefused) as refused:
        load([leg_record(), leg_record(number=7), leg_record(itinerary=2, days=frozenset({2}))])
    (problem,) = refused.value.problems
    assert (problem.line, problem.column) == (13, 3)
    assert problem.reason.startswith("FW100-20261208-JFK is given already by line 11")
    assert not any(contents())


def test_an_aircraft_whose_seats_nobody_knows_is_refused(load: Load) -> None:
    with pytest.raises(ScheduleRefused) as refused:
        load([leg_record(equipment="QQQ")])
    assert (refused.value.problems[0].line, refused.value.problems[0].column) == (11, 73)
    load([leg_record(equipment="QQQ", configuration="Y12")])
    assert seats("FW100-20261207-JFK") == {"economy": 12}


def test_cargo_and_other_carriers_seats_are_passed_over(load: Load) -> None:
    report = load([leg_record(), leg_record(number=900, service="F"), leg_record(number=901, disclosure="L")])
    assert (report.opened, report.not_sold) == (7, 2)


def test_a_multi_leg_flight_becomes_a_dated_leg_for_each_leg(load: Load) -> None:
    load(
        [
            leg_record(),
            leg_record(
                origin="LAX", destination="HNL", sequence=2, departure=840, departure_variation=-480, arrival=1080, arrival_variation=-600
            ),
        ],
        window=Window(WEEK.starts, 1),
    )
    assert list(DatedLeg.objects.order_by("leg_sequence").values_list("flight_id", "leg_sequence")) == [
        ("FW100-20261207-JFK", 1),
        ("FW100-20261207-LAX", 2),
    ]


def test_a_file_in_utc_is_loaded_by_local_dates(tmp_path: Path) -> None:
    record = leg_record(origin="LAX", destination="JFK", departure=6 * 60, arrival=11 * 60, days=frozenset({2}), time_mode=TimeMode.UTC)
    path = schedule_write(tmp_path / "utc.ssim", [record], time_mode=TimeMode.UTC)
    schedule_load(path=path, window=WEEK, redate=False, clock=FixedClock(NOW), progress=lambda *_: None)
    # 06:00 UTC on Tuesday is 22:00 on Monday in Los Angeles.
    assert DatedLeg.objects.get().flight_id == "FW100-20261207-LAX"


def test_two_loads_at_once_wait_for_each_other(tmp_path: Path) -> None:
    """Four at the same moment: one opens the legs, the others find them there."""
    path = schedule_write(tmp_path / "schedule.ssim", [leg_record(number=number) for number in range(1, 60)])
    reports: list[LoadReport] = []
    together = threading.Barrier(4)

    def run() -> None:
        try:
            together.wait(10)
            reports.append(schedule_load(path=path, window=WEEK, redate=False, clock=FixedClock(NOW), progress=lambda *_: None))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted((report.already_loaded, report.opened) for report in reports) == [(False, 59 * 7), (True, 0), (True, 0), (True, 0)]
    assert ledger_is_true()


def command(*arguments: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("load_schedule", *arguments, stdout=out, stderr=err)
    return out.getvalue(), err.getvalue()


def test_the_command_shows_progress_and_says_what_it_did(tmp_path: Path) -> None:
    path = schedule_write(tmp_path / "schedule.ssim", [leg_record()])
    out, err = command(str(path), "--starts=2026-12-07", "--days=7")
    assert out == "schedule.ssim, 2026-12-07 to 2026-12-13: 7 dated legs; 7 opened, 0 changed, 0 cancelled, 0 taken up again\n"
    assert err.splitlines()[-1] == "load_schedule: writing 100 %"
    out, _ = command(str(path), "--starts=2026-12-07", "--days=7")
    assert out == "schedule.ssim, 2026-12-07 to 2026-12-13: loaded already, nothing changed\n"


def test_the_command_lists_faults_with_line_and_column(tmp_path: Path) -> None:
    path = schedule_write(tmp_path / "bad.ssim", [leg_record(destination="QQQ", departure_variation=180)])
    with pytest.raises(CommandError) as refused:
        command(str(path), "--starts=2026-12-07")
    assert str(refused.value).splitlines() == [
        f"{path}: line 11, column 48: JFK (America/New_York) is never at +0300 in 2026, but at -0500 or -0400",
        f"{path}: line 11, column 55: airport QQQ is not known",
        "Nothing was loaded.",
    ]


def test_the_command_says_which_file_it_could_not_read(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"none\.ssim cannot be read: No such file"):
        command(str(tmp_path / "none.ssim"))
    with pytest.raises(CommandError, match="give a number of days from 1 to 400"):
        command(str(tmp_path / "none.ssim"), "--days=0")
