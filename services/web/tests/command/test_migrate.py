from __future__ import annotations

import psycopg
import pytest

from farewire_dev.servers.waiting import wait_until
from farewire_web.migrate import MIGRATION_LOCK
from services.web.tests.command.conftest import command, environment

pytestmark = pytest.mark.django_db  # which makes pytest-django make the database


def test_two_at_once_do_no_harm(empty_database, at_once):
    """One migrates; the other waits and finds nothing to do."""
    running = [at_once(lambda: command("migrate", **environment(empty_database))) for _ in range(2)]
    ended = [each.result(timeout=120) for each in running]
    assert [each.returncode for each in ended] == [0, 0], ended
    assert sorted("No migrations to apply" in each.stdout for each in ended) == [False, True]
    with psycopg.connect(empty_database) as connection:
        assert connection.execute("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'").fetchone() == (0,)
        assert connection.execute("SELECT count(*) FROM django_migrations WHERE app = 'bookings'").fetchone()[0] >= 1


def test_it_waits_for_whoever_migrates_longer_than_any_lock_timeout(empty_database, at_once):
    with psycopg.connect(empty_database, autocommit=True) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        waiting = at_once(lambda: command("migrate", **environment(empty_database, FAREWIRE_DATABASE_LOCK_TIMEOUT_MS="1")))
        wait_until(
            lambda: other.execute("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted").fetchone() is not None,
            what="it waits for the lock",
            seconds=60,
            gone=lambda: str(waiting.result()) if waiting.done() else None,
        )
        other.execute("SELECT pg_advisory_unlock(%s)", [MIGRATION_LOCK])
        assert waiting.result(timeout=120).returncode == 0


def test_a_management_command_may_take_as_long_as_it_takes(database_url):
    ended = command(
        "manage",
        "shell",
        "-c",
        "from django.db import connection as c; k = c.cursor(); k.execute('SHOW statement_timeout'); print(k.fetchone())",
        **environment(database_url, FAREWIRE_DATABASE_STATEMENT_TIMEOUT_MS="7"),
    )
    assert ended.returncode == 0, ended.stderr
    assert "('0',)" in ended.stdout
