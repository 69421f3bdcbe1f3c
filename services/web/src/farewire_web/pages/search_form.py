"""The search form with what was typed in it, and what is wrong with that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from farewire.catalog.models import DatedLeg
from farewire_web.search.airports import airports_find
from farewire_web.search.flights import MOST_PASSENGERS
from farewire_web.search.leg import Place

_MOST_AIRPORTS = 500


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as it is shown."""

    name: str
    value: str
    error: str
    label: str = ""
    placeholder: str = ""


@dataclass(frozen=True, slots=True)
class SearchForm:
    """The form: `served` are the airports offered where no script runs."""

    airports: tuple[FormField, FormField]
    date: FormField
    passengers: FormField
    max_stops: FormField
    first_date: dt.date
    last_date: dt.date | None
    served: tuple[Place, ...]
    passenger_counts: tuple[str, ...] = tuple(str(count) for count in range(1, MOST_PASSENGERS + 1))


def search_form(*, values: Mapping[str, str], errors: Mapping[str, str], now: dt.datetime) -> SearchForm:
    """The form filled with `values`; two queries. Without a day it proposes tomorrow."""

    def filled(name: str, default: str = "", label: str = "") -> FormField:
        return FormField(name, values.get(name, default)[:60], errors.get(name, ""), label, "City or code")

    return SearchForm(
        airports=(filled("origin", label="From"), filled("destination", label="To")),
        date=filled("date", default=(now + dt.timedelta(days=1)).date().isoformat()),
        passengers=filled("passengers", default="1"),
        max_stops=filled("max_stops", default="1"),
        first_date=(now - dt.timedelta(hours=12)).date(),
        last_date=DatedLeg.objects.order_by("-departs_at").values_list("local_date", flat=True).first(),
        served=tuple(airports_find(text="", limit=_MOST_AIRPORTS)),
    )
