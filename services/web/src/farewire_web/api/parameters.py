"""Query parameters: strict forms, since a query string knows only text."""

from __future__ import annotations

import datetime as dt
import re
from typing import Annotated

from ninja import Schema
from pydantic import BeforeValidator, ConfigDict, Field

from farewire_web.search.flights import MOST_PASSENGERS, MOST_STOPS

_NUMBER = re.compile(r"[0-9]{1,9}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _number(value: object) -> object:
    if isinstance(value, str) and not _NUMBER.fullmatch(value):
        raise ValueError("a whole number is wanted")
    return value


def _date(value: object) -> object:
    if isinstance(value, str) and not _DATE.fullmatch(value):
        raise ValueError("a date is written YYYY-MM-DD")
    return value


Number = BeforeValidator(_number)
AirportCode = Annotated[str, Field(pattern="^[A-Za-z]{3}$", min_length=3, max_length=3)]


class AirportsQuery(Schema):
    """What to look for."""

    model_config = ConfigDict(extra="ignore")

    q: str = Field("", max_length=100, description="Part of a code, city or name; case and accents do not matter.", examples=["new york"])
    limit: Annotated[int, Number] = Field(10, ge=1, le=500, description="The most airports to answer.")


class FlightsQuery(Schema):
    """Where, when and how many."""

    model_config = ConfigDict(extra="ignore")

    origin: AirportCode = Field(description="IATA code of the airport of departure.", examples=["JFK"])
    destination: AirportCode = Field(description="IATA code of the airport of arrival.", examples=["LAX"])
    date: Annotated[dt.date, BeforeValidator(_date)] = Field(description="The day of departure where the journey begins.")
    passengers: Annotated[int, Number] = Field(1, ge=1, le=MOST_PASSENGERS, description="How many travel together.", examples=[1])
    max_stops: Annotated[int, Number] = Field(1, ge=0, le=MOST_STOPS, description="0 for direct flights only.", examples=[1])
