"""The field types of SSIM chapter 7: dates, clock times, UTC variations, days of operation, date variations.

Each `read_…` raises `ValueError` with a reason fit for a reader of the file; each `write_…` is its inverse.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from functools import lru_cache

OPEN_DATE = "00XXX00"
MINUTES_A_DAY = 24 * 60
_CENTURY = 20
_MONTHS = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_DATE = re.compile(rf"\d\d({'|'.join(_MONTHS)})\d\d", re.ASCII)
_CLOCK = re.compile(r"([01]\d|2[0-3])[0-5]\d|2400", re.ASCII)
# No clock on Earth is further from UTC than 14 hours.
_VARIATION = re.compile(r"[+-](0\d|1[0-4])[0-5]\d", re.ASCII)
# 0 the day itself, 1 to 7 days after; the day before has been written both J and A by editions of the manual.
_DAY_SHIFTS = {**{str(n): n for n in range(8)}, "J": -1, "A": -1}


@lru_cache(maxsize=4096)
def read_date(text: str) -> dt.date:
    """`01DEC26` → 1 December 2026. Years are of this century: the format is younger than its data."""
    if not _DATE.fullmatch(text):
        raise ValueError(f"'{text}' is not a date like 01DEC26")
    try:
        return dt.date(100 * _CENTURY + int(text[5:]), _MONTHS.index(text[2:5]) + 1, int(text[:2]))
    except ValueError:
        raise ValueError(f"'{text}' is not a day of the calendar") from None


def read_end_date(text: str) -> dt.date | None:
    """A date, or None for the open end `00XXX00`."""
    return None if text == OPEN_DATE else read_date(text)


def write_date(date: dt.date | None) -> str:
    """The inverse of `read_date` and, for None, of `read_end_date`."""
    if date is None:
        return OPEN_DATE
    if date.year // 100 != _CENTURY:
        raise ValueError(f"{date} cannot be written with two digits of year")
    return f"{date.day:02d}{_MONTHS[date.month - 1]}{date.year % 100:02d}"


def read_clock(text: str) -> int:
    """`0915` → 555 minutes after midnight; 2400 is the end of the day."""
    if not _CLOCK.fullmatch(text):
        raise ValueError(f"'{text}' is not a time of day like 0915")
    return int(text[:2]) * 60 + int(text[2:])


def write_clock(minutes: int) -> str:
    """The inverse of `read_clock`."""
    return f"{minutes // 60:02d}{minutes % 60:02d}"


def read_variation(text: str) -> int:
    """`-0430` → -270: local time minus UTC, in minutes."""
    if not _VARIATION.fullmatch(text):
        raise ValueError(f"'{text}' is not a UTC variation like -0500")
    minutes = int(text[1:3]) * 60 + int(text[3:])
    return -minutes if text[0] == "-" else minutes


def write_variation(minutes: int) -> str:
    """The inverse of `read_variation`."""
    return ("-" if minutes < 0 else "+") + write_clock(abs(minutes))


def read_days(text: str) -> frozenset[int]:
    """`1 3 5  ` → {1, 3, 5}, Monday being 1; each digit stands at its own position."""
    days = set()
    for position, mark in enumerate(text, start=1):
        if mark == str(position):
            days.add(position)
        elif mark != " ":
            raise ValueError(f"'{mark}' is not {position} or blank: days of operation read like '1 3 5  '")
    if not days:
        raise ValueError("no day of operation is given")
    return frozenset(days)


def write_days(days: frozenset[int]) -> str:
    """The inverse of `read_days`."""
    return "".join(str(day) if day in days else " " for day in range(1, 8))


def read_day_shift(mark: str) -> int | None:
    """Days from the date of the flight's origin to the event; None where the file leaves it blank."""
    if mark == " ":
        return None
    if mark not in _DAY_SHIFTS:
        raise ValueError(f"'{mark}' is not a date variation (0 to 7, or J for the day before)")
    return _DAY_SHIFTS[mark]


def write_day_shift(days: int | None) -> str:
    """The inverse of `read_day_shift`, with J for the day before."""
    return " " if days is None else "J" if days == -1 else str(days)


def whole_read(what: str, least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers, padded with blanks or zeros, from `least` to `most`."""

    def read(text: str) -> int:
        if not text.strip().isdigit() or not least <= int(text) <= most:
            raise ValueError(f"{what} is '{text}', not a number from {least} to {most}")
        return int(text)

    return read


def code_read(what: str, pattern: str, looks: str) -> Callable[[str], str]:
    """A reader of codes that match `pattern`, which `looks` puts into words; without blanks around."""
    compiled = re.compile(pattern)

    def read(text: str) -> str:
        if not compiled.fullmatch(text):
            raise ValueError(f"{what} is '{text}', not {looks}")
        return text.strip()

    return read
