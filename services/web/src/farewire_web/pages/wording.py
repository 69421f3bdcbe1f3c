"""How amounts, times and lengths of time are written for people, in English."""

from __future__ import annotations

from datetime import date, datetime

_MOST_SEATS_SHOWN = 9
_SIGNS = {"USD": "$", "EUR": "€", "GBP": "£"}


def amount_text(amount: int, currency: str) -> str:
    """Minor units as people read them: `$1,299`, or `$1,299.50` where there are cents; `static/…/money.js` is its twin."""
    whole, cents = divmod(amount, 100)
    digits = f"{whole:,}" if not cents else f"{whole:,}.{cents:02}"
    sign = _SIGNS.get(currency)
    return f"{sign}{digits}" if sign else f"{digits} {currency}"


def duration_text(minutes: int) -> str:
    """Minutes as hours and minutes: `6 h 05`, `45 min`."""
    hours, rest = divmod(minutes, 60)
    return f"{hours} h {rest:02}" if hours else f"{rest} min"


def zone_text(moment: datetime) -> str:
    """The zone that a local time is in: `EST`, or `UTC+3` where the zone has only a number for a name."""
    name = moment.tzname() or "UTC"
    if name[0] not in "+-":
        return name
    hours, minutes = int(name[1:3]), name[3:5]
    return f"UTC{name[0]}{hours}" + (f":{minutes}" if minutes not in ("", "00") else "")


def day_text(day: date) -> str:
    """A date as a board shows it: `Tue 1 Dec`."""
    return f"{day:%a} {day.day} {day:%b}"


def count_text(count: int, one: str, many: str) -> str:
    """A count and its noun: `1 passenger`, `2 passengers`."""
    return f"{count} {one if count == 1 else many}"


def seats_text(seats_left: int) -> str:
    """Seats left as the board says them; nine stands for nine or more."""
    if seats_left <= 0:
        return "Sold out"
    return "9+ seats" if seats_left >= _MOST_SEATS_SHOWN else f"{seats_left} left"
