"""Django's `DATABASES`, composed from the settings: one pooled PostgreSQL, READ COMMITTED, with timeouts."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from farewire.platform.settings import DatabaseSettings, SettingsError

DJANGO_SCHEMES = ("postgresql", "postgres")


def databases(settings: DatabaseSettings, *, application: str, pooled: bool = True) -> dict[str, dict[str, Any]]:
    """`DATABASES` with the single database that the settings name.

    Query parameters of the URL go to libpq (`?host=/path`, `?sslmode=verify-full`). Raises `SettingsError` for a URL
    that is not PostgreSQL's.
    """
    url = urlsplit(settings.database_url.get_secret_value())
    if url.scheme not in DJANGO_SCHEMES:
        raise SettingsError("FAREWIRE_DATABASE_URL is wrong: it begins with postgresql://.")
    query = dict(parse_qsl(url.query))
    options: dict[str, Any] = {
        **{name: text for name, text in query.items() if name not in {"host", "port", "user", "password", "dbname"}},
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
            "NAME": query.get("dbname") or unquote(url.path.lstrip("/")),
            "USER": query.get("user") or unquote(url.username or ""),
            "PASSWORD": query.get("password") or unquote(url.password or ""),
            "HOST": query.get("host") or url.hostname or "",
            "PORT": query.get("port") or (url.port or ""),
            "CONN_MAX_AGE": 0,
            # A pooled connection is tried before it is given out: after PostgreSQL restarts, none of the dead ones fails a request.
            "CONN_HEALTH_CHECKS": pooled,
            "OPTIONS": options,
        }
    }
