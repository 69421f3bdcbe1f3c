"""From a leg's period to its dated legs: local clock times become moments in UTC.

How the file's UTC variation is held against the IANA zone:

- The local times are what the carrier prints and the passenger reads; the zone turns them into UTC, also where a
  period runs over a change of the clocks and its variation is right on one side only.
- In the hour that the clocks repeat, the variation says which of the two moments is meant. A time in the hour that
  they skip is moved on by that hour.
- A variation that the zone never has in the years of the period means that the station or the variation is wrong, and
  refuses the file.
- In time mode U the file's moments are taken as they are, and the zone gives the local date.
- With a `Tiling` (re-dating) the local departure time and the block time are kept; the local arrival follows.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from zoneinfo import ZoneInfo

from farewire.catalog.ssim.fields import MINUTES_A_DAY, write_variation
from farewire.catalog.ssim.problems import Problems
from farewire.catalog.ssim.records import CarrierSet, LegRecord, TimeMode
from farewire.domain.identifiers import flight_id_format

_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """The local dates of departure `starts` to `starts + days`, the end left out."""

    starts: dt.date
    days: int

    @property
    def last(self) -> dt.date:
        """The last date, included."""
        return self.starts + dt.timedelta(days=self.days - 1)

    def __contains__(self, date: dt.date) -> bool:
        return self.starts <= date <= self.last


@dataclass(frozen=True, slots=True)
class Tiling:
    """A schedule repeated for ever: its validity, taken as whole weeks, laid end to end in both directions.

    Weekdays stay weekdays, and where a copy falls does not depend on the window that is asked for.
    """

    starts: dt.date
    days: int

    @classmethod
    def of(cls, carrier: CarrierSet) -> Tiling:
        """The tiling of a carrier's set; one without an end repeats after 52 weeks."""
        if carrier.valid_to is None:
            return cls(carrier.valid_from, 52 * 7)
        length = (carrier.valid_to - carrier.valid_from).days + 1
        return cls(carrier.valid_from, -(-length // 7) * 7)

    def source(self, date: dt.date) -> dt.date:
        """The date of the file whose flights fly on `date`."""
        return self.starts + dt.timedelta(days=(date - self.starts).days % self.days)


@dataclass(frozen=True, slots=True)
class FlownLeg:
    """A leg on a date. `departs_at` and `arrives_at` are UTC.

    `zone_agrees` is false where the file's variation is not the zone's on that day; a re-dated leg is not compared.
    """

    flight_id: str
    leg: LegRecord
    local_date: dt.date
    departs_at: dt.datetime
    arrives_at: dt.datetime
    zone_agrees: bool


def leg_check(leg: LegRecord, *, zones: Mapping[str, ZoneInfo | None], problems: Problems) -> bool:
    """Whether the leg's stations are known and their zones can have the variations that the file gives."""
    good = True
    for column, station, variation_column, variation in (
        (37, leg.origin, 48, leg.departure_variation),
        (55, leg.destination, 66, leg.arrival_variation),
    ):
        zone = zones[station]
        if zone is None:
            problems.add(leg.line, column, f"airport {station} is not known")
            good = False
            continue
        years = {leg.period_from.year, (leg.period_to or leg.period_from).year}
        if all(variation not in _variations(zone, year) for year in years):
            had = " or ".join(write_variation(minutes) for minutes in sorted(_variations(zone, min(years))))
            problems.add(
                leg.line, variation_column, f"{station} ({zone.key}) is never at {write_variation(variation)} in {min(years)}, but at {had}"
            )
            good = False
    return good


def leg_expand(leg: LegRecord, *, window: Window, zones: Mapping[str, ZoneInfo | None], tiling: Tiling | None = None) -> Iterator[FlownLeg]:
    """Yield the leg on each local date of departure inside `window`, in order. `leg_check` must have passed."""
    origin, destination = zones[leg.origin], zones[leg.destination]
    if origin is None or destination is None:
        raise ValueError(f"{leg.designator}: expand only legs that leg_check has passed")
    in_utc = leg.time_mode is TimeMode.UTC
    depart = leg.departure_day * MINUTES_A_DAY + leg.departure + (leg.departure_variation if in_utc else 0)
    arrive = depart + leg.block_minutes + leg.arrival_variation - leg.departure_variation
    block = dt.timedelta(minutes=leg.block_minutes)
    # Flight dates whose legs may depart inside the window, whatever the shift between the two.
    flight_date = window.starts - (depart // MINUTES_A_DAY + 1) * _DAY
    for _ in range(window.days + 2):
        midnight = dt.datetime.combine(flight_date, dt.time())
        operates = _operates(leg, tiling.source(flight_date) if tiling else flight_date)
        flight_date += _DAY
        if not operates:
            continue
        departs_local = midnight + dt.timedelta(minutes=depart)
        if in_utc and tiling is None:
            departs_at = (departs_local - dt.timedelta(minutes=leg.departure_variation)).replace(tzinfo=dt.UTC)
            local_date = departs_at.astimezone(origin).date()
            departs_agrees, arrives_agrees = True, True
            arrives_at = departs_at + block
        else:
            local_date = departs_local.date()
            departs_at, departs_agrees, shown = _moment(departs_local, origin, leg.departure_variation)
            arrives_at, arrives_agrees = departs_at + block, True
            if tiling is not None:
                departs_agrees = True
            elif shown:
                printed, arrives_agrees, _ = _moment(midnight + dt.timedelta(minutes=arrive), destination, leg.arrival_variation)
                # Earlier than the departure only where one end's clocks change on another night than the file has it.
                arrives_at = printed if printed > departs_at else arrives_at
        if local_date in window:
            flight_id = flight_id_format(
                carrier=leg.carrier, number=leg.number, suffix=leg.suffix, local_date=local_date, origin=leg.origin
            )
            yield FlownLeg(flight_id, leg, local_date, departs_at, arrives_at, departs_agrees and arrives_agrees)


def _operates(leg: LegRecord, date: dt.date) -> bool:
    if date < leg.period_from or (leg.period_to is not None and date > leg.period_to) or date.isoweekday() not in leg.days:
        return False
    return leg.every_weeks == 1 or (date - leg.period_from).days // 7 % leg.every_weeks == 0


def _moment(local: dt.datetime, zone: ZoneInfo, variation: int) -> tuple[dt.datetime, bool, bool]:
    """The moment at which clocks in `zone` show `local`.

    Also whether they are then at `variation` minutes from UTC, and whether they show `local` at all.
    """
    stated = dt.timedelta(minutes=variation)
    offset, other = _offset(local, zone, fold=0), _offset(local, zone, fold=1)
    # Clocks that go back show the hour twice, with the larger offset first; those that go on never show it.
    if offset > other == stated:
        offset = other
    return (local - offset).replace(tzinfo=dt.UTC), offset == stated, offset >= other


def _offset(local: dt.datetime, zone: ZoneInfo, *, fold: int) -> dt.timedelta:
    return local.replace(tzinfo=zone, fold=fold).utcoffset() or dt.timedelta()


@lru_cache(maxsize=4096)
def _variations(zone: ZoneInfo, year: int) -> frozenset[int]:
    """The minutes from UTC that clocks in `zone` show at some time of `year`."""
    noons = (dt.datetime(year, month, day, 12, tzinfo=zone) for month in range(1, 13) for day in (1, 15, 28))
    return frozenset(int((noon.utcoffset() or dt.timedelta()).total_seconds()) // 60 for noon in noons)
