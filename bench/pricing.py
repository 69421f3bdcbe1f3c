"""How fast prices are made, on an empty PostgreSQL from a wheel with its usual settings and the shipped schedule.

    .venv/bin/python bench/pricing.py [--days 14]

Prints figures and, since machines differ, their ratios within this run: a lookup against a new control, first prices by COPY
against pricing flights anew, and a claim of 200 events against claims of one. Exits 1 when a claim of 200 is not at least
three times as fast an event as claims of one, or a lookup not at least five times as fast as a new control.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from farewire_dev.servers.ports import free_ports
from farewire_dev.servers.postgres import PostgresServer

SCHEDULE = Path(__file__).parent.parent / "data" / "schedule.ssim"
SALES_CLOSE = timedelta(minutes=45)
EVENTS = 2000
SINGLE_EVENTS = 200
CONTROLS = 10_000
LOOKUPS = 200_000


@contextmanager
def database() -> Iterator[str]:
    """A migrated PostgreSQL of its own; yields its URL."""
    with tempfile.TemporaryDirectory(prefix="farewire-bench-") as directory:
        # The server runs as another user than root, who may not look into a directory made for root alone.
        Path(directory).chmod(0o755)
        server = PostgresServer(
            directory=Path(directory) / "data", port=free_ports(1)[0], password=secrets.token_urlsafe(16), log=Path(directory) / "log"
        )
        server.initialise()
        server.start()
        try:
            server.create_database("bench")
            yield server.url("bench")
        finally:
            server.stop()


def manage(url: str, *arguments: str) -> None:
    """Run one management command in a process of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "DJANGO_SETTINGS_MODULE": "farewire_web.settings",
        "FAREWIRE_DATABASE_URL": url,
        "FAREWIRE_SECRET_KEY": secrets.token_urlsafe(40),
    }
    subprocess.run([sys.executable, "-m", "django", *arguments], env=environment, capture_output=True, check=True)


def controls() -> float:
    """Measure the domain alone; how many times faster a lookup is than a new control."""
    from farewire.domain.demand import DemandInputs
    from farewire.domain.leg_control import control_compute
    from farewire.domain.states import CabinCode

    began = time.perf_counter()
    for miles in range(CONTROLS):
        computed = control_compute(DemandInputs(CabinCode.ECONOMY, miles + 50, 0, 8, 150, 28.0, 10))
    made = CONTROLS / (time.perf_counter() - began)
    began = time.perf_counter()
    for seats in range(LOOKUPS):
        computed.control.next_seat(seats % 150 + 1)
    found = LOOKUPS / (time.perf_counter() - began)
    print(f"{'new controls':>22}: {made:12,.0f} /s")
    print(f"{'lookups':>22}: {found:12,.0f} /s  {found / made:.1f} times a new control")
    return found / made


def first_prices() -> float:
    """Price the whole schedule for the first time; flights per second."""
    from farewire.domain.clock import SystemClock
    from farewire.inventory.models import Cabin
    from farewire.pricing.services import flights_price_new

    began = time.perf_counter()
    flights = flights_price_new(clock=SystemClock(), sales_close=SALES_CLOSE, progress=lambda *_: None)
    seconds = time.perf_counter() - began
    cabins = Cabin.objects.count()
    print(f"{'first prices by COPY':>22}: {flights / seconds:12,.0f} flights/s  ({cabins:,} cabins in {seconds:.1f} s)")
    return flights / seconds


def hold_seats(count: int) -> None:
    """Move a seat on each of the first `count` flights, as holds do."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT inventory_change(ARRAY[c.id], ARRAY[0], 'held', 0, 0, 0, 1, true, 'bench') FROM ("
            "SELECT c.id FROM inventory_cabin c JOIN catalog_datedleg l ON l.id = c.leg_id"
            " WHERE c.code = 'economy' AND l.departs_at > now() + interval '1 day' ORDER BY l.departs_at LIMIT %s) c",
            [count],
        )


def claims(events: int, limit: int) -> float:
    """Price so many events in claims of `limit`; events per second."""
    from farewire.domain.clock import SystemClock
    from farewire.pricing.services import events_price

    hold_seats(events)
    began = time.perf_counter()
    done = 0
    while done < events:
        done += events_price(clock=SystemClock(), sales_close=SALES_CLOSE, limit=limit).events
    rate = events / (time.perf_counter() - began)
    print(f"{f'claims of {limit}':>22}: {rate:12,.0f} events/s  ({1000 * limit / rate:.1f} ms a claim)")
    return rate


def main() -> int:
    """Load, price, price anew, and print what each took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=14)
    days = parser.parse_args().days
    with database() as url:
        manage(url, "migrate", "--verbosity=0")
        manage(url, "load_schedule", str(SCHEDULE), "--redate", f"--days={days}")
        os.environ.update(
            DJANGO_SETTINGS_MODULE="farewire_pricing.settings", FAREWIRE_DATABASE_URL=url, FAREWIRE_REDIS_URL="redis://127.0.0.1:9/0"
        )
        import django
        from django.db import connection

        django.setup()
        lookup_ratio = controls()
        copied = first_prices()
        one = claims(SINGLE_EVENTS, 1)
        many = claims(EVENTS, 200)
        print(f"{'ratios':>22}: COPY {copied / many:.1f} times claims of 200, these {many / one:.1f} times claims of one")
        connection.close()
    return 0 if many >= 3 * one and lookup_ratio >= 5 else 1


if __name__ == "__main__":
    sys.exit(main())
