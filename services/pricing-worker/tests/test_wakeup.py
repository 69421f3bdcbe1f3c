from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from django.db import connection

from farewire_dev.servers.waiting import wait_until
from farewire_dev.testing.schedule import Schedule, seats_hold
from farewire_pricing.wakeup import Wakeup

LISTENERS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'farewire-pricing-wakeup' AND datname = current_database()"
TERMINATE = LISTENERS.replace("count(*)", "count(pg_terminate_backend(pid))")


def ask(statement: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        (count,) = cursor.fetchone()
    return int(count)


@pytest.fixture
def wake(database_url: str, stop: threading.Event) -> Iterator[threading.Event]:
    event = threading.Event()
    wakeup = Wakeup(database_url=database_url, event=event, stop=stop)
    wakeup.start()
    assert event.wait(10), "a new connection wakes the loop, since notifications may have been missed before"
    event.clear()
    yield event
    stop.set()
    wakeup.join(10)


def test_a_committed_hold_wakes_the_loop(schedule: Schedule, wake: threading.Event) -> None:
    seats_hold(schedule.add(), 1)
    assert wake.wait(10)


def test_a_lost_connection_is_made_anew(schedule: Schedule, wake: threading.Event) -> None:
    leg = schedule.add()
    assert ask(TERMINATE) == 1
    assert wake.wait(10)
    wait_until(lambda: ask(LISTENERS) == 1, what="it listens again", seconds=10)
    wake.clear()
    seats_hold(leg, 1)
    assert wake.wait(10)
