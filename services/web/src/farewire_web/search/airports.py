"""Airports by what people call them."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, Value, When

from farewire.catalog.airports import search_fold
from farewire.catalog.models import Airport
from farewire.domain.errors import NotFound
from farewire_web.search.leg import Place


def airports_find(*, text: str, limit: int) -> list[Place]:
    """Return served airports that match `text`, at most `limit` of them; one query.

    Code, city and name are searched, without regard to case and accents, for every word of `text`. An exact code comes
    first, then where a word begins with the text, then by code. An empty text gives the first airports by code.
    """
    words = search_fold("".join(mark if mark.isprintable() else " " for mark in text)).split()
    wanted = Q(served=True)
    for word in words:
        wanted &= Q(search_text__contains=word)
    whole = " ".join(words)
    rank = Case(
        When(code=whole.upper(), then=Value(0)),
        When(search_text__contains=f" {whole}", then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return [_place(row) for row in Airport.objects.filter(wanted).order_by(rank, "code")[:limit]]


def market_places(*, origin: str, destination: str) -> tuple[Place, Place]:
    """Return the airports of a market; one query.

    Raises `NotFound` with code `unknown_airport` for one that is not served, `same_airport` for a market from an airport to itself.
    """
    found = {row.code: _place(row) for row in Airport.objects.filter(code__in={origin, destination}, served=True)}
    unknown = [code for code in (origin, destination) if code not in found]
    if unknown:
        raise NotFound(
            f"We do not fly to or from {unknown[0]}; find an airport's code at /api/v1/airports?q=, by its city or name.",
            code="unknown_airport",
            data={"airport": unknown[0]},
        )
    if origin == destination:
        raise NotFound("No flight leaves for where it is; choose another destination.", code="same_airport", data={"airport": origin})
    return found[origin], found[destination]


def _place(row: Airport) -> Place:
    return Place(row.code, row.name, row.city, row.country, row.zone, row.latitude, row.longitude)
