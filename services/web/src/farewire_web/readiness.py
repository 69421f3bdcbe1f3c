"""Whether the service can do its work: the database answers, and its schema is the one that this release needs."""

from __future__ import annotations

import psycopg
from django.db.migrations.loader import MigrationLoader

CONNECT_SECONDS = 2
STATEMENT_MS = 2000


class DatabaseReadiness:
    """Checks with a connection of its own each time.

    The checks run in the process that forks the workers, which must not hold a connection or a pool for them to inherit.
    """

    def __init__(self, *, database_url: str) -> None:
        self._url = database_url
        self._needed = frozenset(MigrationLoader(None, ignore_no_migrations=True).disk_migrations)

    def check(self) -> str | None:
        """Answer None when all is well, otherwise why not; raises psycopg's errors where the database is away."""
        with psycopg.connect(
            self._url,
            connect_timeout=CONNECT_SECONDS,
            application_name="farewire-web-readiness",
            client_encoding="utf8",  # as Django asks; where the server's is SQL_ASCII, text would come as bytes
            options=f"-c statement_timeout={STATEMENT_MS}",
        ) as connection:
            if connection.execute("SELECT to_regclass('django_migrations')").fetchone() == (None,):
                return "the database was never migrated; run `farewire-web migrate`"
            applied = set(connection.execute("SELECT app, name FROM django_migrations").fetchall())
        missing = sorted(f"{app}.{name}" for app, name in self._needed - applied)
        return f"migrations are missing: {', '.join(missing[:5])}; run `farewire-web migrate`" if missing else None
