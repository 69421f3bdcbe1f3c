"""Loading a schedule file: the one way in which dated legs and their seats come to be."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from django.db import connection, transaction

from farewire.catalog.airports import airport_facts
from farewire.catalog.models import Airport, Carrier, Equipment, ScheduleFile
from farewire.catalog.seat_table import aircraft_types
from farewire.catalog.ssim import Window
from farewire.domain.clock import Clock
from farewire.inventory.schedule_merge import Untouched, schedule_merge
from farewire.inventory.schedule_staging import Progress, Staged, schedule_stage

# Any number that no other advisory lock of ours has: "FWSCHED" on a telephone's keys.
_LOCK = 3_972_433
# Part of the digest: raise it when the same file would load differently than before.
_RULES = "1"


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What a load did. Counts are of dated legs, but `not_sold`, which counts the file's records without passengers."""

    already_loaded: bool = False
    staged: int = 0
    opened: int = 0
    changed: int = 0
    cancelled: int = 0
    reinstated: int = 0
    untouched: Sequence[Untouched] = ()
    not_sold: int = 0
    zone_differs: int = 0


def schedule_load(*, path: Path, window: Window, redate: bool, clock: Clock, progress: Progress) -> LoadReport:
    """Load the legs of the SSIM file `path` that depart on the local dates of `window`.

    One transaction: all of it or nothing. Legs of the file's carriers inside the window become those of the file: new
    ones are opened, unsold ones changed or cancelled, and legs with sold or held seats are left and reported. The same
    file over the same window, loaded last, is not even read. Loads wait for each other. `redate` repeats the file's
    weeks over any window. Raises `ScheduleRefused` for a file with
    faults, `InvalidInput` for one without a flight inside the window.
    """
    digest = _digest(path, redate=redate)
    with transaction.atomic():
        _alone(progress)
        last = ScheduleFile.objects.order_by("-loaded_at", "-id").values_list("digest", "starts_on", "ends_on").first()
        if last == (digest, window.starts, window.last):
            return LoadReport(already_loaded=True)
        staged = schedule_stage(path=path, window=window, redate=redate, progress=progress)
        _reference_rows(staged)
        merged = schedule_merge(
            window=window,
            validity=staged.validity,
            reference=f"schedule {digest[:12]}",
            now=clock.now(),
            progress=progress,
        )
        ScheduleFile.objects.update_or_create(
            digest=digest,
            starts_on=window.starts,
            ends_on=window.last,
            defaults={"name": path.name, "loaded_at": _wall_clock()},
        )
    return LoadReport(
        staged=staged.legs,
        opened=merged.opened,
        changed=merged.changed,
        cancelled=merged.cancelled,
        reinstated=merged.reinstated,
        untouched=merged.untouched,
        not_sold=staged.not_sold,
        zone_differs=staged.zone_differs,
    )


def _digest(path: Path, *, redate: bool) -> str:
    """SHA-256 of the file and of everything else that decides what it loads."""
    seats = sorted((kind.code, sorted(kind.seats.items())) for kind in aircraft_types().values())
    rules = hashlib.sha256(repr((_RULES, redate, seats)).encode())
    with path.open("rb") as file:
        rules.update(hashlib.file_digest(file, "sha256").digest())
    return rules.hexdigest()


def _alone(progress: Progress) -> None:
    """Take the load lock, to the end of the transaction, and let long statements run in it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '0', true)")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])
        if not cursor.fetchone()[0]:
            progress("waiting for another load", 0, 1)
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        # From here on only seats that are being sold can be in the way, for milliseconds each.
        cursor.execute("SELECT set_config('lock_timeout', '30s', true), set_config('work_mem', '64MB', true)")


def _wall_clock() -> dt.datetime:
    """The moment by PostgreSQL's clock, not its transaction's start: the order of loads that waited for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: dt.datetime = cursor.fetchone()[0]
        return moment


def _reference_rows(staged: Staged) -> None:
    facts = [airport for code in sorted(staged.airports) if (airport := airport_facts(code))]
    Airport.objects.bulk_create(
        [
            Airport(
                code=airport.code,
                name=airport.name,
                city=airport.city,
                country=airport.country,
                latitude=airport.latitude,
                longitude=airport.longitude,
                zone=airport.zone,
                search_text=airport.search_text,
                served=True,
            )
            for airport in facts
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "city", "country", "latitude", "longitude", "zone", "search_text", "served"],
    )
    named = [Carrier(code=code, name=name) for code, name in staged.carriers.items() if name]
    Carrier.objects.bulk_create(named, update_conflicts=True, unique_fields=["code"], update_fields=["name"])
    # A file that does not name its carrier leaves the name that is there.
    unnamed = [Carrier(code=code, name=code) for code, name in staged.carriers.items() if not name]
    Carrier.objects.bulk_create(unnamed, ignore_conflicts=True)
    known = aircraft_types()
    Equipment.objects.bulk_create(
        [
            Equipment(
                code=code,
                name=known[code].name if code in known else code,
                cabins={cabin.value: number for cabin, number in (known[code].seats if code in known else seats).items()},
            )
            for code, seats in sorted(staged.equipment.items())
        ],
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["name", "cabins"],
    )
