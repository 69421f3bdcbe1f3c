"""The states that rows move through, each named once."""

from __future__ import annotations

from enum import StrEnum


class FlightStatus(StrEnum):
    """Whether a dated leg may be sold."""

    OPEN = "open"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class CabinCode(StrEnum):
    """The cabins of an aircraft, in the order in which they are shown."""

    ECONOMY = "economy"
    PREMIUM = "premium"
    BUSINESS = "business"


class CabinStatus(StrEnum):
    """Whether a cabin's seats may be held."""

    OPEN = "open"
    CLOSED = "closed"


class LedgerKind(StrEnum):
    """Why a cabin's counters changed."""

    OPENED = "opened"
    HELD = "held"
    RELEASED = "released"
    EXPIRED = "expired"
    SOLD = "sold"
    REFUNDED = "refunded"
    BLOCKED = "blocked"
    AUTHORIZED = "authorized"


class HoldState(StrEnum):
    """active moves once, to exactly one of the others."""

    ACTIVE = "active"
    CONVERTED = "converted"
    RELEASED = "released"
    EXPIRED = "expired"


class BrandCode(StrEnum):
    """Conditions added to the lowest open booking class, in the order of their price."""

    BASIC = "basic"
    STANDARD = "standard"
    FLEX = "flex"
