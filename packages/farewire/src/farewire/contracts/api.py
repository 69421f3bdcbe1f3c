"""Version 1 of the JSON API: what its answers and requests look like.

Amounts are integers in minor units of `currency`; times are ISO 8601, those of flights with the offset of the airport
where they happen.
"""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from farewire.contracts.feed import Flight

CABIN = Literal["economy", "premium", "business"]
BRAND = Literal["basic", "standard", "flex"]

OFFER_ID_PATTERN = (
    r"^[A-Z0-9]{2,3}[0-9]{1,4}[A-Z]?-[0-9]{8}-[A-Z]{3}"
    r"\.(economy|premium|business)\.[1-9][0-9]{0,17}\.(basic|standard|flex)$"
)


def _whole_number(value: object) -> object:
    """JSON knows one kind of number: 2.0 is 2, but "2" and true are not."""
    if isinstance(value, (bool, str)):
        raise ValueError("a whole number is wanted")  # noqa: TRY004  # pydantic reports a ValueError to the caller
    return value


Passengers = Annotated[int, Field(ge=1, le=9, description="How many travel together.", examples=[2])]


class Shape(BaseModel):
    """A frozen shape that refuses fields it does not know."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Airport(Shape):
    """An airport that the schedule serves."""

    code: str = Field(description="IATA code.", examples=["JFK"])
    name: str
    city: str
    country: str = Field(description="ISO 3166-1 alpha-2.", examples=["US"])
    zone: str = Field(description="IANA zone.", examples=["America/New_York"])


class Airports(Shape):
    """Airports that match, best first."""

    airports: list[Airport]


class JourneyOffer(Shape):
    """One brand in one cabin over all legs of a journey: hold `offer_ids` together."""

    cabin: CABIN
    brand: BRAND
    offer_ids: list[str] = Field(description="One offer for each leg, in the order flown.")
    amount: int = Field(ge=0, description="For each passenger, in minor units.", examples=[12900])
    currency: str = Field(examples=["USD"])
    seats_left: int = Field(ge=0, le=9, description="Of the leg that has the fewest; nine stands for nine or more.")


class Journey(Shape):
    """One leg or two from the origin to the destination."""

    journey_id: str = Field(description="The flight ids joined by `~`.")
    flight_ids: list[str]
    stops: int = Field(ge=0, le=1)
    departs_at: dt.datetime
    arrives_at: dt.datetime
    duration_minutes: int = Field(ge=1)
    arrival_day_offset: int = Field(description="Calendar days from departure to arrival, each by its own airport's clock.")
    status: Literal["open", "sold_out", "closed", "cancelled"]
    offers: list[JourneyOffer] = Field(description="By cabin, then by brand; none where nothing can be held for so many.")


class FlightDetails(Flight):
    """The feed's flight with what the schedule says of it."""

    carrier: str = Field(examples=["FW"])
    number: int = Field(ge=1, examples=[123])
    origin: str
    destination: str
    departs_at: dt.datetime
    arrives_at: dt.datetime
    equipment: str = Field(description="IATA aircraft type.", examples=["320"])


class Flights(Shape):
    """What one can fly, sorted by departure, and the feed's topics on which its changes are told."""

    origin: str
    destination: str
    date: dt.date
    passengers: int
    journeys: list[Journey]
    flights: dict[str, FlightDetails]
    topics: list[str]


class HoldRequest(Shape):
    """Hold seats on every leg, or on none."""

    offer_ids: list[Annotated[str, Field(json_schema_extra={"pattern": OFFER_ID_PATTERN})]] = Field(
        min_length=1,
        max_length=8,
        json_schema_extra={"uniqueItems": True},
        description="One offer for each leg, in the order flown.",
        examples=[["FW123-20261201-JFK.economy.17.basic"]],
    )
    passengers: Annotated[int, Field(ge=1, le=9, examples=[2]), BeforeValidator(_whole_number)]


class Price(Shape):
    """For all passengers and legs."""

    amount: int = Field(ge=0, description="Minor units.", examples=[25800])
    currency: str = Field(examples=["USD"])


class Hold(Shape):
    """Seats kept at a price until `expires_at`."""

    hold_id: str = Field(examples=["h_7Qm1vYt0bX0cJ8r2dWcJrA"])
    state: Literal["active", "converted", "released", "expired"]
    expires_at: dt.datetime
    price: Price
    passengers: int
    flight_ids: list[str]


class HoldCreated(Hold):
    """A hold, and the bearer token by which it is read and released."""

    token: str


class FieldProblem(Shape):
    """What is wrong with one field or parameter."""

    field: str
    code: str
    message: str


class Problem(BaseModel):
    """An error as RFC 9457 has it; members beyond these depend on `code`."""

    model_config = ConfigDict(extra="allow", frozen=True)

    type: str = Field(examples=["urn:farewire:problem:sold_out"])
    title: str = Field(examples=["Conflict"])
    status: int = Field(ge=400, le=599, examples=[409])
    code: str = Field(description="Stable, for programs.", examples=["sold_out"])
    detail: str = Field(description="A sentence for people.", examples=["Fewer seats are left than were asked for."])
    errors: list[FieldProblem] = Field(default=[], description="Present where fields or parameters are at fault.")
