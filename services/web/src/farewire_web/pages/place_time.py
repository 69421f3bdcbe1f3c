"""A moment at an airport, as its clocks show it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from farewire_web.pages.wording import zone_text
from farewire_web.search.leg import Place


@dataclass(frozen=True, slots=True)
class PlaceTime:
    """When, on the clocks of where: `07:05`, `EST`, at `JFK`, `New York`."""

    moment: datetime
    clock: str
    zone: str
    code: str
    city: str

    @classmethod
    def of(cls, moment: datetime, place: Place) -> PlaceTime:
        """The aware `moment` on the clocks of `place`."""
        local = place.local(moment)
        return cls(moment=local, clock=f"{local:%H:%M}", zone=zone_text(local), code=place.code, city=place.city)

    @property
    def iso(self) -> str:
        """The moment with its local offset, as `<time datetime>` wants it."""
        return self.moment.isoformat(timespec="minutes")


def day_offset(departs: PlaceTime, arrives: PlaceTime) -> int:
    """How many calendar days later, by the clocks on each side, one arrives; -1 over the date line."""
    return (arrives.moment.date() - departs.moment.date()).days


def day_offset_text(offset: int) -> str:
    """The mark beside an arrival: `+1`, `-1`, or nothing on the same day."""
    return f"+{offset}" if offset > 0 else str(offset) if offset < 0 else ""
