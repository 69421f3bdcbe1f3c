"""Django's `DATABASES`, composed from the settings: one pooled PostgreSQL, READ COMMITTED, with timeouts."""

from __future__ import annotations

from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

from farewire.platform.settings import DatabaseSettings, SettingsError

DJANGO_SCHEMES = ("postgresql", "postgres")


def databases(settings: DatabaseSettings, *, application: str, pooled: bool = True) -> dict[str, dict[str, Any]]:
    """`DATABASES` with the single database that the settings name.

    Whatever libpq takes, the URL may say: `?host=/path`, `?sslmode=verify-full`, several hosts of which the one that takes
    writes is meant (`postgresql://a:5432,b:5432/farewire?target_session_attrs=read-write`). Raises `SettingsError` for a URL
    that is not PostgreSQL's.
    """
    url = settings.database_url.get_secret_value()
    if url.partition("://")[0] not in DJANGO_SCHEMES:
        raise SettingsError("FAREWIRE_DATABASE_URL is wrong: it begins with postgresql://.")
    try:
        told = conninfo_to_dict(url)
    except ProgrammingError:  # whose text may quote a password
        raise SettingsError(
            "FAREWIRE_DATABASE_URL is wrong: libpq cannot read it; write what is special in user and password as %XX, and "
            "name no parameter that libpq does not know."
        ) from None
    if not all(port.isdigit() for port in str(told.get("port", "5432")).split(",")):
        raise SettingsError("FAREWIRE_DATABASE_URL is wrong: a port is a number.")
    named = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    options: dict[str, Any] = {
        **{name: value for name, value in told.items() if name not in named},
        "application_name": application,
        "options": f"-c lock_timeout={settings.database_lock_timeout_ms} -c statement_timeout={settings.database_statement_timeout_ms}",
    }
    if pooled:
        # An attempt to connect is given up soon, since its pauses double: after an outage the next caller begins a new one
        # at once, rather than wait for the end of a pause as long as the outage.
        options["pool"] = {"min_size": 1, "max_size": settings.database_pool_size, "timeout": 5, "reconnect_timeout": 5}
    return {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            **{ours: str(told.get(name, "")) for name, ours in named.items()},
            "CONN_MAX_AGE": 0,
            # A pooled connection is tried before it is given out: after PostgreSQL restarts, none of the dead ones fails a request.
            "CONN_HEALTH_CHECKS": pooled,
            "OPTIONS": options,
        }
    }
