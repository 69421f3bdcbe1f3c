"""Management: migrations one at a time, and commands that may take as long as they take."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import django
from django.core.management import call_command, execute_from_command_line
from django.db import connection

MIGRATION_LOCK = 0x4641_5245_5749_5245  # "FAREWIRE": the advisory lock that whoever migrates holds
DDL_LOCK_TIMEOUT_SECONDS = 10


def migrate() -> None:
    """Migrate the database under an advisory lock: a second one waits, and then finds nothing to do.

    No statement is cut short, but none waits long for a table either: a migration that cannot have its lock fails and is
    run again, rather than queue everybody else behind it.
    """
    django.setup()
    _unhurried()
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = 0")
        cursor.execute("SELECT pg_advisory_lock(%s)", [MIGRATION_LOCK])
        cursor.execute(f"SET lock_timeout = '{DDL_LOCK_TIMEOUT_SECONDS}s'")
    try:
        call_command("migrate", interactive=False)
    finally:
        connection.close()  # and the lock with it


def manage(arguments: Sequence[str]) -> None:
    """Run Django's `arguments` as a management command, without the time limits of requests."""
    django.setup()
    _unhurried()
    execute_from_command_line(["farewire-web manage", *arguments])
    sys.stdout.flush()


def _unhurried() -> None:
    """Take the pool and the statement timeout, which are for serving, off the connection that is not open yet."""
    options = connection.settings_dict["OPTIONS"]
    options.pop("pool", None)
    options["options"] = f"{options.get('options', '')} -c statement_timeout=0".strip()
