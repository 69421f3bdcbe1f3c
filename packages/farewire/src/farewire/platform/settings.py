"""Settings: typed, declared once, read from `FAREWIRE_…` variables or from the files that `FAREWIRE_…_FILE` names.

A service composes its settings class from the groups here and calls `settings_load` once at start. A variable that
the service does not know, a value of the wrong type and a secret that is missing each stop the start with a sentence
that says which variable, and what to do.
"""

from __future__ import annotations

import difflib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PREFIX = "FAREWIRE_"
FILE_SUFFIX = "_FILE"


class SettingsError(Exception):
    """The environment does not make a valid configuration; the message lists every fault."""


class ServiceSettings(BaseSettings):
    """What every service reads."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="forbid", frozen=True)

    log_level: Literal["debug", "info", "warning", "error"] = Field("info", description="The least severe event that is logged.")
    log_format: Literal["json", "console"] = Field("json", description="One JSON event a line, or lines for people.")
    bind: str = Field("0.0.0.0:8000", description="Where the service listens: host:port or unix:/path.")
    internal_bind: str = Field("0.0.0.0:9100", description="Where /metrics, /livez, /readyz and /startupz answer.")
    release: str = Field("dev", description="The version that logs and metrics name.")


class RedisSettings(BaseSettings):
    """How to reach Redis, which never is the only holder of a fact."""

    redis_url: SecretStr = Field(description="redis://[user:password@]host:port/db, rediss:// for TLS, unix:///path for a socket.")
    redis_prefix: str = Field("farewire", description="The prefix of every key and channel, so that two sites may share a server.")


class DatabaseSettings(BaseSettings):
    """How to reach PostgreSQL, which is the truth."""

    database_url: SecretStr = Field(description="postgresql://user:password@host:port/name; ?host=/path for a socket.")
    database_pool_size: int = Field(8, ge=1, le=200, description="The most connections that one process keeps.")
    database_lock_timeout_ms: int = Field(2000, ge=1, description="How long a statement waits for a lock, in milliseconds.")
    database_statement_timeout_ms: int = Field(15000, ge=0, description="How long a statement may run, in milliseconds; 0 for no limit.")


class BookingSettings(BaseSettings):
    """What a hold is, and how many of them."""

    hold_seconds: int = Field(900, ge=1, description="How long a hold keeps its seats.")
    hold_cap_seconds: int = Field(1800, ge=1, description="The longest life of a hold, extension included.")
    offer_honour_seconds: int = Field(120, ge=0, description="How long an offer is honoured after it was superseded.")
    holds_per_shopper: int = Field(6, ge=1, description="The most active holds of one browser.")
    holds_per_address: int = Field(3000, ge=1, description="The most active holds from one network address.")
    hold_seats_per_cabin_and_shopper: int = Field(9, ge=1, description="The most seats of one cabin held by one browser.")
    hold_seats_per_cabin_and_address: int = Field(400, ge=1, description="The most seats of one cabin held from one network address.")
    sales_close_minutes: int = Field(45, ge=0, description="How long before departure sales close.")


Settings = TypeVar("Settings", bound=ServiceSettings)


def settings_load(kind: type[Settings], environment: Mapping[str, str] | None = None) -> Settings:
    """Read one service's settings from `environment` (the process's own by default).

    `FAREWIRE_X_FILE` names a file whose content, less the final newline, is the value of `FAREWIRE_X`. Raises
    `SettingsError` that names every unknown, doubled, unreadable, missing or malformed variable.
    """
    environment = os.environ if environment is None else environment
    allowed = {f"{PREFIX}{name.upper()}": name for name in kind.model_fields}
    values: dict[str, str] = {}
    faults: list[str] = []
    for variable, text in sorted(environment.items()):
        if not variable.startswith(PREFIX):
            continue
        plain = variable.removesuffix(FILE_SUFFIX)
        target = variable if variable in allowed else plain
        if target not in allowed:
            faults.append(_unknown(variable, allowed))
        elif allowed[target] in values:
            faults.append(f"{target} is given both directly and by {target}{FILE_SUFFIX}; keep one of them.")
        elif target is variable:
            values[allowed[target]] = text
        else:
            try:
                values[allowed[target]] = Path(text).read_text(encoding="utf-8").removesuffix("\n")
            except OSError as error:
                faults.append(f"{variable} names {text}, which cannot be read: {error.strerror}.")
    if faults:
        raise SettingsError("\n".join(faults))
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise SettingsError("\n".join(_explain(detail["loc"], detail["msg"], detail["type"]) for detail in error.errors())) from None


def _unknown(variable: str, allowed: Mapping[str, str]) -> str:
    near = difflib.get_close_matches(variable, [*allowed, *(f"{name}{FILE_SUFFIX}" for name in allowed)], n=1)
    hint = f" Did you mean {near[0]}?" if near else " Remove it, or see the settings table in docs/settings.md."
    return f"{variable} is not a setting of this service.{hint}"


def _explain(location: tuple[int | str, ...], message: str, kind: str) -> str:
    variable = f"{PREFIX}{'_'.join(str(part) for part in location).upper()}"
    if kind == "missing":
        return f"{variable} is not set; set it, or name a file that holds it in {variable}{FILE_SUFFIX}."
    return f"{variable} is wrong: {message}."
