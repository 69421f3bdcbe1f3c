from __future__ import annotations

from typing import Any

import psycopg
import pytest

from farewire.platform.database import databases
from farewire.platform.settings import DatabaseSettings, SettingsError, settings_load


def default(url: str) -> dict[str, Any]:
    return databases(settings_load(DatabaseSettings, {"FAREWIRE_DATABASE_URL": url}), application="farewire-test")["default"]


def test_a_url_may_name_several_hosts_and_what_libpq_knows():
    found = default("postgresql://me:p%40ss@one:5432,two:5433/farewire?target_session_attrs=read-write")
    assert [found[name] for name in ("HOST", "PORT", "USER", "PASSWORD", "NAME")] == ["one,two", "5432,5433", "me", "p@ss", "farewire"]
    assert found["OPTIONS"]["target_session_attrs"] == "read-write"


@pytest.mark.parametrize(
    "url",
    [
        "mysql://me@one/farewire",
        "postgresql://me:sec ret@one/farewire",
        "postgresql://me:secret@one:port/farewire",
        "postgresql://me:secret@one/farewire?sslmdoe=require",
    ],
)
def test_a_url_that_cannot_be_is_refused_without_its_password(url: str):
    with pytest.raises(SettingsError, match="FAREWIRE_DATABASE_URL is wrong") as refusal:
        default(url)
    assert "ret" not in str(refusal.value).removeprefix("FAREWIRE_DATABASE_URL is wrong")


def test_of_several_hosts_the_one_that_answers_serves(database_url: str):
    found = default(database_url.replace("@", "@127.0.0.1:9,", 1))
    names = {"HOST": "host", "PORT": "port", "USER": "user", "PASSWORD": "password", "NAME": "dbname"}
    with psycopg.connect(**{theirs: found[ours] for ours, theirs in names.items()}) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
