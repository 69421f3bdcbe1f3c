"""What stands around a board: where, when and how many, the days beside it, and what an empty one says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.urls import reverse

from farewire_web.pages.board_filter import BoardFilter
from farewire_web.pages.search_request import SearchRequest
from farewire_web.pages.wording import count_text, day_text, zone_text
from farewire_web.search.flights import Search
from farewire_web.search.leg import Place


@dataclass(frozen=True, slots=True)
class DayLink:
    """A day beside the one shown."""

    text: str
    href: str
    current: bool


@dataclass(frozen=True, slots=True)
class SearchStrip:
    """The search as words and links; `kept` are the pairs that the filter form carries along."""

    origin: Place
    destination: Place
    day: str
    days: tuple[DayLink, ...]
    passengers: int
    passengers_text: str
    kept: list[tuple[str, str]]
    query: str
    href: str
    as_of: str
    empty_title: str
    empty_text: str
    filtered_href: str


def search_strip(*, wanted: SearchRequest, found: Search, chosen: BoardFilter, now: datetime) -> SearchStrip:
    """Describe a search for its page."""
    local = found.origin.local(now)
    query = urlencode([*wanted.items(), *chosen.items()])
    days = [day for day in (-1, 0, 1) if wanted.on(day).local_date >= local.date()]
    return SearchStrip(
        origin=found.origin,
        destination=found.destination,
        day=f"{wanted.local_date:%A} {wanted.local_date.day} {wanted.local_date:%B}",
        days=tuple(
            DayLink(day_text(wanted.on(day).local_date), _href([*wanted.on(day).items(), *chosen.items()]), current=day == 0)
            for day in days
        ),
        passengers=wanted.passengers,
        passengers_text=count_text(wanted.passengers, "passenger", "passengers"),
        kept=wanted.items(),
        query=query,
        href=_href([*wanted.items(), *chosen.items()]),
        as_of=f"{local:%H:%M:%S} {zone_text(local)}",
        empty_title="No journey fits" if found.journeys else f"Nothing flies from {found.origin.city} to {found.destination.city} that day",
        empty_text=(
            "Some fly that day, but not as you filtered them."
            if found.journeys
            else "Neither directly nor with one connection. Try another day, or an airport nearby."
        ),
        filtered_href=_href(wanted.items()) if found.journeys else "",
    )


def _href(items: list[tuple[str, str]]) -> str:
    return f"{reverse('pages:flights')}?{urlencode(items)}"
